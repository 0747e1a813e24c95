// What a page says instead of, or above, its content: notes, empty, waiting, failed, refused. Each names what, why
// and the next step.

import type { ComponentChildren, JSX } from "preact";
import type { Fault } from "../api/client";
import { count, say, type Key } from "../words";
import { Icon, type IconName } from "./icon";

const NOTES: Record<string, IconName> = { a: "stop8", w: "warn", o: "okc", "": "okc" };

export function Note({ level, role, children, act }: { level: "a" | "w" | "o" | ""; role?: "alert" | "status"; children: ComponentChildren; act?: ComponentChildren }) {
  return (
    <div class={`note ${level}`} role={role}>
      <Icon name={NOTES[level] ?? "okc"} />
      <p>{children}</p>
      {act ? <span class="push">{act}</span> : null}
    </div>
  );
}

const line = { fill: "none", stroke: "currentColor", "stroke-width": 2, "stroke-linecap": "round" } as const;
const PICTURES: Record<"panel" | "broken" | "lock", () => JSX.Element> = {
  panel: () => (
    <svg viewBox="0 0 88 64" aria-hidden="true" {...line}>
      <rect x="6" y="10" width="76" height="44" rx="5" />
      <path d="M24 20a5 5 0 1 0 .1 0M44 20a5 5 0 1 0 .1 0M64 20a5 5 0 1 0 .1 0" />
      <path d="M24 40h0M44 40h0M64 40h0" stroke-width="5" />
    </svg>
  ),
  broken: () => (
    <svg viewBox="0 0 88 64" aria-hidden="true" {...line}>
      <circle cx="16" cy="40" r="7" />
      <circle cx="72" cy="40" r="7" />
      <path d="M16 33c0-20 18-22 22-10M72 33c0-20-18-22-22-10M40 16l-4-6M48 16l4-6" />
    </svg>
  ),
  lock: () => (
    <svg viewBox="0 0 88 64" aria-hidden="true" {...line}>
      <rect x="26" y="28" width="36" height="28" rx="4" />
      <path d="M33 28v-7a11 11 0 0 1 22 0v7M44 40v6" />
    </svg>
  ),
};

interface EmptyProps {
  picture?: "panel" | "broken" | "lock";
  title: string;
  children?: ComponentChildren;
  acts?: ComponentChildren;
  /** Not in a panel with a heading of its own. */
  alone?: boolean;
}

export function Empty({ picture = "panel", title, children, acts, alone = false }: EmptyProps) {
  const Title = alone ? "h2" : "h3";
  return (
    <div class="empty">
      {PICTURES[picture]()}
      <Title>{title}</Title>
      {children ? <p>{children}</p> : null}
      {acts ? <div class="row wrap">{acts}</div> : null}
    </div>
  );
}

const FAULTS: Partial<Record<Fault["kind"], Key>> = {
  offline: "fault.offline", busy: "fault.busy", unavailable: "fault.unavailable", denied: "fault.denied",
  not_found: "fault.not_found", shape: "fault.shape", exhausted: "fault.exhausted", damaged: "fault.damaged", invalid: "fault.invalid", conflict: "fault.conflict",
};

/** What the daemon says of it, where it says anything; else what its kind means. */
export function faultText(fault: Fault): string {
  const wait = fault.wait ? ` ${count("fault.wait", fault.wait, String(fault.wait))}` : "";
  return fault.message && fault.kind !== "shape" && !fault.wait ? fault.message : say(FAULTS[fault.kind] ?? "fault.internal") + wait;
}

export function Failed({ fault, again, title, alone = false }: { fault: Fault; again: () => void; title?: string; alone?: boolean }) {
  const refused = fault.kind === "denied";
  return (
    <div role="alert">
      <Empty
        alone={alone}
        picture={refused ? "lock" : "broken"}
        title={title ?? say(refused ? "fault.title.denied" : fault.kind === "not_found" ? "fault.title.not_found" : "fault.title")}
        acts={
          refused ? null : (
            <button type="button" class="btn" onClick={again}>
              <Icon name="refresh" />
              {say("do.again")}
            </button>
          )
        }
      >
        {faultText(fault)}
      </Empty>
    </div>
  );
}

/** The shape of rows to come, in rows of the same height. */
export function Skeleton({ rows = 6, cols = 4 }: { rows?: number; cols?: number }) {
  const widths = ["w70", "w55", "w85", "w40"];
  return (
    <div aria-busy="true">
      <p class="vh" role="status">{say("loading")}</p>
      <table class="t" aria-hidden="true">
        <tbody>
          {Array.from({ length: rows }, (_, r) => (
            <tr key={r}>
              {Array.from({ length: cols }, (_, c) => (
                <td key={c}><span class={`sk ${widths[(r + c) % widths.length] ?? ""}`} /></td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
