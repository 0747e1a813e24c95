// What a page shows of the live view: the view itself, or the one held still while the page is frozen or silent.

import { useRef } from "preact/hooks";
import { Cell, useCell } from "./cell";
import { now as clockNow, useSecond } from "./clock";
import { link, live } from "./live";
import type { Live } from "./live-model";

export interface View {
  live: Live;
  /** The second the timers show: stands still while silent or frozen. */
  now: number;
  silent: boolean;
  frozen: boolean;
  /** Changes passed by since freezing. */
  behind: number;
}

/** When the page was frozen; null while it runs. */
export const frozenAt = new Cell<number | null>(null);

export function useView(freezable = false): View | null {
  useSecond();
  const current = useCell(live);
  const state = useCell(link);
  const frozen = useCell(frozenAt);
  const kept = useRef<{ live: Live; behind: number; last: Live } | null>(null);
  const still = freezable && frozen !== null;
  if (!current) return null;
  if (!still || !kept.current) kept.current = { live: current, behind: 0, last: current };
  else if (kept.current.last !== current) kept.current = { ...kept.current, behind: kept.current.behind + 1, last: current };
  const silent = state.at === "silent";
  const now = still && frozen !== null ? frozen : silent ? state.since : clockNow();
  return { live: kept.current.live, now, silent, frozen: still, behind: kept.current.behind };
}
