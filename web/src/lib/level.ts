// Levels of attention: when a figure is amber ("watch") or red ("act"). Pure. Limits follow from what the queue
// itself promises, until alarms can be set: a caller past twice the promised time is watched, past six times it
// asks for an act; a share in time under its goal is watched, more than ten points under asks for an act.

export type Level = "" | "w" | "a";

const WATCH_TIMES = 2;
const ACT_TIMES = 6;
const ACT_POINTS = 10;

export interface Pledge {
  sla_seconds: number;
  sla_goal: number;
}

/** Seconds of waiting from which a caller asks for an act. */
export function actLimit(queue: Pledge): number {
  return queue.sla_seconds * ACT_TIMES;
}

export function waitLevel(secs: number | null, queue: Pledge): Level {
  if (secs === null || queue.sla_seconds <= 0) return "";
  if (secs >= actLimit(queue)) return "a";
  return secs >= queue.sla_seconds * WATCH_TIMES ? "w" : "";
}

export function shareLevel(percent: number | null, goal: number): Level {
  if (percent === null || goal <= 0 || percent >= goal) return "";
  return goal - percent > ACT_POINTS ? "a" : "w";
}

/** Nobody is ready while somebody waits. */
export function readyLevel(queue: { ready: number; waiting: number }): Level {
  return queue.ready === 0 && queue.waiting > 0 ? "w" : "";
}

/** The graver one. */
export function worst(...levels: Level[]): Level {
  return levels.includes("a") ? "a" : levels.includes("w") ? "w" : "";
}

/** What a queue's level follows from. */
interface Watched extends Pledge {
  longest_since: number | null;
  within_sla: number | null;
}

/** Of the queue as a whole: its longest caller, and a share far under its goal. */
export function queueLevel(q: Watched, now: number): Level {
  return worst(longestLevel(q, now), shareLevel(q.within_sla, q.sla_goal) === "a" ? "a" : "");
}

/** Of the caller who waits longest. */
export function longestLevel(q: Watched, now: number): Level {
  return waitLevel(q.longest_since === null ? null : now - q.longest_since, q);
}
