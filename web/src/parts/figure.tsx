// Figures that say their level: sign and weight besides the colour. Shares as bars with the goal as a tick.

import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { int, percent, span } from "../lib/format";
import { shareLevel, type Level } from "../lib/level";
import { sayCore as say } from "../words";
import { Icon } from "./icon";

/** A figure with its level; without one it is just the figure. */
export function Leveled({ level, children }: { level: Level; children: ComponentChildren }) {
  if (!level) return <>{children}</>;
  return (
    <span class={`lv ${level}`}>
      <Icon name={level === "a" ? "stop8" : "warn"} small />
      <span class="vh">{say(`level.${level}`)}</span>
      {children}
    </span>
  );
}

/** A count that tints for a moment when it changes, and is grey at 0. */
export function Count({ n, bold }: { n: number; bold?: boolean }) {
  const seen = useRef({ n, turn: 0 });
  if (seen.current.n !== n) seen.current = { n, turn: seen.current.turn + 1 };
  const turn = seen.current.turn;
  // Two names for one animation: changing the name starts it again.
  const tint = turn === 0 ? "" : turn % 2 ? "chg" : "chg2";
  const grey = n === 0 ? "z" : bold ? "b" : "";
  return <span class={`${grey} ${tint}`.trim() || undefined}>{int(n)}</span>;
}

/** A running time: seconds between `since` and `now`. */
export function Running({ since, now, level = "" }: { since: number | null; now: number; level?: Level }) {
  if (since === null) return <span class="z">{span(null)}</span>;
  return (
    <Leveled level={level}>
      <span class="tm">{span(Math.max(0, now - since))}</span>
    </Leveled>
  );
}

/** Share of 0–100 against its goal. */
export function GoalBar({ share, goal }: { share: number | null; goal: number }) {
  const level = shareLevel(share, goal);
  const fill = level === "a" ? "var(--act)" : level === "w" ? "var(--watch-fill)" : "var(--ok)";
  const width = Math.max(0, Math.min(100, share ?? 0));
  return (
    <span class="bar">
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
        <rect width="100" height="8" rx="2" fill="var(--sunken)" />
        <rect width={width} height="8" rx="2" fill={fill} />
        {goal > 0 ? <rect x={goal - 0.6} y="-3" width="1.2" height="14" fill="var(--c-goal)" /> : null}
      </svg>
      <span class="nw">
        <Leveled level={level}>{share === null ? <span class="z">{percent(null)}</span> : percent(share)}</Leveled>
      </span>
    </span>
  );
}
