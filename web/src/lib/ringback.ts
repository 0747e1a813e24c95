// Who should be rung back: callers lost in the period and not spoken to since. Pure.

import type { CallRow } from "../api/wire-calls";

export interface RingBack {
  number: string;
  name: string;
  /** First loss not yet made good. */
  since: number;
  last: CallRow;
  tries: number;
}

/** Oldest first. Hidden numbers can not be rung back and are left out. */
export function ringBack(lost: readonly CallRow[], answered: readonly CallRow[]): RingBack[] {
  const reached = new Map<string, number>();
  for (const call of answered) reached.set(call.number, Math.max(call.enter, reached.get(call.number) ?? 0));
  const open = new Map<string, RingBack>();
  for (const call of [...lost].sort((a, b) => a.enter - b.enter)) {
    if (call.direction !== "in" || !/\d{3}/.test(call.number) || (reached.get(call.number) ?? 0) > call.enter) continue;
    const known = open.get(call.number);
    if (known) {
      known.last = call;
      known.tries += 1;
    } else open.set(call.number, { number: call.number, name: call.name, since: call.enter, last: call, tries: 1 });
  }
  return [...open.values()];
}
