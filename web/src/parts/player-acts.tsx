// What is done to one recording besides listening: share a second of it, take it away, hold it, delete it.

import { useState } from "preact/hooks";
import { nothing, send } from "../api/client";
import { soundLink, type Recording } from "../api/wire-recordings";
import { useForm } from "../lib/form";
import { at as moment, civilDay } from "../lib/format";
import { now } from "../lib/clock";
import { say } from "../words";
import { Dialog } from "./dialog";
import { Summary, TextField } from "./field";
import { Icon } from "./icon";
import { toast } from "./toast";

/** The address of a second, for who may open the call. */
export function addressOf(r: Recording, second: number, several: boolean): string {
  const place = r.call ? `/calls/${encodeURIComponent(r.call)}${several ? `?rec=${encodeURIComponent(r.id)}` : ""}` : `/recordings?open=${encodeURIComponent(r.id)}`;
  return `${location.origin}${place}#t=${Math.floor(second)}`;
}

export function ShareDialog({ address, onClose }: { address: string; onClose: () => void }) {
  return (
    <Dialog title={say("player.share.title")} onClose={onClose} foot={<button type="button" class="btn p" onClick={onClose}>{say("do.close")}</button>}>
      <div class="field">
        <label for="sh-address">{say("player.share.address")}</label>
        <input id="sh-address" readOnly value={address} onFocus={(e) => e.currentTarget.select()} />
        <p class="hint">{say("player.share.hint")}</p>
      </div>
    </Dialog>
  );
}

/** Copies the address; false where the browser does not let a page write to the clipboard. */
export async function copied(address: string): Promise<boolean> {
  try {
    if (!("clipboard" in navigator)) return false;
    await navigator.clipboard.writeText(address);
    toast(say("player.share.done"));
    return true;
  } catch {
    return false;
  }
}

/** Takes the file away: through a link of its own, which the audit names. */
export function Download({ recording }: { recording: Recording }) {
  const form = useForm("dl-", {});
  return (
    <>
      <button type="button" class="btn" disabled={form.busy} onClick={() => void form.send(() => send("POST", `/recordings/${recording.id}/link`, soundLink, { use: "download" }), (link) => {
        const anchor = document.createElement("a");
        anchor.href = link.url;
        anchor.download = "";
        document.body.append(anchor);
        anchor.click();
        anchor.remove();
      })}><Icon name="dl" />{say("player.download")}</button>
      <Summary faults={[]} fault={form.fault} turn={form.turn} />
    </>
  );
}

export function HoldDialog({ recording, onClose, onDone }: { recording: Recording; onClose: () => void; onDone: () => void }) {
  const [reason, setReason] = useState("");
  const [until, setUntil] = useState("");
  const form = useForm("h-", { reason: say("player.hold.reason"), until: say("player.hold.until") });
  const path = `/recordings/${recording.id}/hold`;
  if (recording.held) {
    return (
      <Dialog title={say("player.hold.end.title")} onClose={onClose} onSend={() => void form.send(() => send("DELETE", path, nothing), onDone)} foot={
        <>
          <button type="button" class="btn" onClick={onClose}>{say("do.cancel")}</button>
          <button class="btn d f" disabled={form.busy}>{say("player.hold.end")}</button>
        </>
      }>
        <div class="stack">
          <Summary faults={[]} fault={form.fault} turn={form.turn} />
          <p>{say("player.hold.end.text")}</p>
          {recording.hold_reason ? <p class="sec">{recording.hold_reason}</p> : null}
        </div>
      </Dialog>
    );
  }
  const submit = (): void => {
    const found: Record<string, string> = {};
    if (!reason.trim()) found["reason"] = say("field.empty");
    if (until && until <= civilDay(now())) found["until"] = say("player.hold.past");
    const body = { reason: reason.trim(), ...(until ? { until: Math.floor(Date.parse(`${until}T23:59:59`) / 1000) } : {}) };
    void form.send(() => send("POST", path, nothing, body), onDone, found);
  };
  return (
    <Dialog title={say("player.hold.title")} onClose={onClose} onSend={submit} foot={
      <>
        <button type="button" class="btn" onClick={onClose}>{say("do.cancel")}</button>
        <button class="btn p" disabled={form.busy}><Icon name="lock" small />{say("player.hold.do")}</button>
      </>
    }>
      <div class="stack">
        <Summary faults={form.list} fault={form.fault} turn={form.turn} />
        <p>{say("player.hold.text")}</p>
        <TextField id="h-reason" label={say("player.hold.reason")} value={reason} set={setReason} fault={form.faults["reason"]} max={200} />
        <TextField id="h-until" type="date" label={say("player.hold.until")} value={until} set={setUntil} hint={say("player.hold.until.hint")} fault={form.faults["until"]} optional />
      </div>
    </Dialog>
  );
}

/** Can't be undone, so the time of the recording is typed first. */
export function DeleteDialog({ recording, onClose, onDone }: { recording: Recording; onClose: () => void; onDone: () => void }) {
  const name = moment(recording.started, "hms");
  const [typed, setTyped] = useState("");
  const form = useForm("x-", { name: say("player.delete.name", { name }) });
  return (
    <Dialog title={say("player.delete.title")} onClose={onClose} onSend={() => void form.send(() => send("DELETE", `/recordings/${recording.id}`, nothing), onDone, typed.trim() === name ? {} : { name: say("player.delete.other", { name }) })} foot={
      <>
        <button type="button" class="btn" onClick={onClose}>{say("do.cancel")}</button>
        <button class="btn d f" disabled={form.busy}><Icon name="trash" small />{say("player.delete")}</button>
      </>
    }>
      <div class="stack">
        <Summary faults={form.list} fault={form.fault} turn={form.turn} />
        <p>{say("player.delete.text", { day: moment(recording.started, "dayYear"), time: name })}</p>
        <TextField id="x-name" label={say("player.delete.name", { name })} value={typed} set={setTyped} fault={form.faults["name"]} max={20} />
      </div>
    </Dialog>
  );
}
