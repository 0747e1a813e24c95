// Filters as chips, "Name value ×"; the last chip opens the dialog that adds one. The chips are the address.

import { useState } from "preact/hooks";
import type { Named } from "../api/wire";
import { causeText } from "../lib/cause";
import { useCell } from "../lib/cell";
import { filterChanges, filtersOf, SECONDS, without, type FilterId, type Filters } from "../lib/filters";
import { useKeys } from "../lib/keys";
import { later } from "../lib/later";
import { labelIn, useNames } from "../lib/names";
import { go, place, withQuery } from "../lib/route";
import { say } from "../words";
import { Icon } from "./icon";

const FilterDialog = later(async () => (await import("./filter-dialog")).FilterDialog);

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
      {open ? <FilterDialog allowed={allowed} filters={filters} queues={queues} agents={agents} onClose={() => setOpen(false)} onDone={(next) => {
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
  if (id === "answered" || id === "held") return say(first === "no" ? "word.no" : "word.yes");
  if (id === "cause") return causeText(first);
  return SECONDS.includes(id) ? `${first} s` : first;
}
