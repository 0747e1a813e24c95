// The dialog that sets all filters of a list or report at once.

import { useState } from "preact/hooks";
import type { Named } from "../api/wire";
import { CAUSES, causeText } from "../lib/cause";
import { SECONDS, without, type FilterId, type Filters } from "../lib/filters";
import { say } from "../words";
import { Dialog } from "./dialog";
import { Choice, TextField } from "./field";
import { QueueTicks } from "./queue-picker";

interface EditingProps {
  allowed: readonly FilterId[];
  filters: Filters;
  queues: readonly Named[];
  agents: readonly Named[];
  onClose: () => void;
  onDone: (next: Filters) => void;
}

export function FilterDialog({ allowed, filters, queues, agents, onClose, onDone }: EditingProps) {
  const [draft, setDraft] = useState<Filters>(filters);
  const one = (id: FilterId): string => draft[id]?.[0] ?? "";
  const set = (id: FilterId, values: readonly string[]): void => setDraft((d) => (values.some(Boolean) ? { ...d, [id]: values.filter(Boolean) } : without(d, id)));
  const has = (id: FilterId): boolean => allowed.includes(id);
  const any = { value: "", text: say("filter.any") };
  const text = (id: FilterId, hint?: string) => (has(id) ? <TextField key={id} id={`f-${id}`} label={say(`filter.${id}`)} value={one(id)} set={(v) => set(id, [v.trim()])} hint={hint} /> : null);
  const secs = (id: FilterId) => (has(id) ? <TextField key={id} id={`f-${id}`} type="number" label={say(`filter.${id}`)} value={one(id)} set={(v) => set(id, [/^\d+$/.test(v) ? v : ""])} /> : null);
  return (
    <Dialog title={say("filter.title")} onClose={onClose} onSend={() => onDone(draft)} look="big" foot={
      <>
        <button type="button" class="btn g" onClick={() => onDone({})}>{say("filter.none")}</button>
        <button class="btn p">{say("do.show")}</button>
      </>
    }>
      <div class="stack">
        {queues.length ? (
          <fieldset class="field">
            <legend>{say("filter.queue")}</legend>
            <div class="ticks"><QueueTicks all={queues} ticked={new Set(draft.queue ?? [])} tick={(next) => set("queue", [...next])} /></div>
          </fieldset>
        ) : null}
        <div class="grid2">
          <Choice id="f-agent" label={say("filter.agent")} value={one("agent")} set={(v) => set("agent", [v])} options={[any, ...agents.map((a) => ({ value: a.name, text: a.label }))]} />
          {has("direction") ? <Choice id="f-direction" label={say("filter.direction")} value={one("direction")} set={(v) => set("direction", [v])} options={[any, { value: "in", text: say("dir.in") }, { value: "out", text: say("dir.out") }]} /> : null}
          {has("held") ? <Choice id="f-held" label={say("filter.held")} value={one("held")} set={(v) => set("held", [v])} options={[any, { value: "yes", text: say("word.yes") }, { value: "no", text: say("word.no") }]} /> : null}
          {has("answered") ? <Choice id="f-answered" label={say("filter.answered")} value={one("answered")} set={(v) => set("answered", [v])} options={[any, { value: "yes", text: say("word.yes") }, { value: "no", text: say("word.no") }]} /> : null}
          {has("cause") ? <Choice id="f-cause" label={say("filter.cause")} value={one("cause")} set={(v) => set("cause", [v])} options={[any, ...CAUSES.map((c) => ({ value: c, text: causeText(c) }))]} /> : null}
          {text("caller", say("filter.caller.hint"))}
          {text("number", say("filter.caller.hint"))}
          {text("call_id")}
          {SECONDS.map(secs)}
        </div>
      </div>
    </Dialog>
  );
}
