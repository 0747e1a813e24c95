// Rows of calls, as the list and others show them.

import type { CallRow } from "../api/wire";
import { causeText } from "../lib/cause";
import { now } from "../lib/clock";
import { civilDay, phone, span, when } from "../lib/format";
import { labelIn, useNames } from "../lib/names";
import { say } from "../words";
import { Icon } from "./icon";
import { StateBadge } from "./state";
import { Table, type Sorting } from "./table";

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

/** The outcome, where it went, or why it ended: the first that is known. */
export function reasonText(c: CallRow): string {
  if (c.outcome) return c.outcome;
  if (c.transfer_to) return say("result.to", { to: c.transfer_to });
  return c.open ? "" : causeText(c.cause) + (c.detail && !c.answered ? ` ${c.detail}` : "");
}

export function CallList({ rows, sorting, chosen = -1 }: { rows: readonly CallRow[]; sorting?: Sorting; chosen?: number }) {
  const today = civilDay(now());
  const { queues, agents } = useNames();
  const none = <span class="z">–</span>;
  return (
    <div class="calls">
      <Table
        caption={say("calls.list")}
        rows={rows}
        keyOf={(c) => c.id}
        rowLook={(c) => (rows[chosen] === c ? "at" : "")}
        sorting={sorting}
        cols={[
          { id: "time", head: say("calls.time"), look: "nw", cell: (c) => <a href={`/calls/${encodeURIComponent(c.id)}`}>{when(c.enter, today)}</a> },
          { id: "dir", sort: false, head: <span class="vh">{say("filter.direction")}</span>, look: "off", cell: (c) => <><Icon name={c.direction === "out" ? "out" : "in"} small /><span class="vh">{say(c.direction === "out" ? "dir.out" : "dir.in")}</span></> },
          { id: "who", sort: false, head: say("calls.who"), look: "name", cell: (c) => <>{callerText(c)} {c.name && c.number ? <span class="mut">{phone(c.number)}</span> : null}</> },
          { id: "queue", sort: false, head: say("col.queue"), look: "nw at-3", cell: (c) => labelIn(queues, c.queue) },
          { id: "agent", sort: false, head: say("col.agent"), look: "sec nw at-4", cell: (c) => (c.agent ? labelIn(agents, c.agent) : none) },
          { id: "wait", sort: false, head: say("calls.wait"), look: "n lft at-5", label: say("calls.wait"), cell: (c) => (c.wait === null ? none : span(c.wait)) },
          { id: "talk", sort: false, head: say("calls.talk"), look: "n at-6", label: say("calls.talk"), cell: (c) => (c.talk === null ? none : span(c.talk)) },
          { id: "result", sort: false, head: say("calls.result"), look: "nw at-2", cell: (c) => <Result call={c} /> },
          { id: "why", sort: false, head: say("calls.why"), look: "sec off", cell: (c) => <>{reasonText(c)} {c.tag ? <span class="pill n">{c.tag}</span> : null}</> },
        ]}
      />
    </div>
  );
}
