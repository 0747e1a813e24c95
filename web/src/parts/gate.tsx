// The gate: log-in and first run share the sheet at the left and the drawn switchboard at the right.

import type { ComponentChildren } from "preact";
import { useCell } from "../lib/cell";
import { now, useSecond } from "../lib/clock";
import { at, language } from "../lib/format";
import { hello, speak } from "../lib/session";
import { useTitle } from "../lib/title";
import { say } from "../words";
import { Icon } from "./icon";
import { Mark } from "./sign";

export function Gate({ title, children }: { title: string; children: ComponentChildren }) {
  const first = useCell(hello);
  useTitle(title);
  useSecond();
  return (
    <main class="gate" id="main">
      <div class="form">
        <p class="brand"><Mark /><span>{say("app.name")}</span></p>
        {children}
        <div class="legal">
          <span>{first?.office}</span>
          <Languages />
          <span>{at(now(), "hm")}, {at(now(), "day")}</span>
        </div>
      </div>
      <div class="art" aria-hidden="true"><Board /></div>
    </main>
  );
}

function Languages() {
  const here = language();
  return (
    <span class="row">
      <Icon name="globe" small />
      {(["en", "fr"] as const).map((l) => {
        const name = l === "en" ? "English" : "Français";
        return l === here ? (
          <b key={l} class="md">{name}</b>
        ) : (
          <button key={l} type="button" class="plain" lang={l} onClick={() => void speak(l)}>{name}</button>
        );
      })}
    </span>
  );
}

const COLS = 9;
const ROWS = 7;
const STEP = 56;
const spot = (n: number): number => 60 + n * STEP;
/** Cords: hue, plug to plug, and how deep they hang. */
const CORDS: readonly [hue: string, x0: number, y0: number, x1: number, y1: number, sag: number][] = [
  ["var(--accent)", 1, 0, 3, 3, 150], ["var(--st-talking)", 5, 1, 2, 5, 140], ["var(--st-ready)", 7, 0, 6, 4, 170],
  ["var(--c2)", 8, 2, 5, 6, 130], ["var(--st-wrap)", 0, 3, 1, 6, 160],
];

function Board() {
  const jacks = Array.from({ length: COLS * ROWS }, (_, i) => [spot(i % COLS), spot(Math.floor(i / COLS))] as const);
  return (
    <svg viewBox="20 20 530 470">
      {jacks.map(([x, y]) => (
        <g key={`${x} ${y}`}>
          <circle cx={x} cy={y} r="9" fill="var(--surface)" stroke="var(--line-2)" stroke-width="1.4" />
          <circle cx={x} cy={y} r="3.4" fill="var(--line-2)" />
        </g>
      ))}
      {CORDS.map(([hue, x0, y0, x1, y1, sag]) => {
        const [ax, ay, bx, by] = [spot(x0), spot(y0), spot(x1), spot(y1)];
        return (
          <g key={hue}>
            <path d={`M${ax} ${ay}C${ax} ${ay + sag} ${bx} ${by + sag} ${bx} ${by}`} fill="none" stroke={hue} stroke-width="5" stroke-linecap="round" />
            {[[ax, ay], [bx, by]].map(([x, y]) => (
              <g key={`${x}`}>
                <circle cx={x} cy={y} r="9" fill={hue} />
                <circle cx={x} cy={y} r="3.4" fill="var(--surface)" />
              </g>
            ))}
          </g>
        );
      })}
    </svg>
  );
}
