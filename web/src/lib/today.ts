// The hours of today for the overview and the wallboard: looks up which block holds them, then asks for it.

import { get } from "../api/client";
import { report, reportIndex, type Report, type ReportIndex } from "../api/wire";
import { reportIndexNow } from "./names";
import { plusDays } from "./day";

/** A block over hours that knows answered and lost calls, best first. */
const WANTED = ["traffic-hour", "traffic_hour", "traffic-hr", "calls-hour"];

export function hourBlock(index: ReportIndex): string | null {
  const blocks = index.groups.flatMap((g) => g.blocks).filter((b) => b.scope === "hour" || /\bh(ou)?r\b/.test(b.id));
  const ids = blocks.map((b) => b.id);
  return WANTED.find((id) => ids.includes(id)) ?? ids.find((id) => /traffic/.test(id)) ?? ids[0] ?? null;
}

/** Today by the hour, or null when there is no such report for this person. */
export async function todayByHour(day: string, queues: readonly string[], signal?: AbortSignal): Promise<Report | null> {
  const known = reportIndexNow();
  const asked = known ? null : await get("/reports", reportIndex, {}, signal);
  const index = known ?? (asked?.at === "ok" ? asked.data : null);
  const block = index ? hourBlock(index) : null;
  if (!block) return null;
  const answer = await get(`/reports/${encodeURIComponent(block)}`, report, { from: day, to: plusDays(day, 1), queue: queues }, signal);
  return answer.at === "ok" ? answer.data : null;
}
