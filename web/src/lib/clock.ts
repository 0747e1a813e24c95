// The clock of the office, as the daemon tells it, and the one tick a second all timers share.

import { Cell, useCell } from "./cell";

/** Seconds the daemon's clock is ahead of this machine's. */
let ahead = 0;

/** Takes over the daemon's time. Small differences are the way's delay and are left alone, so that timers do not stutter. */
export function setClock(serverNow: number): void {
  const seen = serverNow - Date.now() / 1000;
  if (Math.abs(seen - ahead) > 1.5) ahead = seen;
}

/** Now in the office, whole seconds of UTC. */
export function now(): number {
  return Math.floor(Date.now() / 1000 + ahead);
}

const tick = new Cell(0);

/** Starts the tick. A hidden page does not paint; it catches up when it is shown. */
export function startClock(): void {
  const step = (): void => {
    if (!document.hidden) tick.set(now());
    window.setTimeout(step, 1000 - ((Date.now() + ahead * 1000) % 1000));
  };
  document.addEventListener("visibilitychange", () => tick.set(now()));
  step();
}

/** The second, painted again each second. */
export function useSecond(): number {
  return useCell(tick);
}

export function onSecond(then: () => void): () => void {
  return tick.listen(then);
}
