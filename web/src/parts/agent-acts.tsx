// What a supervisor may do with an agent: pause, queues and penalty, listen, record, text, screen.

import { useState } from "preact/hooks";
import type { LiveAgent, LiveQueue } from "../api/live-wire";
import { desk as deskShape } from "../api/wire-office";
import { useAct } from "../lib/act";
import { useLoad } from "../lib/load";
import { fillAddress } from "../lib/popup";
import { may } from "../lib/session";
import { say } from "../words";
import { ActButton, ActSaid } from "./act";
import { Dialog } from "./dialog";
import { TextField } from "./field";
import { Icon } from "./icon";
import { StateBadge } from "./state";

interface Props {
  agent: LiveAgent;
  queues: ReadonlyMap<string, LiveQueue>;
  onClose: () => void;
}

export function AgentActs({ agent: a, queues, onClose }: Props) {
  const acting = useAct();
  const office = useLoad("/desk", deskShape).data;
  const [reason, setReason] = useState("");
  const [text, setText] = useState("");
  const busy = a.state === "talking" || a.state === "hold";
  const seats = a.seats ?? [];
  const who = { agent: a.name };
  const screen = office?.screen && may("screens.view") ? fillAddress(office.screen, { agent: a.name, extension: a.extension ?? "" }) : null;
  const label = (queue: string): string => queues.get(queue)?.label ?? queue;
  return (
    <Dialog title={a.label} onClose={onClose} look="big">
      <div class="stack">
        <p class="row wrap">
          <StateBadge state={a.state}>{a.pause_code}</StateBadge>
          {a.extension ? <span class="mut">{say("desk.phone", { phone: a.extension })}</span> : null}
          {screen ? <a class="btn xs" href={screen} target="_blank" rel="noopener noreferrer"><Icon name="screen" small />{say("act.screen")}</a> : null}
        </p>
        <ActSaid acting={acting} />
        {may("calls.listen", "calls.whisper", "calls.barge", "calls.record") ? (
          <fieldset class="field">
            <legend>{say("act.call")}</legend>
            {busy ? null : <p class="hint">{say("act.nocall")}</p>}
            <div class="row wrap">
              {may("calls.listen") ? <ActButton acting={acting} what={say("act.listen")} path="listen" body={who} icon="ear" disabled={!busy} /> : null}
              {may("calls.whisper") ? <ActButton acting={acting} what={say("act.whisper")} path="whisper" body={who} disabled={!busy} /> : null}
              {may("calls.barge") ? <ActButton acting={acting} what={say("act.barge")} path="barge" body={who} disabled={!busy} /> : null}
              {may("calls.listen", "calls.whisper", "calls.barge") ? <ActButton acting={acting} what={say("act.listen.stop")} path="listen/stop" body={{}} look="g" /> : null}
            </div>
          </fieldset>
        ) : null}
        {may("members.pause") ? (
          <fieldset class="field">
            <legend>{say("state.paused")}</legend>
            <div class="row wrap">
              <PauseReason id="aa-reason" reasons={office?.pauses ?? []} value={reason} set={setReason} />
              <ActButton acting={acting} what={say("act.pause")} path="pause" body={{ ...who, reason }} icon="pause" disabled={a.queues.length === 0 || ((office?.pause_needs_reason ?? false) && !reason)} />
              <ActButton acting={acting} what={say("act.unpause")} path="unpause" body={who} disabled={a.paused_queues.length === 0 && a.state !== "paused"} />
            </div>
          </fieldset>
        ) : null}
        {may("members.manage") ? (
          <fieldset class="field">
            <legend>{say("live.queues")}</legend>
            {a.queues.length === 0 ? <p class="hint">{say("act.noqueues")}</p> : null}
            <ul class="links rows">
              {a.queues.map((queue) => {
                const seat = seats.find((s) => s.queue === queue);
                return (
                  <li key={queue}>
                    <span class="grow">{label(queue)}</span>
                    {seat ? <Penalty agent={a.name} queue={queue} label={label(queue)} now={seat.penalty} acting={acting} /> : null}
                    <ActButton acting={acting} what={say("act.leave", { queue: label(queue) })} path="logoff" body={{ ...who, queues: [queue] }} look="xs" sure disabled={seat !== undefined && !seat.dynamic}>{say("act.remove")}</ActButton>
                  </li>
                );
              })}
            </ul>
          </fieldset>
        ) : null}
        {may("text.send") ? (
          <form class="row low" onSubmit={(e) => {
            e.preventDefault();
            if (text.trim()) acting.run(say("act.text"), "text", { ...who, text: text.trim() }, () => setText(""));
          }}>
            <div class="grow"><TextField id="aa-text" label={say("act.text.label")} value={text} set={setText} max={500} /></div>
            <button class="btn" disabled={acting.busy || !text.trim()}>{say("act.text")}</button>
          </form>
        ) : null}
      </div>
    </Dialog>
  );
}

function Penalty({ agent, queue, label, now, acting }: { agent: string; queue: string; label: string; now: number; acting: ReturnType<typeof useAct> }) {
  const set = (penalty: number): void => acting.run(say("act.penalty", { queue: label }), "penalty", { agent, queue, penalty });
  return (
    <span class="row">
      <span class="sec">{say("act.penalty.is", { n: now })}</span>
      <button type="button" class="btn xs sq" disabled={acting.busy || now === 0} aria-label={say("act.penalty.less", { queue: label })} title={say("act.penalty.less", { queue: label })} onClick={() => set(now - 1)}>−</button>
      <button type="button" class="btn xs sq" disabled={acting.busy} aria-label={say("act.penalty.more", { queue: label })} title={say("act.penalty.more", { queue: label })} onClick={() => set(now + 1)}><Icon name="plus" small /></button>
    </span>
  );
}

/** A choice of reasons where the office lists them, a free word where not. */
export function PauseReason({ id, reasons, value, set }: { id: string; reasons: readonly string[]; value: string; set: (reason: string) => void }) {
  if (reasons.length === 0) return <input id={id} class="in-t short" aria-label={say("act.reason")} placeholder={say("act.reason")} value={value} maxLength={100} onInput={(e) => set(e.currentTarget.value)} />;
  return (
    <select id={id} class="in-t short" aria-label={say("act.reason")} value={value} onChange={(e) => set(e.currentTarget.value)}>
      <option value="">{say("act.reason.none")}</option>
      {reasons.map((r) => <option key={r} value={r}>{r}</option>)}
    </select>
  );
}
