// Figures beside those of another period: what the address asks for, and differences as readers meet them. Pure but
// for the language of figures.

import type { Report, ReportRow } from "../api/wire";
import { figure, share } from "./format";

export type Compare = "previous" | "year-ago" | `${string}..${string}`;

const OWN = /^\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d$/;

/** What an address compares with; null for nothing, and for what nobody understands. */
export function compareOf(query: URLSearchParams): Compare | null {
  const text = query.get("compare") ?? "";
  return text === "previous" || text === "year-ago" || OWN.test(text) ? (text as Compare) : null;
}

/** A difference with its sign; shares differ in points. Empty where there is none to tell. */
export function differenceText(value: ReportRow[string] | undefined, unit: string): string {
  if (typeof value !== "number" || unit === "time") return "";
  if (value === 0) return "=";
  const size = Math.abs(value);
  return (value > 0 ? "+" : "\u2212") + (unit === "%" ? share(size) : figure(size, unit));
}

export interface Beside {
  then: ReportRow | undefined;
  difference: ReportRow | undefined;
}

/** For each key the row of the other period, and what this one has more. */
export function besides(report: Report): (key: string) => Beside {
  const by = (rows: readonly ReportRow[]): Map<string, ReportRow> => new Map(rows.map((r) => [String(r["key"] ?? ""), r]));
  const then = by(report.compare?.rows ?? []);
  const more = by(report.compare?.differences ?? []);
  return (key) => ({ then: then.get(key), difference: more.get(key) });
}
