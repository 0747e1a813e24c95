// One call: its course as a bar, the moments as a list, the facts, its other stints; closing by hand if it got stuck.

import { useState } from "preact/hooks";
import { send } from "../api/client";
import { callDetail, closed, type CallDetail, type Moment } from "../api/wire-calls";
import { causeText } from "../lib/cause";
import { useForm } from "../lib/form";
import { at, int, longSpan, phone, span } from "../lib/format";
import { later } from "../lib/later";
import { useLoad } from "../lib/load";
import { labelIn, useNames } from "../lib/names";
import type { Params } from "../lib/pages";
import { LISTEN } from "../lib/rights";
import { may } from "../lib/session";
import { useOwnTitle } from "../lib/title";
import { callerText, Result } from "../parts/call-list";
import { Course } from "../parts/course";
import { Dialog } from "../parts/dialog";
import { Summary, TextField } from "../parts/field";
import { Icon, type IconName } from "../parts/icon";
import { Failed, Skeleton } from "../parts/message";
import { Head, Panel } from "../parts/panel";
import { Shape, type State } from "../parts/state";
import { Table } from "../parts/table";
import { toast } from "../parts/toast";
import { say, type Key } from "../words";

const CallRecordings = later(async () => (await import("../parts/call-recordings")).CallRecordings);

export function CallPage({ params }: { params: Params }) {
  const id = params["id"] ?? "";
  const loaded = useLoad(`/calls/${encodeURIComponent(id)}`, callDetail);
  const [closing, setClosing] = useState(false);
  const { queues, agents } = useNames();
  const call = loaded.data;
  const title = call ? titleText(call, labelIn(agents, call.agent ?? "")) : say("page.call");
  useOwnTitle(title);
  if (loaded.fault) return <><h1 class="vh">{say("page.call")}</h1><Failed alone fault={loaded.fault} again={loaded.again} /></>;
  if (!call) return <><h1 class="vh">{say("page.call")}</h1>{loaded.slow ? <Panel title={say("page.call")}><Skeleton rows={8} cols={3} /></Panel> : null}</>;
  return (
    <>
      <Head
        title={title}
        note={
          <>
            {say("call.note", { day: at(call.enter, "dayYear"), from: at(call.enter, "hms"), to: call.open ? say("call.now") : at(call.end, "hms") })}{" "}
            <span class="nw"><Icon name={call.direction === "out" ? "out" : "in"} small /> {say(call.direction === "out" ? "call.out" : "call.in")}, {labelIn(queues, call.queue)}</span> {call.tag ? <span class="pill n">{call.tag}</span> : null}
          </>
        }
        acts={call.open && may("calls.close") ? <button type="button" class="btn d" onClick={() => setClosing(true)}><Icon name="hang" />{say("call.close")}</button> : null}
      />
      <div class="stack">
        <Panel title={say("call.course")} extra="hide-s" side={<span class="sm mut">{say("call.all", { time: span(call.end - call.enter) })}</span>}>
          <div class="in"><Course segments={call.segments} /></div>
        </Panel>
        {may(...LISTEN) ? <CallRecordings call={id} /> : null}
        <div class="cols">
          <Panel title={say("call.timeline")} extra="c7">
            <div class="in"><Timeline call={call} /></div>
          </Panel>
          <div class="c5 stack">
            <Panel title={say("call.facts")}><div class="in"><Facts call={call} /></div></Panel>
            {call.others.length > 1 ? <Panel title={say("call.others")}><Others call={call} /></Panel> : null}
          </div>
        </div>
      </div>
      {closing ? <Closing id={id} onClose={() => setClosing(false)} onDone={() => {
        setClosing(false);
        toast(say("call.closed"));
        loaded.again();
      }} /> : null}
    </>
  );
}

function titleText(call: CallDetail, agent: string): string {
  const who = callerText(call);
  return call.agent ? say("call.title.with", { who, agent }) : say(call.answered || call.open ? "call.title" : "call.title.lost", { who });
}

const STATES: Partial<Record<string, State>> = {
  enter: "waiting", no_answer: "ringing", short_ring: "ringing", cancelled: "ringing", attempt: "ringing", dumped: "ringing", connect: "talking", hold: "hold", unhold: "talking",
};
const ICONS: Partial<Record<string, IconName>> = {
  transfer: "xfer", end: "hang", outcome: "check", tag: "tag", no_tag: "tag", feature: "plus", no_feature: "x", variable: "edit", no_variable: "x",
  skill: "person", ivr_start: "menu", ivr_step: "menu", ivr_goal: "check", ivr_hangup: "hang", caller_name: "person", caller_number: "phone",
};

function Timeline({ call }: { call: CallDetail }) {
  const begin = call.timeline[0]?.at ?? call.enter;
  const { queues, agents } = useNames();
  return (
    <ol class="tl">
      {call.timeline.map((m, i) => {
        const state = STATES[m.kind];
        return (
          <li key={i}>
            <span class="nw">{at(m.at, "hms")}</span>
            <span class="off">{m.at > begin ? `+${span(m.at - begin)}` : ""}</span>
            <span class="ic">{state ? <Shape state={state} /> : <Icon name={ICONS[m.kind] ?? (call.direction === "out" ? "out" : "in")} />}</span>
            <span><MomentText moment={m.kind === "enter" ? { ...m, text: labelIn(queues, m.text) } : { ...m, agent: m.agent && labelIn(agents, m.agent) }} /></span>
          </li>
        );
      })}
    </ol>
  );
}

const MOMENTS: Partial<Record<string, Key>> = {
  enter: "moment.enter", no_answer: "moment.no_answer", short_ring: "moment.short_ring", cancelled: "moment.cancelled", dumped: "moment.dumped",
  attempt: "moment.attempt", connect: "moment.connect", hold: "moment.hold", unhold: "moment.unhold", transfer: "moment.transfer", end: "moment.end",
  outcome: "moment.outcome", tag: "moment.tag", no_tag: "moment.no_tag", feature: "moment.feature", no_feature: "moment.no_feature",
  variable: "moment.variable", no_variable: "moment.no_variable", skill: "moment.skill", ivr_start: "moment.ivr_start", ivr_step: "moment.ivr_step",
  ivr_goal: "moment.ivr_goal", ivr_hangup: "moment.ivr_hangup", caller_name: "moment.caller_name", caller_number: "moment.caller_number",
};

/** The daemon sends what happened and its values; the sentence is ours, in the reader's language. */
function MomentText({ moment: m }: { moment: Moment }) {
  const key = MOMENTS[m.kind];
  const text = m.kind === "end" ? causeText(m.text) : m.text;
  const side = [m.more, m.secs === null || m.kind === "hold" ? "" : span(m.secs)].filter(Boolean).join(", ");
  const values = { text, agent: m.agent ?? say("moment.someone"), time: m.secs === null ? "" : span(m.secs) };
  return (
    <>
      {key ? say(key, values) : [m.agent, text].filter(Boolean).join(" ")} {side ? <span class="mut">{side}</span> : null}
    </>
  );
}

function Facts({ call }: { call: CallDetail }) {
  const facts: [Key, string | null][] = [
    ["calls.wait", call.wait === null ? null : span(call.wait)],
    ["calls.talk", call.talk === null ? null : span(call.talk)],
    ["call.hold", call.hold ? span(call.hold) : null],
    ["call.ring", call.ring === null ? null : span(call.ring)],
    ["call.ended", call.open ? null : causeText(call.cause)],
    ["call.detail", call.detail],
    ["call.number", call.number ? phone(call.number) : say("number.hidden")],
    ["call.position", call.position === null ? null : call.exit_position === null ? int(call.position) : `${int(call.position)} → ${int(call.exit_position)}`],
    ["call.attempts", int(call.attempts)],
    ["call.transfer", call.transfer_to],
    ["call.outcome", call.outcome],
    ["call.features", call.features.join(", ") || null],
    ["call.dnis", call.dnis],
    ["call.ivr", call.ivr ? `${call.ivr}${call.ivr_secs ? `, ${longSpan(call.ivr_secs)}` : ""}` : null],
    ["call.quality", call.quality.join(", ") || null],
    ["call.alias", call.alias],
    ["call.member", call.member_id],
  ];
  return (
    <dl class="facts">
      <dt>{say("calls.result")}</dt>
      <dd><Result call={call} /></dd>
      {facts.map(([key, value]) => (value === null ? null : [<dt key={`${key}t`}>{say(key)}</dt>, <dd key={`${key}d`}>{value}</dd>]))}
      <dt>{say("call.same")}</dt>
      <dd>{call.number ? <a href={`/calls?p=month&caller=${encodeURIComponent(call.number)}`}>{say("call.same.month")}</a> : "–"}</dd>
      <dt>{say("call.id")}</dt>
      <dd class="mono">{call.call_id}</dd>
    </dl>
  );
}

function Others({ call }: { call: CallDetail }) {
  const { queues } = useNames();
  return (
    <Table
      caption={say("call.others")}
      rows={call.others}
      keyOf={(o) => o.id}
      rowLook={(o) => (o.current ? "at" : "")}
      cols={[
        { id: "t", head: say("calls.time"), look: "nw", cell: (o) => (o.current ? <span aria-current="true">{at(o.enter, "hms")}</span> : <a href={`/calls/${encodeURIComponent(o.id)}`}>{at(o.enter, "hms")}</a>) },
        { id: "q", head: say("col.queue"), cell: (o) => labelIn(queues, o.queue) },
        { id: "w", head: say("calls.wait"), look: "n", label: say("calls.wait"), cell: (o) => span(o.wait) },
        { id: "k", head: say("calls.talk"), look: "n", label: say("calls.talk"), cell: (o) => span(o.talk) },
        { id: "c", head: say("call.ended"), look: "sec", cell: (o) => causeText(o.cause) },
      ]}
    />
  );
}

function Closing({ id, onClose, onDone }: { id: string; onClose: () => void; onDone: () => void }) {
  const [seconds, setSeconds] = useState("");
  const form = useForm("x-", { seconds: say("call.close.seconds") });
  const submit = (): void => {
    const given = seconds.trim();
    const found: Record<string, string> = given && !/^\d{1,6}$/.test(given) ? { seconds: say("field.whole") } : {};
    void form.send(() => send("POST", `/calls/${encodeURIComponent(id)}/close`, closed, given ? { seconds: Number(given) } : {}), onDone, found);
  };
  return (
    <Dialog
      title={say("call.close.title")}
      onClose={onClose}
      onSend={submit}
      foot={
        <>
          <button type="button" class="btn" onClick={onClose}>{say("do.cancel")}</button>
          <button class="btn d f" disabled={form.busy}><Icon name="hang" />{say("call.close")}</button>
        </>
      }
    >
      <div class="stack">
        <p>{say("call.close.text")}</p>
        <Summary faults={form.list} fault={form.fault} turn={form.turn} />
        <TextField id="x-seconds" type="number" label={say("call.close.seconds")} value={seconds} set={setSeconds} hint={say("call.close.hint")} fault={form.faults["seconds"]} optional />
      </div>
    </Dialog>
  );
}
