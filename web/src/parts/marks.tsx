// Marking a call: its outcome, a tag, a feature; as the office lists them, free where it lists none.

import { useState } from "preact/hooks";
import type { Desk } from "../api/wire-office";
import type { Acting } from "../lib/act";
import { say } from "../words";

export function Marks({ call, office, acting }: { call: string; office: Desk; acting: Acting }) {
  return (
    <div class="grid3">
      <Mark id="mk-outcome" label={say("call.outcome")} choices={office.outcomes} acting={acting} what={say("act.outcome")} send={(code) => ["outcome", { call, code }]} />
      <Mark id="mk-tag" label={say("act.tag.label")} choices={office.tags} acting={acting} what={say("act.tag")} send={(tag) => ["tag", { call, tag }]} />
      <Mark id="mk-feature" label={say("act.feature.label")} choices={office.features} acting={acting} what={say("act.feature")} send={(code) => ["feature", { call, code }]} />
    </div>
  );
}

interface MarkProps {
  id: string;
  label: string;
  choices: readonly string[];
  acting: Acting;
  what: string;
  send: (value: string) => [string, object];
}

function Mark({ id, label, choices, acting, what, send }: MarkProps) {
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
      {choices.length ? (
        <select id={id} value={value} disabled={acting.busy} onChange={(e) => {
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
