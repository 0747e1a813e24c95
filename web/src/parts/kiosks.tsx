// Screens without a log-in: the list, adding one, taking one away. The secret address is shown once.

import { useState } from "preact/hooks";
import { nothing, send } from "../api/client";
import { kioskMade, kiosks as shape, type Kiosk } from "../api/wire-system";
import { now } from "../lib/clock";
import { useForm } from "../lib/form";
import { civilDay, when } from "../lib/format";
import { useLoad } from "../lib/load";
import { labelIn, useNames } from "../lib/names";
import { say } from "../words";
import { Dialog } from "./dialog";
import { Summary, TextField } from "./field";
import { Icon } from "./icon";
import { Empty, Failed, Skeleton } from "./message";
import { Panel } from "./panel";
import { QueueTicks } from "./queue-picker";
import { Table } from "./table";
import { toast } from "./toast";

export function Kiosks() {
  const loaded = useLoad("/kiosks", shape);
  const [adding, add] = useState(false);
  const [leaving, leave] = useState<Kiosk | null>(null);
  const { queues } = useNames();
  const today = civilDay(now());
  const list = loaded.data?.kiosks ?? [];
  return (
    <Panel
      extra="c12"
      title={say("kiosk.title")}
      side={<button type="button" class="btn" aria-haspopup="dialog" onClick={() => add(true)}><Icon name="plus" small />{say("kiosk.add")}</button>}
      foot={<span>{say("kiosk.note")}</span>}
    >
      {loaded.fault ? <Failed fault={loaded.fault} again={loaded.again} /> : !loaded.data ? <Skeleton rows={2} cols={4} /> : list.length === 0 ? <Empty title={say("kiosk.none")}>{say("kiosk.none.text")}</Empty> : (
        <Table
          caption={say("kiosk.title")}
          rows={list}
          keyOf={(k) => String(k.id)}
          cols={[
            { id: "name", head: say("kiosk.name"), look: "name", cell: (k) => k.name },
            { id: "queues", head: say("live.queues"), look: "sec", label: say("live.queues"), cell: (k) => (k.queues ? k.queues.map((q) => labelIn(queues, q)).join(", ") : say("pick.all.do")) },
            { id: "account", head: say("kiosk.account"), look: "sec", label: say("kiosk.account"), cell: (k) => k.account },
            { id: "created", head: say("kiosk.created"), look: "nw sec off", cell: (k) => when(k.created, today) },
            { id: "used", head: say("kiosk.used"), look: "nw sec", label: say("kiosk.used"), cell: (k) => (k.last_used === null ? say("kiosk.never") : when(k.last_used, today)) },
            { id: "act", head: <span class="vh">{say("kiosk.revoke")}</span>, look: "n", cell: (k) => <button type="button" class="btn xs" aria-haspopup="dialog" aria-label={say("kiosk.revoke.of", { name: k.name })} onClick={() => leave(k)}>{say("kiosk.revoke")}</button> },
          ]}
        />
      )}
      {adding ? <Adding onClose={() => add(false)} onMade={loaded.again} /> : null}
      {leaving ? <Leaving kiosk={leaving} onClose={() => leave(null)} onDone={() => {
        leave(null);
        toast(say("kiosk.revoked", { name: leaving.name }));
        loaded.again();
      }} /> : null}
    </Panel>
  );
}

function Adding({ onClose, onMade }: { onClose: () => void; onMade: () => void }) {
  const all = useNames().queues;
  const [name, setName] = useState("");
  const [ticked, tick] = useState(new Set<string>());
  const [made, setMade] = useState<{ name: string; address: string } | null>(null);
  const form = useForm("k-", { name: say("kiosk.name"), queues: say("pick.title") });
  if (made) return <Made name={made.name} address={made.address} onClose={onClose} />;
  const queues = ticked.size ? all.map((q) => q.name).filter((q) => ticked.has(q)) : null;
  const submit = (): void => void form.send(() => send("POST", "/kiosks", kioskMade, { name: name.trim(), queues }), (answer) => {
    setMade({ name: answer.kiosk.name, address: location.origin + answer.address });
    onMade();
  }, name.trim() ? {} : { name: say("field.empty") });
  return (
    <Dialog
      title={say("kiosk.add")}
      onClose={onClose}
      onSend={submit}
      foot={
        <>
          <button type="button" class="btn" onClick={onClose}>{say("do.cancel")}</button>
          <button class="btn p" disabled={form.busy}>{say("kiosk.add")}</button>
        </>
      }
    >
      <div class="stack">
        <Summary faults={form.list} fault={form.fault} turn={form.turn} />
        <TextField id="k-name" label={say("kiosk.name")} value={name} set={setName} hint={say("kiosk.name.hint")} fault={form.faults["name"]} max={100} />
        <fieldset class="field">
          <legend>{say("pick.title")}</legend>
          {all.length ? <div class="ticks"><QueueTicks all={all} ticked={ticked} tick={tick} /></div> : <p class="sec">{say("live.noqueues")}</p>}
          <p class="hint">{say("walls.none")}</p>
        </fieldset>
      </div>
    </Dialog>
  );
}

function Made({ name, address, onClose }: { name: string; address: string; onClose: () => void }) {
  const [copied, copy] = useState(false);
  // Only a page reached by https, or on the box itself, may write to the clipboard; elsewhere the field is copied by hand.
  const clip = "clipboard" in navigator;
  return (
    <Dialog title={say("kiosk.made", { name })} onClose={onClose} foot={<button type="button" class="btn p" onClick={onClose}>{say("do.close")}</button>}>
      <div class="stack">
        <div class="field">
          <label for="k-address">{say("kiosk.address")}</label>
          <div class="row">
            <input id="k-address" readOnly value={address} aria-describedby="k-once" onFocus={(e) => e.currentTarget.select()} />
            {clip ? <button type="button" class="btn" onClick={() => void navigator.clipboard.writeText(address).then(() => copy(true), () => copy(false))}>{say(copied ? "kiosk.copied" : "kiosk.copy")}</button> : null}
          </div>
          <p class="hint" id="k-once">{say("kiosk.once")}</p>
        </div>
      </div>
    </Dialog>
  );
}

function Leaving({ kiosk, onClose, onDone }: { kiosk: Kiosk; onClose: () => void; onDone: () => void }) {
  const form = useForm("r-", {});
  return (
    <Dialog
      title={say("kiosk.revoke.title", { name: kiosk.name })}
      onClose={onClose}
      onSend={() => void form.send(() => send("DELETE", `/kiosks/${kiosk.id}`, nothing), onDone)}
      foot={
        <>
          <button type="button" class="btn" onClick={onClose}>{say("do.cancel")}</button>
          <button class="btn d f" disabled={form.busy}>{say("kiosk.revoke")}</button>
        </>
      }
    >
      <div class="stack">
        <Summary faults={[]} fault={form.fault} turn={form.turn} />
        <p>{say("kiosk.revoke.text")}</p>
      </div>
    </Dialog>
  );
}
