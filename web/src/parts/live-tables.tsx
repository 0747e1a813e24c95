// Tables of the live view: queues, calls, agents. Rows keep their places while the reader's hand is in the table.

import { useRef, useState } from "preact/hooks";
import type { LiveAgent, LiveCall, LiveQueue } from "../api/live-wire";
import { int, phone, span } from "../lib/format";
import { longestLevel, queueLevel, readyLevel, waitLevel, type Level } from "../lib/level";
import { SUPERVISE } from "../lib/rights";
import { may } from "../lib/session";
import { place as placed, type Held, type Placed } from "../lib/order";
import { say } from "../words";
import { Count, GoalBar, Leveled, Running } from "./figure";
import { Icon } from "./icon";
import { StateBadge } from "./state";
import { Table, type Col } from "./table";

/** Rows held in place while pointer or focus is in the table. */
export function useHeld<T>(rows: readonly T[], keyOf: (row: T) => string, at: number): { rows: Placed<T>[]; hand: { onPointerEnter: () => void; onPointerLeave: () => void; onFocusIn: () => void; onFocusOut: () => void } } {
  const held = useRef<Held<T>>({ placed: [], missed: new Map() });
  const [pointer, setPointer] = useState(false);
  const [focus, setFocus] = useState(false);
  held.current = placed(held.current, rows, keyOf, pointer || focus, at);
  return {
    rows: held.current.placed,
    hand: {
      onPointerEnter: () => setPointer(true),
      onPointerLeave: () => setPointer(false),
      onFocusIn: () => setFocus(true),
      onFocusOut: () => setFocus(false),
    },
  };
}

type QueueRow = LiveQueue & { all?: boolean };

export function QueueTable({ queues, total, now }: { queues: readonly LiveQueue[]; total: LiveQueue; now: number }) {
  const all: QueueRow = { ...total, all: true, label: say("live.all") };
  const rows: QueueRow[] = queues.length > 1 ? [all, ...queues] : [...queues];
  const figure = (id: keyof LiveQueue & string, head: string, of: (q: QueueRow) => number, less = ""): Col<QueueRow> => ({ id, head, look: `n off ${less}`, cell: (q) => <Count n={of(q)} /> });
  const cols: Col<QueueRow>[] = [
    { id: "name", head: say("col.queue"), look: "name", cell: (q) => (q.all ? q.label : <a href={`/live?queues=${encodeURIComponent(q.name)}`}>{q.label}</a>) },
    { id: "waiting", head: say("live.waiting"), look: "n", label: say("live.waiting"), cell: (q) => <Count n={q.waiting} bold /> },
    { id: "longest", head: say("col.longest"), look: "n lft", label: say("col.longest"), cell: (q) => <Running since={q.longest_since} now={now} level={longestLevel(q, now)} /> },
    figure("agents", say("live.agents"), (q) => q.agents),
    { id: "ready", head: say("live.ready"), look: "n", label: say("live.ready"), cell: (q) => (readyLevel(q) ? <Leveled level={readyLevel(q)}>{int(q.ready)}</Leveled> : <Count n={q.ready} />) },
    figure("ringing", say("live.ringing"), (q) => q.ringing, "roomy"),
    figure("talking", say("live.oncalls"), (q) => q.talking),
    figure("elsewhere", say("live.elsewhere"), (q) => q.elsewhere + q.in_use, "roomy"),
    figure("wrapup", say("live.wrapup"), (q) => q.wrapup, "roomy"),
    figure("paused", say("live.paused"), (q) => q.paused),
    figure("unavailable", say("live.unavailable"), (q) => q.unavailable, "roomy"),
    figure("offered", say("live.offered"), (q) => q.offered),
    figure("answered", say("col.answered"), (q) => q.answered),
    figure("lost", say("col.lost"), (q) => q.lost),
    { id: "within", head: say("live.within", { s: total.sla_seconds }), look: "wide goal", cell: (q) => <GoalBar share={q.within_sla} goal={q.sla_goal} /> },
  ];
  return (
    <Table
      caption={say("live.queues")}
      look="cards dense wrapn"
      cols={cols}
      rows={rows}
      keyOf={(q) => (q.all ? "" : q.name)}
      rowLook={(q) => (q.all ? "all" : queueLevel(q, now))}
    />
  );
}

const who = (number: string, name: string): string => name || (number ? phone(number) : say("number.hidden"));

export const callerName = (c: LiveCall): string => who(c.number, c.name);

export function CallTable({ calls, queues, agents, now }: { calls: readonly LiveCall[]; queues: ReadonlyMap<string, LiveQueue>; agents: ReadonlyMap<string, LiveAgent>; now: number }) {
  const { rows, hand } = useHeld(calls, (c) => c.id, now);
  const label = (agent: string | null): string => (agent ? (agents.get(agent)?.label ?? agent) : "");
  const open = (c: LiveCall): boolean => c.state === "waiting" || c.state === "ringing";
  const level = (c: LiveCall): Level => {
    const queue = queues.get(c.queue);
    return queue && open(c) && c.direction === "in" ? waitLevel(now - c.entered, queue) : "";
  };
  // Talk is counted from the answer, holds included; the hold's own time stands beside its state.
  const begun = (c: LiveCall): number => (open(c) ? c.entered : c.wait === null ? c.since : c.entered + c.wait);
  const under = (c: LiveCall): string => {
    if (!open(c)) return label(c.agent);
    if (c.agent) return label(c.agent);
    if (c.last_tried) return say("live.tried", { agent: label(c.last_tried) });
    return c.position === null ? "" : say("live.place", { n: c.position });
  };
  const cols: Col<Placed<LiveCall>>[] = [
    {
      id: "caller", head: say("live.caller"), look: "name",
      cell: ({ row: c }) => (
        <>
          {who(c.number, c.name)}
          <span class="sub">
            {c.name && c.number ? phone(c.number) : ""} {c.tag ? <span class="pill n">{c.tag}</span> : null}
          </span>
        </>
      ),
    },
    {
      id: "time", head: say("live.time"), look: "n",
      cell: ({ row: c, gone }) => (
        <>
          {gone ? <span class="z">{say("live.ended")}</span> : <Running since={begun(c)} now={now} level={level(c)} />}
          <span class="sub hide-s">{open(c) ? say("live.waits") : c.direction === "out" ? say("live.out") : say("live.waited", { time: span(c.wait) })}</span>
        </>
      ),
    },
    {
      id: "state", head: say("col.state"),
      cell: ({ row: c }) => (
        <>
          <StateBadge state={c.state}>{c.state === "hold" ? span(now - c.since) : null}</StateBadge>
          <span class="sub nw cut">{under(c)}</span>
        </>
      ),
    },
    { id: "queue", head: say("col.queue"), look: "qn", cell: ({ row: c }) => queues.get(c.queue)?.label ?? c.queue },
  ];
  return (
    <div {...hand}>
      <Table caption={say("live.calls.caption")} look="cards two dense" cols={cols} rows={rows} keyOf={(p) => p.key} rowLook={(p) => (p.gone ? "gone" : level(p.row))} />
    </div>
  );
}

/** What the state badge of an agent adds: with whom, or why. */
function reason(a: LiveAgent) {
  if (a.caller !== null && (a.state === "talking" || a.state === "hold" || a.state === "ringing")) {
    return (
      <span class="row">
        <Icon name={a.direction === "out" ? "out" : "in"} small />
        <span class="cut sec">{who(a.caller, a.caller_name ?? "")}</span>
      </span>
    );
  }
  if (a.state === "paused") return <span class="sec">{a.pause_code || "–"}</span>;
  return <span class="z">–</span>;
}

export function AgentTable({ agents, queues, now }: { agents: readonly LiveAgent[]; queues: ReadonlyMap<string, LiveQueue>; now: number }) {
  const { rows, hand } = useHeld(agents, (a) => a.name, now);
  const cols: Col<Placed<LiveAgent>>[] = [
    { id: "agent", head: say("col.agent"), look: "name", cell: ({ row: a }) => <>{may(...SUPERVISE) ? <a href={`/supervision?agent=${encodeURIComponent(a.name)}`}>{a.label}</a> : a.label} {a.extension ? <span class="mut">{a.extension}</span> : null}</> },
    { id: "for", head: say("live.for"), look: "n", cell: ({ row: a, gone }) => (gone ? <span class="z">{say("live.left")}</span> : <Running since={a.since} now={now} />) },
    { id: "state", head: say("col.state"), look: "nw", cell: ({ row: a }) => <StateBadge state={a.state}>{a.paused_queues.length && a.state !== "paused" ? say("live.partpause") : null}</StateBadge> },
    { id: "with", head: say("live.with"), look: "cutc", cell: ({ row: a }) => reason(a) },
    { id: "queues", head: say("live.queues"), look: "off sec wide-only", cell: ({ row: a }) => a.queues.map((q) => queues.get(q)?.label ?? q).join(", ") },
    { id: "taken", head: say("live.taken"), look: "n off", cell: ({ row: a }) => <Count n={a.taken} /> },
  ];
  return (
    <div {...hand}>
      <Table caption={say("live.agents.caption")} look="cards dense" cols={cols} rows={rows} keyOf={(p) => p.key} rowLook={(p) => (p.gone ? "gone" : "")} />
    </div>
  );
}
