// A state is a shape, a word and a colour, trusted in that order. Shapes are those of the design's table.

import type { ComponentChildren, JSX } from "preact";
import type { AgentState, LiveCall } from "../api/live-wire";
import { sayCore as say } from "../words";

export type State = AgentState | LiveCall["state"];

const G = "var(--st-glyph)";
const C = "currentColor";

const SHAPES: Record<State, () => JSX.Element> = {
  ready: () => (
    <>
      <circle cx="10" cy="10" r="8.5" fill={C} />
      <path d="m6 10.3 2.7 2.8L14 7.3" fill="none" stroke={G} stroke-width="2" />
    </>
  ),
  ringing: () => (
    <>
      <path d="M10 .8 19.2 10 10 19.2.8 10z" fill={C} />
      <path d="M6.6 12.4h6.8l-1-1.5V9.3a2.4 2.4 0 0 0-4.8 0v1.6zM9.2 14.3h1.6" fill={G} stroke={G} stroke-width="1.1" />
    </>
  ),
  talking: () => (
    <>
      <path d="M3.5 2h13A1.5 1.5 0 0 1 18 3.5v9a1.5 1.5 0 0 1-1.5 1.5h-6L6 18v-4H3.5A1.5 1.5 0 0 1 2 12.5v-9A1.5 1.5 0 0 1 3.5 2z" fill={C} />
      <path d="M6.5 7v2.2M10 5.2V11M13.5 7v2.2" stroke={G} stroke-width="1.9" />
    </>
  ),
  hold: () => (
    <>
      <rect x="1.5" y="1.5" width="17" height="17" rx="3" fill={C} />
      <path d="M7.3 6.3v7.4M12.7 6.3v7.4" stroke={G} stroke-width="2.4" />
    </>
  ),
  paused: () => (
    <>
      <path d="M2 7h12.5v5.5A4.5 4.5 0 0 1 10 17H6.500A4.500 4.500 0 0 1 2 12.500z" fill={C} />
      <path d="M14.500 8.500h1.300a2.400 2.400 0 0 1 0 4.900h-1.300M5.700 4.200V2M8.300 4.200V1.500M10.900 4.200V2" fill="none" stroke={C} stroke-width="1.6" />
    </>
  ),
  wrapup: () => (
    <>
      <path d="M4 1.500h8.500L17 6v12.500H4z" fill={C} />
      <path d="M7 9.300h6.500M7 12.300h6.500M7 15.300h4" stroke={G} stroke-width="1.6" />
    </>
  ),
  // A phone in use outside the queues: the speech bubble, hollow.
  in_use: () => (
    <path d="M3.500 2.500h13a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-6l-4 3.700v-3.700h-3a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1z" fill="none" stroke={C} stroke-width="2" />
  ),
  unavailable: () => (
    <>
      <circle cx="10" cy="10" r="7.6" fill="none" stroke={C} stroke-width="2" />
      <path d="M4.800 15.200 15.200 4.800" stroke={C} stroke-width="2" />
    </>
  ),
  waiting: () => (
    <>
      <path d="M3.500 1.500h13v3.200L12 10l4.500 5.300v3.200h-13v-3.200L8 10 3.500 4.700z" fill={C} />
      <path d="M7.300 15.800h5.400" stroke={G} stroke-width="1.6" />
    </>
  ),
};

const HUES: Partial<Record<State, string>> = { wrapup: "wrap", in_use: "unavailable" };
export const hue = (state: State): string => `k-${HUES[state] ?? state}`;

export function Shape({ state, extra = "" }: { state: State; extra?: string }) {
  return (
    <svg class={`si ${hue(state)} ${extra}`} viewBox="0 0 20 20" aria-hidden="true">
      {SHAPES[state]()}
    </svg>
  );
}

/** Shape and word; `children` follow in small. */
export function StateBadge({ state, children, word }: { state: State; children?: ComponentChildren; word?: ComponentChildren }) {
  return (
    <span class={`st ${hue(state)}`}>
      <Shape state={state} />
      {word ?? say(`state.${state}`)}
      {children ? <small>{children}</small> : null}
    </span>
  );
}
