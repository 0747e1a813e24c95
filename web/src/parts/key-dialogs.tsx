// The acts on the key of recordings: make, export once, unlock, change.

import { useState } from "preact/hooks";
import { nothing, send } from "../api/client";
import { keyMade, keyText, rotation } from "../api/wire-recordings";
import type { Of } from "../api/door";
import { useForm } from "../lib/form";
import { say } from "../words";
import { Dialog } from "./dialog";
import { Summary, TextField } from "./field";
import { Icon } from "./icon";
import { Note } from "./message";

interface Props {
  onClose: () => void;
  onDone: () => void;
}

/** Two fields that must agree; both empty is none. */
function usePassphrase() {
  const [one, setOne] = useState("");
  const [two, setTwo] = useState("");
  return { one, two, setOne, setTwo, found: (one === two ? {} : { again: say("store.passphrase.differ") }) as Record<string, string>, body: one ? { passphrase: one } : {} };
}

function PassphraseFields({ of: p, faults }: { of: ReturnType<typeof usePassphrase>; faults: Record<string, string> }) {
  return (
    <>
      <TextField id="k-passphrase" type="password" label={say("store.passphrase")} value={p.one} set={p.setOne} hint={say("store.passphrase.hint")} fault={faults["passphrase"]} autocomplete="new-password" optional />
      <TextField id="k-again" type="password" label={say("store.passphrase.again")} value={p.two} set={p.setTwo} fault={faults["again"]} autocomplete="new-password" optional />
    </>
  );
}

const fields = (): Record<string, string> => ({ passphrase: say("store.passphrase"), again: say("store.passphrase.again") });

export function MakeDialog({ onClose, onDone }: Props) {
  const pass = usePassphrase();
  const form = useForm("k-", fields());
  return (
    <Dialog title={say("store.key.make")} onClose={onClose} onSend={() => void form.send(() => send("POST", "/recordings/keys", keyMade, pass.body), () => onDone(), pass.found)} foot={
      <>
        <button type="button" class="btn" onClick={onClose}>{say("do.cancel")}</button>
        <button class="btn p" disabled={form.busy}><Icon name="key" />{say("store.key.make")}</button>
      </>
    }>
      <div class="stack">
        <Summary faults={form.list} fault={form.fault} turn={form.turn} />
        <PassphraseFields of={pass} faults={form.faults} />
      </div>
    </Dialog>
  );
}

export function UnlockDialog({ onClose, onDone }: Props) {
  const [passphrase, set] = useState("");
  const form = useForm("u-", { passphrase: say("store.passphrase") });
  return (
    <Dialog title={say("store.unlock.title")} onClose={onClose} onSend={() => void form.send(() => send("POST", "/recordings/keys/unlock", nothing, { passphrase }), () => onDone(), passphrase ? {} : { passphrase: say("field.empty") })} foot={
      <>
        <button type="button" class="btn" onClick={onClose}>{say("do.cancel")}</button>
        <button class="btn p" disabled={form.busy}><Icon name="unlock" />{say("store.unlock")}</button>
      </>
    }>
      <div class="stack">
        <Summary faults={form.list} fault={form.fault} turn={form.turn} />
        <TextField id="u-passphrase" type="password" label={say("store.passphrase")} value={passphrase} set={set} fault={form.faults["passphrase"]} />
      </div>
    </Dialog>
  );
}

export function RotateDialog({ asks, onClose, onDone }: { asks: boolean; onClose: () => void; onDone: (done: Of<typeof rotation>) => void }) {
  const [passphrase, set] = useState("");
  const form = useForm("k-", { passphrase: say("store.passphrase") });
  return (
    <Dialog title={say("store.rotate.title")} onClose={onClose} onSend={() => void form.send(() => send("POST", "/recordings/keys/rotate", rotation, asks ? { passphrase } : {}), onDone, asks && !passphrase ? { passphrase: say("field.empty") } : {})} foot={
      <>
        <button type="button" class="btn" onClick={onClose}>{say("do.cancel")}</button>
        <button class="btn p" disabled={form.busy}>{say("store.rotate")}</button>
      </>
    }>
      <div class="stack">
        <Summary faults={form.list} fault={form.fault} turn={form.turn} />
        <p>{say("store.rotate.text")}</p>
        {asks ? <TextField id="k-passphrase" type="password" label={say("store.passphrase")} value={passphrase} set={set} fault={form.faults["passphrase"]} /> : null}
      </div>
    </Dialog>
  );
}

/** Shown once: the daemon gives it out no second time. */
export function ExportDialog({ fingerprint, onClose }: { fingerprint: string; onClose: () => void }) {
  const [shown, show] = useState<Of<typeof keyText> | null>(null);
  const [kept, keep] = useState(false);
  const form = useForm("e-", {});
  if (shown) {
    const file = `data:text/plain;charset=utf-8,${encodeURIComponent(shown.text)}`;
    return (
      <Dialog title={say("store.key.text")} look="big" onClose={() => (kept ? onClose() : undefined)} foot={<button type="button" class="btn p" disabled={!kept} onClick={onClose}>{say("do.close")}</button>}>
        <div class="stack">
          <Note level="w">{say("store.key.export.text")}</Note>
          <div class="field">
            <label for="e-text">{say("store.key.text")}</label>
            <textarea id="e-text" class="mono" rows={6} readOnly value={shown.text} onFocus={(e) => e.currentTarget.select()} />
          </div>
          <a class="btn" href={file} download={shown.name}><Icon name="dl" />{say("store.key.save")}</a>
          <label class="tick"><input type="checkbox" checked={kept} onChange={(e) => keep(e.currentTarget.checked)} />{say("store.key.kept")}</label>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={say("store.key.export.title")} onClose={onClose} onSend={() => void form.send(() => send("POST", `/recordings/keys/${encodeURIComponent(fingerprint)}/export`, keyText), show)} foot={
      <>
        <button type="button" class="btn" onClick={onClose}>{say("do.cancel")}</button>
        <button class="btn d f" disabled={form.busy}>{say("store.key.export")}</button>
      </>
    }>
      <div class="stack">
        <Summary faults={[]} fault={form.fault} turn={form.turn} />
        <p>{say("store.key.export.text")}</p>
      </div>
    </Dialog>
  );
}
