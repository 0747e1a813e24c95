// Marking a call: its outcome, a tag, features; as the office lists them, free where it lists none. What the call bears
// is shown, and tag and features can be taken back.

import { useEffect, useState } from "preact/hooks";
import { callMarks, type CallMarks, type Desk } from "../api/wire-office";
import type { Acting } from "../lib/act";
import { useLoad } from "../lib/load";
import { say } from "../words";
import { Icon } from "./icon";

/** Seconds between two looks at what others marked. */
const LOOK = 15;
/** A mark goes through Asterisk's log, whose lines wait for each other some seconds: looks after so many milliseconds. */
const ON_ITS_WAY = [1500, 4500, 7000];

const NONE: CallMarks = { outcome: null, tag: null, features: [] };

export function Marks({ call, office, acting }: { call: string; office: Desk; acting: Acting }) {
  const loaded = useLoad("/desk/marks", callMarks, { call }, LOOK);
  const marks = loaded.data ?? NONE;
  const ended = acting.outcome.at;
  useEffect(() => {
    if (ended !== "done") return;
    const timers = ON_ITS_WAY.map((ms) => window.setTimeout(loaded.again, ms));
    return () => timers.forEach((timer) => window.clearTimeout(timer));
  }, [acting.outcome]);
  const allowed = office.outcomes.filter((code) => suits(office, code, marks));
  const features = office.features.filter((code) => !marks.features.includes(code));
  return (
    <div class="stack">
      {marks.outcome || marks.tag || marks.features.length ? (
        <ul class="row wrap marks" aria-label={say("marks.set")}>
          {marks.outcome ? <li class="pill o">{marks.outcome}</li> : null}
          {marks.tag ? <Set word={marks.tag} look="n" acting={acting} path="tag" body={{ call, tag: marks.tag, remove: true }} /> : null}
          {marks.features.map((code) => <Set key={code} word={code} look="w" acting={acting} path="feature" body={{ call, code, remove: true }} />)}
        </ul>
      ) : null}
      <div class="grid3">
        <Mark id="mk-outcome" label={say("call.outcome")} choices={allowed} listed={office.outcomes.length > 0} acting={acting} what={say("act.outcome")} send={(code) => ["outcome", { call, code }]} />
        <Mark id="mk-tag" label={say("act.tag.label")} choices={office.tags} listed={office.tags.length > 0} acting={acting} what={say("act.tag")} send={(tag) => ["tag", { call, tag }]} />
        <Mark id="mk-feature" label={say("act.feature.label")} choices={features} listed={office.features.length > 0} acting={acting} what={say("act.feature")} send={(code) => ["feature", { call, code }]} />
      </div>
    </div>
  );
}

/** Whether an outcome goes with the features the call bears. */
export function suits(office: Pick<Desk, "outcome_needs">, code: string, marks: CallMarks): boolean {
  const needs = office.outcome_needs[code];
  return !needs || needs.some((feature) => marks.features.includes(feature));
}

interface SetProps {
  word: string;
  look: string;
  acting: Acting;
  path: string;
  body: object;
}

/** A mark that can be taken back. */
function Set({ word, look, acting, path, body }: SetProps) {
  const what = say("marks.remove", { mark: word });
  return (
    <li class={`pill ${look}`}>
      {word}
      <button type="button" class="btn g xs" aria-label={what} title={what} disabled={acting.busy} onClick={() => acting.run(what, path, body)}><Icon name="x" small /></button>
    </li>
  );
}

interface MarkProps {
  id: string;
  label: string;
  choices: readonly string[];
  /** The office lists what may be chosen. */
  listed: boolean;
  acting: Acting;
  what: string;
  send: (value: string) => [string, object];
}

function Mark({ id, label, choices, listed, acting, what, send }: MarkProps) {
  const [value, set] = useState("");
  const give = (chosen: string): void => {
    if (!chosen.trim()) return;
    const [path, body] = send(chosen.trim());
    acting.run(what, path, body, () => set(""));
  };
  return (
    <form class="field" onSubmit={(e) => {
      e.preventDefault();
      give(value);
    }}>
      <label for={id}>{label}</label>
      {listed ? (
        <select id={id} value={value} disabled={acting.busy || choices.length === 0} onChange={(e) => {
          set(e.currentTarget.value);
          give(e.currentTarget.value);
        }}>
          <option value="">{say("act.choose")}</option>
          {choices.map((c) => <option key={c} value={c}>{c}</option>)}
        </select>
      ) : (
        <span class="row">
          <input id={id} value={value} maxLength={100} onInput={(e) => set(e.currentTarget.value)} />
          <button class="btn" disabled={acting.busy || !value.trim()}>{say("act.set")}</button>
        </span>
      )}
    </form>
  );
}
