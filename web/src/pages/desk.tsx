// The agent's desk: the call one has and what to do with it, pauses, queues, dialling out, own figures and calls.

import { useEffect, useRef, useState } from "preact/hooks";
import type { LiveAgent, LiveCall } from "../api/live-wire";
import { callPage } from "../api/wire-calls";
import { desk as deskShape, type Desk } from "../api/wire-office";
import { useAct } from "../lib/act";
import { useCell } from "../lib/cell";
import { civilDay, int, phone, span } from "../lib/format";
import { plusDays } from "../lib/day";
import { fillAddress, wantedVariables } from "../lib/popup";
import { longestLevel } from "../lib/level";
import { useLoad } from "../lib/load";
import { me } from "../lib/session";
import { useView, type View } from "../lib/view";
import { ActButton, ActSaid } from "../parts/act";
import { AmiState } from "../parts/ami-state";
import { PauseReason } from "../parts/agent-acts";
import { CallList } from "../parts/call-list";
import { Recording } from "../parts/call-acts";
import { TextField } from "../parts/field";
import { Running } from "../parts/figure";
import { Icon } from "../parts/icon";
import { Marks } from "../parts/marks";
import { Empty, Failed, Skeleton } from "../parts/message";
import { Head, Panel, Tiles } from "../parts/panel";
import { Recalls } from "../parts/recalls";
import { StateBadge } from "../parts/state";
import { say } from "../words";

/** Seconds between two looks at the desk while nothing seems to happen. */
const LOOK = 20;

export function DeskPage() {
  const person = useCell(me);
  const view = useView();
  const loaded = useLoad("/desk", deskShape, {}, LOOK);
  const mine = ownAgent(view, person?.agent ?? null);
  // What the live stream says of me changes what the desk may do.
  const turn = mine ? `${mine.state} ${mine.since} ${mine.queues.join()} ${mine.paused_queues.join()}` : "";
  const before = useRef(turn);
  useEffect(() => {
    if (before.current !== turn) loaded.again();
    before.current = turn;
  }, [turn]);
  if (!person) return null;
  if (!person.agent) return (
    <>
      <Head title={say("page.desk")} note={null} />
      <Panel title={say("page.desk")}><Empty picture="lock" title={say("desk.noagent")}>{say("desk.noagent.text")}</Empty></Panel>
    </>
  );
  const desk = loaded.data;
  const on = desk?.on ?? [];
  const where = mine?.extension ?? desk?.extension ?? null;
  return (
    <>
      <Head title={say("page.desk")} note={[person.agent, where ? say("desk.phone", { phone: where }) : "", desk ? say("desk.on", { n: on.length, all: desk.queues.length }) : ""].filter(Boolean).join(", ") + "."} />
      {loaded.fault && !desk ? <Panel title={say("page.desk")}><Failed fault={loaded.fault} again={loaded.again} /></Panel> : !desk ? <Panel title={say("page.desk")}><Skeleton rows={6} cols={4} /></Panel> : (
        <div class={view?.silent ? "stack staled" : "stack"}>
          <AmiState ami={view?.live.ami ?? desk.ami} silent={view?.silent ? view.now : null} />
          <div class="cols">
            <div class="c8 stack">
              <Present desk={desk} mine={mine} view={view} again={loaded.again} />
              {mine ? <Own mine={mine} /> : null}
              <Recalls blocked={mine?.state === "paused"} turn={turn} again={loaded.again} />
              <Today agent={person.agent} turn={turn} />
            </div>
            <div class="c4 stack">
              <Pauses desk={desk} mine={mine} again={loaded.again} />
              <Queues desk={desk} mine={mine} view={view} again={loaded.again} />
              <Dial again={loaded.again} paused={mine?.state === "paused"} />
            </div>
          </div>
        </div>
      )}
    </>
  );
}

/** My row of the live view: agents are one in any case of letters. */
function ownAgent(view: View | null, name: string | null): LiveAgent | null {
  if (!view || !name) return null;
  const wanted = name.toLowerCase();
  for (const a of view.live.agents.values()) if (a.name.toLowerCase() === wanted) return a;
  return null;
}

function ownCall(view: View | null, mine: LiveAgent | null): LiveCall | null {
  if (!view || !mine) return null;
  const calls = [...view.live.calls.values()].filter((c) => c.agent === mine.name && c.state !== "waiting");
  return calls.sort((a, b) => b.since - a.since)[0] ?? null;
}

interface PartProps {
  desk: Desk;
  mine: LiveAgent | null;
  view: View | null;
  /** Asks the desk anew, after an act. */
  again: () => void;
}

function Present({ desk, mine, view, again }: PartProps) {
  const acting = useAct(again);
  const [to, setTo] = useState("");
  const call = ownCall(view, mine);
  const now = view?.now ?? 0;
  const address = call && desk.popup ? fillAddress(desk.popup, popupValues(call, mine, desk)) : null;
  // By itself only with all that it names: the desk learns of it a moment after the call.
  const whole = wantedVariables(desk.popup ?? "").every((name) => desk.call?.variables[name] !== undefined);
  const blocked = usePopup(call, address, desk.popup_opens && whole);
  const state = mine?.state ?? "unavailable";
  const other = desk.call?.parties.find((p) => p.agent !== desk.agent && p.extension === null) ?? desk.call?.parties.find((p) => p.device !== desk.device) ?? null;
  const talking = Boolean(call || desk.call);
  // What was said of one call is not said of the next.
  useEffect(acting.forget, [desk.call?.id ?? call?.id ?? ""]);
  if (!talking) {
    return (
      <Panel title={say("desk.state")}>
        <div class="in row wrap nowrow">
          {mine && desk.on.length ? <StateBadge state={state}>{mine.pause_code}</StateBadge> : <StateBadge state="unavailable" word={say("desk.off")} />}
          {mine && desk.on.length ? <span class="push fig"><Running since={mine.since} now={now} /></span> : null}
        </div>
        <div class="in stack">
          <p class="sec">{say(desk.on.length ? "desk.nocall" : "desk.logon.first")}</p>
          <ActSaid acting={acting} />
        </div>
      </Panel>
    );
  }
  const name = call ? call.name || (call.number ? phone(call.number) : say("number.hidden")) : other?.name || (other?.number ? phone(other.number) : say("number.hidden"));
  const queue = call ? (view?.live.queues.get(call.queue)?.label ?? call.queue) : (desk.call?.queue ?? "");
  const began = call ? (call.wait === null ? call.since : call.entered + call.wait) : (desk.call?.began ?? null);
  const shown = call?.state ?? (desk.call?.state === "hold" ? "hold" : desk.call?.state === "ringing" ? "ringing" : "talking");
  return (
    <Panel title={<StateBadge state={shown} />} side={<span class="sec">{queue}{desk.call?.recorded ? `, ${say("desk.recorded")}` : ""}</span>} extra="calling">
      <div class="in stack">
        <div class="row wrap nowrow">
          <div><b class="lg">{name}</b><p class="sec">{call?.name && call.number ? phone(call.number) : ""} {call?.tag ? <span class="pill n">{call.tag}</span> : null}</p></div>
          <span class="push fig"><Running since={began} now={now} /></span>
        </div>
        <div class="row wrap">
          <input class="in-t short" inputMode="tel" aria-label={say("act.to")} placeholder={say("act.to")} value={to} maxLength={40} onInput={(e) => setTo(e.currentTarget.value)} />
          <ActButton acting={acting} what={say("act.blind")} path="transfer" body={{ to: to.trim(), attended: false }} icon="xfer" disabled={!to.trim()} />
          <ActButton acting={acting} what={say("act.attended")} path="transfer" body={{ to: to.trim(), attended: true }} disabled={!to.trim()} />
          <ActButton acting={acting} what={say("act.attended.cancel")} path="transfer/cancel" body={{}} look="g" />
        </div>
        <div class="row wrap">
          <ActButton acting={acting} what={say("act.park")} path="park" body={{}} />
          <span class="grow" />
          <ActButton acting={acting} what={say("act.hangup")} path="hangup" body={{}} icon="hang" sure />
        </div>
        <Recording call={null} acting={acting} />
        <ActSaid acting={acting} />
        {call ? <Marks call={call.call_id} office={desk} acting={acting} /> : null}
        {address ? <p class="sec"><a href={address} target="switchroom-popup" rel="noopener noreferrer">{say("desk.popup")}</a>{blocked ? ` ${say("desk.popup.blocked")}` : ""}</p> : null}
      </div>
    </Panel>
  );
}

function popupValues(c: LiveCall, mine: LiveAgent | null, desk: Desk): Record<string, string> {
  const variables = Object.entries(desk.call?.variables ?? {}).map(([name, value]) => [`var:${name}`, value]);
  return {
    ...Object.fromEntries(variables) as Record<string, string>,
    callid: c.call_id, caller: c.number, callername: c.name, queue: c.queue, agent: mine?.name ?? "", extension: mine?.extension ?? "",
    dnis: c.dnis ?? "", ivr: c.ivr ?? "", tag: c.tag ?? "", entered: String(c.entered),
  };
}

/** Opens the pop-up of each new call once, where the office wants that; true when the browser did not let it. */
function usePopup(call: LiveCall | null, address: string | null, opens: boolean): boolean {
  const seen = useRef<string | null>(null);
  const [blocked, block] = useState(false);
  const id = call && call.state === "talking" ? call.call_id : null;
  useEffect(() => {
    if (!opens || !address || id === null || seen.current === id) return;
    seen.current = id;
    block(window.open(address, "switchroom-popup") === null);
  }, [id, opens]);
  return blocked;
}

function Own({ mine }: { mine: LiveAgent }) {
  return (
    <Tiles
      tiles={[
        { label: say("live.taken"), value: int(mine.taken), note: say("desk.missed", { n: int(mine.lost_attempts) }) },
        { label: say("home.talk"), value: mine.taken ? span(Math.round(mine.talk / mine.taken)) : "–", note: say("desk.inall", { time: span(mine.talk) }) },
        { label: say("state.paused"), value: span(mine.pause), note: say("desk.today") },
      ]}
    />
  );
}

function Today({ agent, turn }: { agent: string; turn: string }) {
  const view = useView();
  const today = view ? civilDay(view.now) : null;
  const loaded = useLoad(today ? "/calls" : null, callPage, { from: today, to: today ? plusDays(today, 1) : null, agent: [agent], limit: 10 });
  const before = useRef(turn);
  useEffect(() => {
    if (before.current !== turn) loaded.again();
    before.current = turn;
  }, [turn]);
  return (
    <Panel title={say("desk.calls")} foot={<a href="/calls?p=today">{say("page.calls")}</a>}>
      {loaded.fault ? <Failed fault={loaded.fault} again={loaded.again} /> : !loaded.data ? <Skeleton rows={4} cols={5} /> : loaded.data.rows.length ? <CallList rows={loaded.data.rows} columns={["dir", "who", "queue", "talk", "result", "why"]} /> : <Empty title={say("home.nocalls")} />}
    </Panel>
  );
}

function Pauses({ desk, mine, again }: Omit<PartProps, "view">) {
  const acting = useAct(again);
  const [reason, setReason] = useState("");
  const paused = mine?.state === "paused" || (mine?.paused_queues.length ?? 0) > 0;
  const off = desk.on.length === 0;
  return (
    <Panel title={say("desk.pause.title")}>
      <div class="in stack">
        {off ? <p class="hint">{say("desk.logon.first")}</p> : null}
        {desk.pauses.length ? (
          <div class="grid2">
            {desk.pauses.map((r) => <ActButton key={r} acting={acting} what={r} path="pause" body={{ reason: r }} disabled={off} />)}
          </div>
        ) : (
          <div class="row wrap">
            <PauseReason id="d-reason" reasons={[]} value={reason} set={setReason} />
            <ActButton acting={acting} what={say("act.pause")} path="pause" body={{ reason: reason.trim() }} icon="pause" disabled={off || (desk.pause_needs_reason && !reason.trim())} />
          </div>
        )}
        {paused ? <ActButton acting={acting} what={say("desk.back")} path="unpause" body={{}} look="p" icon="check" /> : null}
        <ActSaid acting={acting} />
      </div>
    </Panel>
  );
}

function Queues({ desk, view, again }: PartProps) {
  const acting = useAct(again);
  const [number, setNumber] = useState("");
  const [ticked, tick] = useState<ReadonlySet<string> | null>(null);
  const off = desk.queues.filter((q) => !desk.on.includes(q.name));
  // Coming to work one takes all queues; later one adds what one wants.
  const usual = (): boolean => desk.on.length === 0;
  const has = (name: string): boolean => (ticked === null ? usual() : ticked.has(name));
  const wanted = off.filter((q) => has(q.name)).map((q) => q.name);
  const flip = (name: string, on: boolean): void => {
    const next = new Set(ticked ?? (usual() ? off.map((q) => q.name) : []));
    if (on) next.add(name);
    else next.delete(name);
    tick(next);
  };
  return (
    <Panel
      title={say("desk.queues")}
      foot={desk.on.length ? <ActButton acting={acting} what={say("desk.logoff.all")} path="logoff" body={{}} icon="x" look="g" sure then={() => tick(null)} /> : null}
    >
      {desk.queues.length === 0 ? <Empty title={say("live.noqueues")} /> : (
        <div class="in stack">
          <ul class="desk-queues">
            {desk.queues.map((q) => {
              const on = desk.on.includes(q.name);
              const live = view?.live.queues.get(q.name);
              return (
                <li key={q.name}>
                  {on ? <span class="ok"><Icon name="okc" small /></span> : <input type="checkbox" id={`dq-${q.name}`} checked={has(q.name)} onChange={(e) => flip(q.name, e.currentTarget.checked)} />}
                  <label for={on ? undefined : `dq-${q.name}`}>{q.label}<span class="sub">{live && live.waiting ? <>{say("desk.waiting", { n: live.waiting })} <Running since={live.longest_since} now={view?.now ?? 0} level={longestLevel(live, view?.now ?? 0)} /></> : say("wall.none.waiting")}</span></label>
                  {on ? <span class="push sec">{say("desk.logged")}</span> : null}
                </li>
              );
            })}
          </ul>
          <ActSaid acting={acting} />
          {off.length ? (
            <>
              {desk.locked ? null : <TextField id="d-phone" label={say("desk.at")} value={number} set={setNumber} hint={desk.extension ? say("desk.at.hint", { phone: desk.extension }) : undefined} optional={desk.extension !== null} max={40} />}
              <ActButton acting={acting} what={say("desk.logon")} path="logon" body={{ queues: wanted, ...(number.trim() ? { phone: number.trim() } : {}) }} look="p" disabled={wanted.length === 0 || (!desk.extension && !desk.device && !number.trim())} then={() => tick(null)} />
            </>
          ) : null}
        </div>
      )}
    </Panel>
  );
}

function Dial({ again, paused }: { again: () => void; paused: boolean }) {
  const acting = useAct(again);
  const [number, setNumber] = useState("");
  const [campaign, setCampaign] = useState("");
  const what = say("desk.dial");
  return (
    <Panel title={what}>
      <form class="in stack" onSubmit={(e) => {
        e.preventDefault();
        if (number.trim() && !paused) acting.run(what, "call", { number: number.trim(), ...(campaign.trim() ? { campaign: campaign.trim() } : {}) }, () => setNumber(""));
      }}>
        <TextField id="d-number" label={say("call.number")} value={number} set={setNumber} max={40} />
        <TextField id="d-campaign" label={say("desk.campaign")} value={campaign} set={setCampaign} max={100} optional />
        {paused ? <p class="hint">{say("desk.dial.paused")}</p> : null}
        <ActSaid acting={acting} />
        <button class="btn" disabled={acting.busy || paused || !number.trim()}><Icon name="phone" small />{what}</button>
      </form>
    </Panel>
  );
}
