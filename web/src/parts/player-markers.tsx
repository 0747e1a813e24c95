// Markers of a recording: listed below the picture by number, flag and colour; added, changed and deleted in a dialog.

import { useState } from "preact/hooks";
import { nothing, send } from "../api/client";
import { marker as shape, type Marker } from "../api/wire-recordings";
import { useForm } from "../lib/form";
import { span } from "../lib/format";
import { timeOf } from "../lib/player";
import { say } from "../words";
import { Dialog } from "./dialog";
import { Choice, Summary, TextField } from "./field";
import { Icon } from "./icon";

export const COLOURS = ["red", "green", "blue"] as const;

export function MarkerList({ markers, seek, edit }: { markers: readonly Marker[]; seek: (at: number) => void; edit: (marker: Marker) => void }) {
  return (
    <ol class="row wrap mks" aria-label={say("player.markers")}>
      {markers.map((m, i) => (
        <li key={m.id} class="row">
          <span class={`mk mk-${m.colour}`}><Icon name="flag" small />{i + 1}<span class="vh"> {say(`player.colour.${m.colour}`)}</span></span>
          <button type="button" class="as-link" aria-label={say("player.marker.go", { n: i + 1, time: span(m.at) })} onClick={() => seek(m.at)}>{span(m.at)}</button>
          <span>{m.text}</span>
          {m.may_change ? <button type="button" class="btn g xs sq" aria-label={say("player.marker.edit", { n: i + 1 })} title={say("player.marker.edit", { n: i + 1 })} onClick={() => edit(m)}><Icon name="edit" small /></button> : null}
        </li>
      ))}
    </ol>
  );
}

interface DialogProps {
  recording: string;
  /** The marker to change, or where a new one stands. */
  marker: Marker | number;
  duration: number;
  onClose: () => void;
  onDone: (said: string) => void;
}

export function MarkerDialog({ recording, marker, duration, onClose, onDone }: DialogProps) {
  const old = typeof marker === "number" ? null : marker;
  const [time, setTime] = useState(span(old ? old.at : (marker as number)));
  const [length, setLength] = useState(old && old.length > 0 ? String(Math.round(old.length)) : "");
  const [text, setText] = useState(old?.text ?? "");
  const [colour, setColour] = useState<Marker["colour"]>(old?.colour ?? "red");
  const form = useForm("mk-", { at: say("player.marker.at"), text: say("player.marker.text"), length: say("player.marker.length") });
  const path = `/recordings/${recording}/markers`;
  const submit = (): void => {
    const at = timeOf(time);
    const secs = length.trim() ? timeOf(length) : 0;
    const found: Record<string, string> = {};
    if (at === null) found["at"] = say("player.marker.at.bad");
    else if (at > duration + 1) found["at"] = say("player.marker.at.past", { time: span(duration) });
    if (!text.trim()) found["text"] = say("field.empty");
    if (secs === null) found["length"] = say("field.whole");
    // A time that was not touched keeps its tenths.
    const exact = time === span(old ? old.at : (marker as number)) ? (old ? old.at : (marker as number)) : (at ?? 0);
    const body = { at_ms: Math.round(exact * 1000), length_ms: Math.round((secs ?? 0) * 1000), text: text.trim(), colour };
    void form.send(() => (old ? send("PATCH", `${path}/${old.id}`, shape, body) : send("POST", path, shape, body)), () => onDone(say("player.marker.saved")), found);
  };
  return (
    <Dialog
      title={say(old ? "player.marker.change" : "player.marker.new")}
      onClose={onClose}
      onSend={submit}
      foot={
        <>
          {old ? <button type="button" class="btn d" disabled={form.busy} onClick={() => void form.send(() => send("DELETE", `${path}/${old.id}`, nothing), () => onDone(say("player.marker.gone")))}><Icon name="trash" small />{say("player.marker.delete")}</button> : null}
          <span class="grow" />
          <button type="button" class="btn" onClick={onClose}>{say("do.cancel")}</button>
          <button class="btn p" disabled={form.busy}>{say("do.save")}</button>
        </>
      }
    >
      <div class="stack">
        <Summary faults={form.list} fault={form.fault} turn={form.turn} />
        <TextField id="mk-text" label={say("player.marker.text")} value={text} set={setText} fault={form.faults["text"]} max={500} />
        <div class="grid3">
          <TextField id="mk-at" label={say("player.marker.at")} value={time} set={setTime} fault={form.faults["at"]} max={9} />
          <TextField id="mk-length" label={say("player.marker.length")} value={length} set={setLength} fault={form.faults["length"]} max={7} optional />
          <Choice id="mk-colour" label={say("player.marker.colour")} value={colour} set={setColour} options={COLOURS.map((c) => ({ value: c, text: say(`player.colour.${c}`) }))} />
        </div>
      </div>
    </Dialog>
  );
}
