// Recordings and keys: what seals them, what room they take, whether anything was changed, and erasing a person.

import { useState } from "preact/hooks";
import { nothing, send } from "../api/client";
import { keys as keysShape, storage as storageShape, type SealKey, type Storage } from "../api/wire-recordings";
import { at, bytes, int } from "../lib/format";
import { useForm } from "../lib/form";
import { useLoad } from "../lib/load";
import { may } from "../lib/session";
import { Summary } from "../parts/field";
import { Icon } from "../parts/icon";
import { Empty, Failed, Note, Skeleton } from "../parts/message";
import { Head, Panel, Tiles, type Tile } from "../parts/panel";
import { ExportDialog, MakeDialog, RotateDialog, UnlockDialog } from "../parts/key-dialogs";
import { ErasePanel } from "../parts/erase-panel";
import { Table } from "../parts/table";
import { toast } from "../parts/toast";
import { count, say, type Key } from "../words";

type Open = { at: "none" } | { at: "make" } | { at: "unlock" } | { at: "rotate" } | { at: "export"; key: SealKey };

export function StorePage() {
  const stored = useLoad("/recordings/storage", storageShape, {}, 60);
  return (
    <>
      <Head title={say("page.store")} note={say("store.note")} />
      <div class="stack">
        {may("recordings.keys") ? <Keys /> : null}
        {stored.fault ? <Panel title={say("store.space")}><Failed fault={stored.fault} again={stored.again} /></Panel> : stored.data ? <Space of={stored.data} /> : null}
        {may("recordings.erase") ? <ErasePanel /> : null}
      </div>
    </>
  );
}

function Keys() {
  const loaded = useLoad("/recordings/keys", keysShape);
  const [open, setOpen] = useState<Open>({ at: "none" });
  const form = useForm("k-", {});
  const list = loaded.data?.keys ?? [];
  const close = (): void => setOpen({ at: "none" });
  const done = (said: string): void => {
    close();
    toast(said);
    loaded.again();
  };
  const locked = list.some((k) => k.state === "locked");
  const lockable = list.some((k) => k.state === "open" && k.passphrase);
  return (
    <Panel
      title={say("store.keys")}
      side={
        <span class="row wrap">
          {locked ? <button type="button" class="btn p" onClick={() => setOpen({ at: "unlock" })}><Icon name="unlock" />{say("store.unlock")}</button> : null}
          {lockable ? <button type="button" class="btn" disabled={form.busy} onClick={() => void form.send(() => send("POST", "/recordings/keys/lock", nothing), () => done(say("store.locked")))}><Icon name="lock" />{say("store.lock")}</button> : null}
          {list.length ? <button type="button" class="btn" onClick={() => setOpen({ at: "rotate" })}>{say("store.rotate")}</button> : null}
        </span>
      }
    >
      <Summary faults={[]} fault={form.fault} turn={form.turn} />
      {loaded.fault ? <Failed fault={loaded.fault} again={loaded.again} /> : !loaded.data ? <Skeleton rows={2} cols={4} /> : list.length === 0 ? (
        <Empty picture="lock" title={say("store.keys.none")} acts={<button type="button" class="btn p" onClick={() => setOpen({ at: "make" })}><Icon name="key" />{say("store.key.make")}</button>}>{say("store.keys.none.text")}</Empty>
      ) : (
        <Table
          caption={say("store.keys")}
          rows={list}
          keyOf={(k) => k.fingerprint}
          cols={[
            { id: "fp", head: say("store.key.fingerprint"), look: "name mono wide", cell: (k) => short(k.fingerprint) },
            { id: "state", head: say("store.key.state"), look: "nw wide", cell: (k) => <><span class={k.state === "locked" ? "pill w" : k.state === "open" ? "pill o" : "pill"}><Icon name={k.state === "open" ? "unlock" : "lock"} small />{say(`store.key.${k.state}`)}</span> {k.passphrase ? <span class="pill">{say("store.key.passphrase")}</span> : null} {k.current ? <span class="pill n">{say("store.key.current")}</span> : null}</> },
            { id: "made", head: say("store.key.made.at"), look: "nw sec", label: say("store.key.made.at"), cell: (k) => at(k.created, "date") },
            { id: "acts", head: <span class="vh">{say("store.key.export")}</span>, look: "fit", cell: (k) => k.exported ? <span class="mut">{say("store.key.exported")}</span> : k.state === "elsewhere" ? null : (
              <button type="button" class="btn xs" aria-label={say("store.key.export.of", { name: short(k.fingerprint) })} onClick={() => setOpen({ at: "export", key: k })}><Icon name="dl" small />{say("store.key.export")}</button>
            ) },
          ]}
        />
      )}
      {open.at === "make" ? <MakeDialog onClose={close} onDone={() => done(say("store.key.made"))} /> : null}
      {open.at === "unlock" ? <UnlockDialog onClose={close} onDone={() => done(say("store.unlocked"))} /> : null}
      {open.at === "rotate" ? <RotateDialog asks={list.some((k) => k.passphrase)} onClose={close} onDone={(r) => done(say("store.rotated", { n: int(r.rewrapped), left: int(r.left) }))} /> : null}
      {open.at === "export" ? <ExportDialog fingerprint={open.key.fingerprint} onClose={() => {
        close();
        loaded.again();
      }} /> : null}
    </Panel>
  );
}

/** Keys are told apart by their first and last letters. */
const short = (fingerprint: string): string => (fingerprint.length > 22 ? `${fingerprint.slice(0, 12)}…${fingerprint.slice(-6)}` : fingerprint);

const STATES: readonly (readonly [string, Key])[] = [
  ["growing", "store.state.growing"], ["closed", "store.state.closed"], ["sealed", "store.state.sealed"], ["plain", "store.state.plain"], ["failed", "store.state.failed"], ["deleted", "store.state.deleted"],
];

function Space({ of: s }: { of: Storage }) {
  const m = s.manifest;
  const whole = Object.entries(s.states).reduce((sum, [state, n]) => (state === "deleted" ? sum : sum + n), 0);
  const tiles: Tile[] = [
    { label: say("store.used"), value: int(whole), note: bytes(s.bytes) },
    { label: say("store.free"), value: bytes(s.free), level: s.low ? "a" : "", note: say(s.low ? "store.free.low" : "store.free.limit", { limit: bytes(s.low_space) }) },
    { label: say("store.oldest"), value: at(s.oldest, "date"), note: "" },
    { label: say("store.due"), value: int(s.due), note: s.retention_days === null ? say("store.due.ever") : say("store.due.note", { bytes: bytes(s.due_bytes), days: s.retention_days }) },
    { label: say("store.held"), value: int(s.held), note: "", href: "/recordings?p=13m&held=yes" },
    { label: say("store.manifest"), value: !m.day ? "–" : m.sound ? say("word.yes") : say("word.no"), level: m.day && !m.sound ? "a" : "", note: !m.day ? say("store.manifest.none") : m.sound ? `${count("store.manifest.sound", m.days, int(m.days))}, ${say("store.manifest.day", { day: m.day })}` : say("store.manifest.broken", { detail: m.detail ?? "" }) },
  ];
  return (
    <>
      {m.day && !m.sound ? <Note level="a" role="alert">{say("store.manifest.broken", { detail: m.detail ?? "" })}</Note> : null}
      <section class="stack" aria-labelledby="s-space">
        <h2 id="s-space">{say("store.space")}</h2>
        <Tiles tiles={tiles} />
        <p class="sm sec">{say("store.states", { list: STATES.filter(([state]) => s.states[state]).map(([state, word]) => `${int(s.states[state] ?? 0)} ${say(word)}`).join(", ") || "–" })}</p>
      </section>
    </>
  );
}

