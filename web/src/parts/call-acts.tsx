// What may be done with a call in progress by somebody else than its agent: hand it to an agent, send it elsewhere,
// move it forward, park, record, mark, end, or close it when it got stuck.

import { useState } from "preact/hooks";
import { send } from "../api/client";
import type { LiveAgent, LiveCall } from "../api/live-wire";
import { desk as deskShape } from "../api/wire-office";
import { closed } from "../api/wire-calls";
import { useAct } from "../lib/act";
import { useForm } from "../lib/form";
import { phone } from "../lib/format";
import { useLoad } from "../lib/load";
import { may } from "../lib/session";
import { say } from "../words";
import { ActButton, ActSaid } from "./act";
import { Dialog } from "./dialog";
import { Summary } from "./field";
import { Marks } from "./marks";
import { StateBadge } from "./state";

interface Props {
  call: LiveCall;
  /** Gone from the live view while the dialog was open. */
  gone: boolean;
  queue: string;
  agents: ReadonlyMap<string, LiveAgent>;
  onClose: () => void;
}

export function CallActs({ call: c, gone, queue, agents, onClose }: Props) {
  const acting = useAct();
  const [to, setTo] = useState("");
  const [agent, setAgent] = useState("");
  const office = useLoad("/desk", deskShape).data;
  const stuck = useForm("ca-", {});
  const waits = c.state === "waiting" || c.state === "ringing";
  const call = c.call_id;
  const free = [...agents.values()].filter((a) => a.state === "ready" && a.extension);
  const title = c.name || (c.number ? phone(c.number) : say("number.hidden"));
  return (
    <Dialog title={title} onClose={onClose} look="big">
      <div class="stack">
        <p class="row wrap"><StateBadge state={c.state} /><span class="mut">{queue}</span>{c.name && c.number ? <span class="mut">{phone(c.number)}</span> : null}</p>
        {gone ? <p class="said" role="status">{say("act.gone")}</p> : null}
        <ActSaid acting={acting} />
        <Summary faults={[]} fault={stuck.fault} turn={stuck.turn} />
        {waits && may("calls.pick") ? (
          <fieldset class="field">
            <legend>{say("act.pick.title")}</legend>
            <div class="row wrap">
              {may("members.manage", "calls.transfer") ? (
                <select class="in-t short" aria-label={say("col.agent")} value={agent} onChange={(e) => setAgent(e.currentTarget.value)}>
                  <option value="">{say("act.pick.me")}</option>
                  {free.map((a) => <option key={a.name} value={a.name}>{a.label}</option>)}
                </select>
              ) : null}
              <ActButton acting={acting} what={say("act.pick")} path="pick" body={{ call, ...(agent ? { agent } : {}) }} disabled={gone} look="p" />
            </div>
          </fieldset>
        ) : null}
        {may("calls.transfer") ? (
          <fieldset class="field">
            <legend>{say("act.move.title")}</legend>
            <div class="row wrap">
              <input id="ca-to" class="in-t short" inputMode="tel" aria-label={say("act.to")} placeholder={say("act.to")} value={to} maxLength={40} onInput={(e) => setTo(e.currentTarget.value)} />
              <ActButton acting={acting} what={say("act.redirect")} path="redirect" body={{ call, to: to.trim() }} icon="xfer" disabled={gone || !to.trim()} />
              {waits ? <ActButton acting={acting} what={say("act.first")} path="priority" body={{ call, priority: 10 }} disabled={gone} /> : <ActButton acting={acting} what={say("act.park")} path="park" body={{ call }} disabled={gone} />}
            </div>
          </fieldset>
        ) : null}
        {!waits && may("calls.record") ? <Recording call={call} acting={acting} disabled={gone} /> : null}
        {!waits && may("calls.mark") && office ? <Marks call={call} office={office} acting={acting} /> : null}
        <div class="row wrap">
          {may("calls.hangup") ? <ActButton acting={acting} what={say("act.hangup")} path="hangup" body={{ call }} icon="hang" sure disabled={gone} /> : null}
          {may("calls.close") ? (
            <button type="button" class="btn g" disabled={stuck.busy || gone} onClick={() => void stuck.send(() => send("POST", `/calls/${encodeURIComponent(`open-${c.id}`)}/close`, closed, {}), onClose)}>{say("act.close")}</button>
          ) : null}
        </div>
      </div>
    </Dialog>
  );
}

export function Recording({ call, acting, disabled = false }: { call: string | null; acting: ReturnType<typeof useAct>; disabled?: boolean }) {
  const body = call === null ? {} : { call };
  return (
    <fieldset class="field">
      <legend>{say("act.record.title")}</legend>
      <div class="row wrap">
        <ActButton acting={acting} what={say("act.record")} path="record" body={body} icon="rec" disabled={disabled} />
        <ActButton acting={acting} what={say("act.record.mute")} path="record/mute" body={body} disabled={disabled} />
        <ActButton acting={acting} what={say("act.record.unmute")} path="record/unmute" body={body} disabled={disabled} />
        <ActButton acting={acting} what={say("act.record.stop")} path="record/stop" body={body} disabled={disabled} />
      </div>
    </fieldset>
  );
}
