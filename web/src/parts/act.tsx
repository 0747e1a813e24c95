// Buttons that act on calls and members, and the line that says what came of it.

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Acting } from "../lib/act";
import { say } from "../words";
import { Icon, type IconName } from "./icon";
import { faultText } from "./message";

interface Props {
  acting: Acting;
  /** The act in words: on the button, and in what is told of it. */
  what: string;
  path: string;
  body: object;
  icon?: IconName;
  look?: string;
  disabled?: boolean;
  /** Asked again before it is done: what cannot be taken back. */
  sure?: boolean;
  then?: () => void;
  children?: ComponentChildren;
}

/** How long "really?" stands, in milliseconds. */
const STANDS = 5000;

export function ActButton({ acting, what, path, body, icon, look = "", disabled = false, sure = false, then, children }: Props) {
  const [armed, arm] = useState(false);
  useEffect(() => {
    if (!armed) return;
    const timer = window.setTimeout(() => arm(false), STANDS);
    return () => window.clearTimeout(timer);
  }, [armed]);
  const press = (): void => {
    if (sure && !armed) return arm(true);
    arm(false);
    acting.run(what, path, body, then);
  };
  // Of several alike on a page the name tells which, as long as it says what is read.
  const name = !armed && typeof children === "string" && what.startsWith(children) ? what : undefined;
  const waits = acting.outcome.at === "busy" && acting.outcome.what === what;
  return (
    <button type="button" class={`btn ${sure ? "d" : ""} ${armed ? "f" : ""} ${look}`} disabled={disabled || acting.busy} aria-label={name} aria-busy={waits || undefined} onClick={press}>
      {icon ? <Icon name={icon} small /> : null}
      {armed ? say("act.sure", { what }) : (children ?? what)}
    </button>
  );
}

/** What came of the last act; stays until the next. */
export function ActSaid({ acting }: { acting: Acting }) {
  const o = acting.outcome;
  if (o.at === "none") return null;
  if (o.at === "failed") {
    return <p class="said act" role="alert"><Icon name="stop8" small /><span><b>{say("act.of", { what: o.what })}</b> {faultText(o.fault)}</span></p>;
  }
  const text = o.at === "busy" ? say("act.busy") : o.at === "unknown" ? say("act.unknown") : say("act.done");
  return (
    <p class="said" role="status">
      <Icon name={o.at === "done" ? "okc" : "refresh"} small />
      <span><b>{say("act.of", { what: o.what })}</b> {text} {o.at === "done" ? o.more : ""}</span>
    </p>
  );
}
