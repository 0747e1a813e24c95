// Rows of calls, as the list and others show them.

import type { CallRow } from "../api/wire-calls";
import { causeText } from "../lib/cause";
import { now } from "../lib/clock";
import { civilDay, phone, span, when } from "../lib/format";
import { labelIn, useNames } from "../lib/names";
import { say, type Key } from "../words";
import { Icon } from "./icon";
import { StateBadge } from "./state";
import { Table, type Col, type Sorting } from "./table";

export function callerText(c: { name: string; number: string }): string {
  return c.name || (c.number ? phone(c.number) : say("number.hidden"));
}

/** What became of a call: shape and word. */
export function Result({ call }: { call: Pick<CallRow, "open" | "answered" | "transfer_to" | "talk" | "agent"> }) {
  if (call.open) return <StateBadge state={call.agent && call.answered ? "talking" : "waiting"} />;
  if (!call.answered) return <span class="st"><span class="act"><Icon name="x" small /></span>{say("result.lost")}</span>;
  if (call.transfer_to) return <span class="st"><Icon name="xfer" small />{say("result.transferred")}</span>;
  return <span class="st"><span class="ok"><Icon name="okc" small /></span>{say("result.answered")}</span>;
}

/** What became of a call, in a word. */
export function resultText(c: CallRow): string {
  if (c.open) return say(c.agent && c.answered ? "state.talking" : "state.waiting");
  return say(!c.answered ? "result.lost" : c.transfer_to ? "result.transferred" : "result.answered");
}

/** The outcome, where it went, or why it ended: the first that is known. */
export function reasonText(c: CallRow): string {
  if (c.outcome) return c.outcome;
  if (c.transfer_to) return say("result.to", { to: c.transfer_to });
  return c.open ? "" : causeText(c.cause) + (c.detail && !c.answered ? ` ${c.detail}` : "");
}

/** The columns of the list, in their order; the time is the row's link and always there. */
export const CALL_COLUMNS = ["time", "dir", "who", "queue", "agent", "wait", "talk", "result", "why"] as const;
type ColumnId = (typeof CALL_COLUMNS)[number];
export const CALL_HEADS: Record<ColumnId, Key> = {
  time: "calls.time", dir: "filter.direction", who: "calls.who", queue: "col.queue", agent: "col.agent", wait: "calls.wait", talk: "calls.talk", result: "calls.result", why: "calls.why",
};

interface ListProps {
  rows: readonly CallRow[];
  sorting?: Sorting;
  chosen?: number;
  columns?: readonly string[];
  ticks?: Ticks;
}

/** Which rows are ticked, by id. */
export interface Ticks {
  ids: ReadonlySet<string>;
  set: (ids: Set<string>) => void;
}

function tickColumn(rows: readonly CallRow[], ticks: Ticks, today: string): Col<CallRow> {
  const all = rows.length > 0 && rows.every((r) => ticks.ids.has(r.id));
  const turn = (ids: readonly string[], on: boolean): void => {
    const next = new Set(ticks.ids);
    for (const id of ids) if (on) next.add(id); else next.delete(id);
    ticks.set(next);
  };
  return {
    id: "tick", sort: false, look: "fit tk",
    head: <input type="checkbox" aria-label={say("ticks.all")} title={say("ticks.all")} checked={all} onChange={(e) => turn(rows.map((r) => r.id), e.currentTarget.checked)} />,
    cell: (c) => <input type="checkbox" aria-label={say("ticks.one", { time: when(c.enter, today) })} checked={ticks.ids.has(c.id)} onChange={(e) => turn([c.id], e.currentTarget.checked)} />,
  };
}

export function CallList({ rows, sorting, chosen = -1, columns = CALL_COLUMNS, ticks }: ListProps) {
  const today = civilDay(now());
  const { queues, agents } = useNames();
  const none = <span class="z">–</span>;
  const shown = (c: Col<CallRow>): boolean => c.id === "time" || columns.includes(c.id);
  return (
    <div class="calls">
      <Table
        caption={say("calls.list")}
        rows={rows}
        keyOf={(c) => c.id}
        rowLook={(c) => (rows[chosen] === c ? "at" : "")}
        sorting={sorting}
        cols={[
          ...(ticks ? [tickColumn(rows, ticks, today)] : []),
          ...([
          { id: "time", head: say("calls.time"), look: "nw", cell: (c) => <a href={`/calls/${encodeURIComponent(c.id)}`}>{when(c.enter, today)}</a> },
          { id: "dir", sort: false, head: <span class="vh">{say("filter.direction")}</span>, look: "off", cell: (c) => <><Icon name={c.direction === "out" ? "out" : "in"} small /><span class="vh">{say(c.direction === "out" ? "dir.out" : "dir.in")}</span></> },
          { id: "who", sort: false, head: say("calls.who"), look: "name", cell: (c) => <>{callerText(c)} {c.name && c.number ? <span class="mut">{phone(c.number)}</span> : null}</> },
          { id: "queue", sort: false, head: say("col.queue"), look: "nw at-3", cell: (c) => labelIn(queues, c.queue) },
          { id: "agent", sort: false, head: say("col.agent"), look: "sec nw at-4", cell: (c) => (c.agent ? labelIn(agents, c.agent) : none) },
          { id: "wait", sort: false, head: say("calls.wait"), look: "n lft at-5", label: say("calls.wait"), cell: (c) => (c.wait === null ? none : span(c.wait)) },
          { id: "talk", sort: false, head: say("calls.talk"), look: "n at-6", label: say("calls.talk"), cell: (c) => (c.talk === null ? none : span(c.talk)) },
          { id: "result", sort: false, head: say("calls.result"), look: "nw at-2", cell: (c) => <Result call={c} /> },
          { id: "why", sort: false, head: say("calls.why"), look: "sec off", cell: (c) => <>{reasonText(c)} {c.tag ? <span class="pill n">{c.tag}</span> : null}</> },
          ] as Col<CallRow>[]).filter(shown),
        ]}
      />
    </div>
  );
}
