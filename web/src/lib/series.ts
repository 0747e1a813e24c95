// Which columns of a report make a picture: answered and lost as stacked bars, the share in time as a line. Pure.
// Columns are found by their ids in the catalogue of metrics, so that any block over time can be drawn.

import type { Column, Report, ReportRow } from "../api/wire";

export interface Series {
  /** Row keys as the axis shows them. */
  keys: string[];
  answered: { label: string; values: (number | null)[] } | null;
  lost: { label: string; values: (number | null)[] } | null;
  /** Share answered in time, %. */
  share: { label: string; values: (number | null)[] } | null;
  /** The first count, when there is neither answered nor lost. */
  other: { label: string; unit: string; values: (number | null)[] } | null;
  /** What the bars were in the period compared with: all offered, or the other count. */
  before: (number | null)[] | null;
}

const ANSWERED = ["TA-15", "DI-1", "OV-2", "OK-39", "KO-52"];
const LOST = ["TA-4", "DI-9", "OV-4", "KO-2"];
const SHARE = ["TA-3", "OV-10"];
const COUNTS = new Set(["n", "x", "%", "s", "/h"]);

export function seriesOf(report: Pick<Report, "columns" | "rows" | "compare">): Series {
  const find = (ids: readonly string[]): Column | undefined => ids.map((id) => report.columns.find((c) => c.id === id)).find(Boolean);
  const values = (column: Column): (number | null)[] => report.rows.map((r) => asNumber(r[column.id]));
  const of = (column: Column | undefined): { label: string; values: (number | null)[] } | null => (column ? { label: column.label, values: values(column) } : null);
  const answered = of(find(ANSWERED));
  const lost = answered ? of(find(LOST)) : null;
  const ids = answered ? [ANSWERED, LOST].map((list) => find(list)?.id) : [];
  const first = answered ? undefined : report.columns.find((c) => c.id !== "key" && COUNTS.has(c.unit));
  if (first) ids.push(first.id);
  return {
    keys: report.rows.map((r) => String(r["key"] ?? "")),
    before: report.compare ? sums(report.rows, report.compare.rows, ids) : null,
    answered, lost, share: answered ? of(find(SHARE)) : null,
    other: first ? { label: first.label, unit: first.unit, values: values(first) } : null,
  };
}

/** The columns of the other period added up, row by row of this one; null where it has no such row. */
function sums(rows: readonly ReportRow[], then: readonly ReportRow[], ids: readonly (string | undefined)[]): (number | null)[] {
  const by = new Map(then.map((r) => [r["key"], r]));
  return rows.map((row) => {
    const old = by.get(row["key"] ?? null);
    const values = ids.flatMap((id) => (id && old ? [asNumber(old[id])] : [])).filter((v) => v !== null);
    return values.length ? values.reduce((a, b) => a + b, 0) : null;
  });
}

export function asNumber(value: ReportRow[string] | undefined): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** Hours without a call at both ends of the day are cut off; those between stay. */
export function trimmed(series: Series): Series {
  const busy = series.keys.map((_, i) => (series.answered?.values[i] ?? 0) + (series.lost?.values[i] ?? 0) + (series.before?.[i] ?? 0) > 0);
  const first = busy.indexOf(true);
  if (first < 0) return series;
  const last = busy.lastIndexOf(true);
  const cut = <T>(list: T[]): T[] => list.slice(first, last + 1);
  const part = <S extends { values: (number | null)[] }>(s: S | null): S | null => (s ? { ...s, values: cut(s.values) } : null);
  return { keys: cut(series.keys), answered: part(series.answered), lost: part(series.lost), share: part(series.share), other: part(series.other), before: series.before ? cut(series.before) : null };
}

/** Hour slots as the axis shows them: "09" → "09:00". */
export function slotLabel(key: string): string {
  return /^\d\d$/.test(key) ? `${key}:00` : key;
}

/** A round figure not under the highest bar, and the step of its lines: three to five of them. */
export function ceiling(most: number): { most: number; step: number } {
  let power = 1;
  for (;;) {
    for (const part of [1, 2, 5]) {
      const step = part * power;
      const lines = Math.ceil(most / step);
      if (lines <= 5) return { most: Math.max(lines, 1) * step, step };
    }
    power *= 10;
  }
}
