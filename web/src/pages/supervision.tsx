// Supervision: each queue with its members and its waiting callers, and what may be done with both.

import { useState } from "preact/hooks";
import type { LiveAgent, LiveCall, LiveQueue, LiveSeat } from "../api/live-wire";
import { useAct } from "../lib/act";
import { useCell } from "../lib/cell";
import { int } from "../lib/format";
import { later } from "../lib/later";
import { longestLevel } from "../lib/level";
import { callOrder } from "../lib/live-model";
import { useNames } from "../lib/names";
import { go, place, withQuery } from "../lib/route";
import { may } from "../lib/session";
import { useView, type View } from "../lib/view";
import { ActButton, ActSaid } from "../parts/act";
import { AmiState } from "../parts/ami-state";
import { Dialog } from "../parts/dialog";
import { TextField } from "../parts/field";
import { Count, Running } from "../parts/figure";
import { Icon } from "../parts/icon";
import { callerName, useHeld } from "../parts/live-tables";
import { Empty, Skeleton } from "../parts/message";
import { Head, Panel } from "../parts/panel";
import { QueuePicker } from "../parts/queue-picker";
import { StateBadge } from "../parts/state";
import { Table } from "../parts/table";
import { say } from "../words";

const AgentActs = later(async () => (await import("../parts/agent-acts")).AgentActs);
const CallActs = later(async () => (await import("../parts/call-acts")).CallActs);

export function SupervisionPage() {
  const { query } = useCell(place);
  const view = useView();
  const [adding, add] = useState<string | null>(null);
  const [opened, open] = useState<LiveCall | null>(null);
  const chosen = (query.get("queues") ?? "").split(",").filter(Boolean);
  const agentOpen = query.get("agent");
  const agent = agentOpen ? (view?.live.agents.get(agentOpen) ?? null) : null;
  return (
    <>
      <Head
        title={say("page.supervision")}
        note={say("sup.note")}
        acts={
          <div class="filters">
            <QueuePicker chosen={chosen} href={(queues) => withQuery({ queues: queues.join(",") })} />
            {may("members.manage") ? <button type="button" class="btn p" aria-haspopup="dialog" onClick={() => add("")}><Icon name="plus" />{say("sup.add")}</button> : null}
          </div>
        }
      />
      {!view ? <Panel title={say("live.queues")}><Skeleton rows={6} cols={6} /></Panel> : (
        <div class={view.silent ? "stack staled" : "stack"}>
          <AmiState ami={view.live.ami} silent={view.silent ? view.now : null} />
          {view.live.queues.size === 0 ? <Panel title={say("live.queues")}><Empty title={say("live.noqueues")}>{say("live.noqueues.text")}</Empty></Panel> : [...view.live.queues.values()].map((q) => (
            <QueueSection key={q.name} queue={q} view={view} onAdd={() => add(q.name)} onCall={open} />
          ))}
        </div>
      )}
      {view && agent ? <AgentActs agent={agent} queues={view.live.queues} onClose={() => go(withQuery({ agent: null }), true)} /> : null}
      {view && opened ? (
        <CallActs
          call={view.live.calls.get(opened.id) ?? opened}
          gone={!view.live.calls.has(opened.id)}
          queue={view.live.queues.get(opened.queue)?.label ?? opened.queue}
          agents={view.live.agents}
          onClose={() => open(null)}
        />
      ) : null}
      {view && adding !== null ? <Adding queue={adding} queues={[...view.live.queues.values()]} agents={view.live.agents} onClose={() => add(null)} /> : null}
    </>
  );
}

interface Member {
  agent: LiveAgent;
  seat: LiveSeat | null;
}

/** Members of a queue: free ones by penalty, as Asterisk would ring them, then the others. */
function members(queue: LiveQueue, agents: ReadonlyMap<string, LiveAgent>): Member[] {
  const all = [...agents.values()].filter((a) => a.queues.includes(queue.name)).map((agent) => ({ agent, seat: agent.seats?.find((s) => s.queue === queue.name) ?? null }));
  const penalty = (m: Member): number => m.seat?.penalty ?? 0;
  return all.sort((a, b) => penalty(a) - penalty(b) || (a.agent.label < b.agent.label ? -1 : 1));
}

function QueueSection({ queue: q, view, onAdd, onCall }: { queue: LiveQueue; view: View; onAdd: () => void; onCall: (call: LiveCall) => void }) {
  const now = view.now;
  const acting = useAct();
  const staff = useHeld(members(q, view.live.agents), (m) => m.agent.name, now);
  const calls = [...view.live.calls.values()].filter((c) => c.queue === q.name).sort(callOrder);
  const acts = may("members.pause", "members.manage", "calls.listen", "text.send");
  return (
    <Panel
      title={q.label}
      side={
        <>
          <span class="sm">{say("sup.waiting", { n: int(q.waiting) })} {q.waiting ? <Running since={q.longest_since} now={now} level={longestLevel(q, now)} /> : null}</span>
          <span class="sm mut">{say("sup.ready", { n: int(q.ready), all: int(q.agents) })}</span>
          {may("members.manage") ? <button type="button" class="btn xs" aria-haspopup="dialog" aria-label={say("sup.add.to", { queue: q.label })} onClick={onAdd}><Icon name="plus" small />{say("sup.add")}</button> : null}
        </>
      }
    >
      {acting.outcome.at === "none" ? null : <div class="in"><ActSaid acting={acting} /></div>}
      {calls.length ? (
        <Table
          caption={say("sup.calls", { queue: q.label })}
          look="cards dense"
          rows={calls}
          keyOf={(c) => c.id}
          cols={[
            { id: "place", head: say("sup.place"), look: "fit off", cell: (c) => (c.position === null || c.state !== "waiting" ? <span class="z">–</span> : <span class="posn">{c.position}</span>) },
            { id: "who", head: say("live.caller"), look: "name", cell: (c) => <>{callerName(c)} {c.tag ? <span class="pill n">{c.tag}</span> : null}</> },
            { id: "time", head: say("live.time"), look: "n", label: say("live.time"), cell: (c) => <Running since={c.state === "waiting" || c.state === "ringing" ? c.entered : c.since} now={now} /> },
            { id: "state", head: say("col.state"), look: "nw", cell: (c) => <StateBadge state={c.state}>{c.agent ? (view.live.agents.get(c.agent)?.label ?? c.agent) : null}</StateBadge> },
            { id: "act", head: <span class="vh">{say("sup.acts")}</span>, look: "n", cell: (c) => (
              <span class="acts">
                {may("calls.pick") && c.state === "waiting" && c.direction === "in" ? <ActButton acting={acting} what={say("act.pick.of", { who: callerName(c) })} path="pick" body={{ call: c.call_id }} look="xs">{say("act.pick")}</ActButton> : null}
                <button type="button" class="btn xs" aria-haspopup="dialog" aria-label={say("sup.acts.of", { who: callerName(c) })} onClick={() => onCall(c)}>…</button>
              </span>
            ) },
          ]}
        />
      ) : null}
      {staff.rows.length === 0 ? <div class="in"><p class="hint">{say("sup.nobody.text")}</p></div> : (
        <div {...staff.hand}>
          <Table
            caption={say("sup.members", { queue: q.label })}
            look="cards dense"
            rows={staff.rows}
            keyOf={(p) => p.key}
            rowLook={(p) => (p.gone ? "gone" : "")}
            cols={[
              { id: "agent", head: say("col.agent"), look: "name", cell: ({ row: m }) => <>{m.agent.label} {m.agent.extension ? <span class="mut">{m.agent.extension}</span> : null}</> },
              { id: "penalty", head: say("sup.penalty"), look: "n off", cell: ({ row: m }) => (m.seat ? <Count n={m.seat.penalty} /> : <span class="z">–</span>) },
              { id: "state", head: say("col.state"), look: "nw", cell: ({ row: m }) => <StateBadge state={stateIn(m)}>{m.seat?.pause_code ?? m.agent.pause_code}</StateBadge> },
              { id: "for", head: say("live.for"), look: "n lft", cell: ({ row: m }) => <Running since={stateIn(m) === "paused" ? (m.seat?.paused_since ?? m.agent.since) : m.agent.since} now={now} /> },
              { id: "here", head: say("sup.here"), look: "n off", cell: ({ row: m }) => (m.seat ? <Count n={m.seat.calls_taken} /> : <span class="z">–</span>) },
              { id: "taken", head: say("live.taken"), look: "n", label: say("live.taken"), cell: ({ row: m }) => <Count n={m.agent.taken} /> },
              { id: "act", head: <span class="vh">{say("sup.acts")}</span>, look: "n wide", cell: ({ row: m, gone }) => (gone || !acts ? null : (
                <span class="acts">
                  {may("calls.listen") && (m.agent.state === "talking" || m.agent.state === "hold") ? <ActButton acting={acting} what={say("act.listen.to", { agent: m.agent.label })} path="listen" body={{ agent: m.agent.name }} look="xs" icon="ear">{say("act.listen")}</ActButton> : null}
                  {may("members.pause") && stateIn(m) === "paused" ? <ActButton acting={acting} what={say("act.unpause.of", { agent: m.agent.label })} path="unpause" body={{ agent: m.agent.name, queues: [q.name] }} look="xs">{say("act.unpause")}</ActButton> : null}
                  <a class="btn xs" href={withQuery({ agent: m.agent.name })} aria-label={say("sup.acts.of", { who: m.agent.label })}>…</a>
                </span>
              )) },
            ]}
          />
        </div>
      )}
    </Panel>
  );
}

/** Paused here although not everywhere: the state of the seat comes before that of the person. */
function stateIn(m: Member): LiveAgent["state"] {
  const free = m.agent.state === "ready" || m.agent.state === "wrapup";
  return free && m.seat?.paused_since ? "paused" : m.agent.state;
}

function Adding({ queue, queues, agents, onClose }: { queue: string; queues: readonly LiveQueue[]; agents: ReadonlyMap<string, LiveAgent>; onClose: () => void }) {
  const acting = useAct();
  const names = useNames().agents;
  const [to, setTo] = useState(queue || (queues[0]?.name ?? ""));
  const [agent, setAgent] = useState("");
  const [phone, setPhone] = useState("");
  const [penalty, setPenalty] = useState("0");
  const whole = /^\d{1,4}$/.test(penalty) && Number(penalty) <= 1000;
  const there = agents.get(agent)?.queues.includes(to) ?? false;
  const what = say("sup.add");
  const send = (): void => {
    if (!agent.trim() || !whole) return;
    acting.run(what, "logon", { agent: agent.trim(), queues: [to], penalty: Number(penalty), ...(phone.trim() ? { phone: phone.trim() } : {}) }, () => setAgent(""));
  };
  return (
    <Dialog
      title={say("sup.add.title")}
      onClose={onClose}
      onSend={send}
      foot={
        <>
          <button type="button" class="btn" onClick={onClose}>{say("do.close")}</button>
          <button class="btn p" disabled={acting.busy || !agent.trim() || !whole || there}>{what}</button>
        </>
      }
    >
      <div class="stack">
        <ActSaid acting={acting} />
        <div class="field">
          <label for="sa-queue">{say("col.queue")}</label>
          <select id="sa-queue" value={to} onChange={(e) => setTo(e.currentTarget.value)}>{queues.map((q) => <option key={q.name} value={q.name}>{q.label}</option>)}</select>
        </div>
        <div class="field">
          <label for="sa-agent">{say("col.agent")}</label>
          <input id="sa-agent" list="sa-agents" value={agent} maxLength={100} autoComplete="off" aria-describedby={there ? "sa-there" : undefined} onInput={(e) => setAgent(e.currentTarget.value)} />
          <datalist id="sa-agents">{names.map((n) => <option key={n.name} value={n.name}>{n.label}</option>)}</datalist>
          {there ? <p class="hint" id="sa-there">{say("sup.add.there")}</p> : null}
        </div>
        <div class="grid2">
          <TextField id="sa-phone" label={say("desk.at")} value={phone} set={setPhone} hint={say("sup.add.phone")} optional max={40} />
          <TextField id="sa-penalty" type="number" label={say("sup.penalty")} value={penalty} set={setPenalty} hint={say("sup.penalty.hint")} fault={whole ? undefined : say("sup.penalty.bad")} />
        </div>
      </div>
    </Dialog>
  );
}
