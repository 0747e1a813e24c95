// Filters as chips, "Name value ×"; the last chip opens the dialog that adds one. The chips are the address.

import { useState } from "preact/hooks";
import type { Named } from "../api/wire";
import { CAUSES, causeText } from "../lib/cause";
import { useCell } from "../lib/cell";
import { filterChanges, filtersOf, without, type FilterId, type Filters } from "../lib/filters";
import { useKeys } from "../lib/keys";
import { labelIn, useNames } from "../lib/names";
import { go, place, withQuery } from "../lib/route";
import { say } from "../words";
import { Dialog } from "./dialog";
import { Choice, TextField } from "./field";
import { Icon } from "./icon";
import { QueueTicks } from "./queue-picker";

const SECONDS: readonly FilterId[] = ["wait_min", "wait_max", "talk_min", "talk_max"];

export function FilterBar({ allowed }: { allowed: readonly FilterId[] }) {
  const { query } = useCell(place);
  const [open, setOpen] = useState(false);
  const filters = filtersOf(query, allowed);
  const chosen = allowed.filter((id) => filters[id]);
  const { queues, agents } = useNames();
  const put = (next: Filters): void => go(withQuery(filterChanges(next, allowed)));
  useKeys({ f: () => setOpen(true) });
  return (
    <>
      {chosen.map((id) => {
        const text = valueText(id, filters[id] ?? [], queues, agents);
        return (
          <span key={id} class="chip">
            <span class="k">{say(`filter.${id}`)}</span> {text}
            <button type="button" aria-label={say("filter.remove", { name: say(`filter.${id}`), value: text })} title={say("filter.remove", { name: say(`filter.${id}`), value: text })} onClick={() => put(without(filters, id))}>
              <Icon name="x" small />
            </button>
          </span>
        );
      })}
      <button type="button" class="chip add" aria-haspopup="dialog" onClick={() => setOpen(true)}><Icon name="plus" small />{say("filter.add")}</button>
      {chosen.length > 1 ? <button type="button" class="btn g xs" onClick={() => put({})}>{say("filter.none")}</button> : null}
      {open ? <Editing allowed={allowed} filters={filters} queues={queues} agents={agents} onClose={() => setOpen(false)} onDone={(next) => {
        setOpen(false);
        put(next);
      }} /> : null}
    </>
  );
}

function valueText(id: FilterId, values: readonly string[], queues: readonly Named[], agents: readonly Named[]): string {
  const first = values[0] ?? "";
  if (values.length > 1) return say("pick.n", { n: values.length });
  if (id === "queue") return labelIn(queues, first);
  if (id === "agent") return labelIn(agents, first);
  if (id === "direction") return say(first === "out" ? "dir.out" : first === "in" ? "dir.in" : "dir.both");
  if (id === "answered") return say(first === "no" ? "word.no" : "word.yes");
  if (id === "cause") return causeText(first);
  return SECONDS.includes(id) ? `${first} s` : first;
}

interface EditingProps {
  allowed: readonly FilterId[];
  filters: Filters;
  queues: readonly Named[];
  agents: readonly Named[];
  onClose: () => void;
  onDone: (next: Filters) => void;
}

function Editing({ allowed, filters, queues, agents, onClose, onDone }: EditingProps) {
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
          <Choice id="f-direction" label={say("filter.direction")} value={one("direction")} set={(v) => set("direction", [v])} options={[any, { value: "in", text: say("dir.in") }, { value: "out", text: say("dir.out") }]} />
          {has("answered") ? <Choice id="f-answered" label={say("filter.answered")} value={one("answered")} set={(v) => set("answered", [v])} options={[any, { value: "yes", text: say("word.yes") }, { value: "no", text: say("word.no") }]} /> : null}
          {has("cause") ? <Choice id="f-cause" label={say("filter.cause")} value={one("cause")} set={(v) => set("cause", [v])} options={[any, ...CAUSES.map((c) => ({ value: c, text: causeText(c) }))]} /> : null}
          {text("caller", say("filter.caller.hint"))}
          {text("call_id")}
          {SECONDS.map(secs)}
        </div>
      </div>
    </Dialog>
  );
}
