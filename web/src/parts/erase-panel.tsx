// Erasing a person from the recordings: first what it would delete, then the name typed, then the proofs.

import { useState } from "preact/hooks";
import { send } from "../api/client";
import { erasure as erasureShape, erasures as erasuresShape, type Erasure } from "../api/wire-recordings";
import { now } from "../lib/clock";
import { plusDays } from "../lib/day";
import { at, bytes, civilDay, int } from "../lib/format";
import { useForm } from "../lib/form";
import { useLoad } from "../lib/load";
import { useNames } from "../lib/names";
import { count, say } from "../words";
import { Choice, Summary, TextField } from "./field";
import { Icon } from "./icon";
import { Failed, Note } from "./message";
import { Panel } from "./panel";
import { Table } from "./table";

export function ErasePanel() {
  const { agents } = useNames();
  const today = civilDay(now());
  const [by, setBy] = useState<"number" | "agent">("number");
  const [who, setWho] = useState("");
  const [from, setFrom] = useState(plusDays(today, -400));
  const [to, setTo] = useState(today);
  const [reason, setReason] = useState("");
  const [looked, setLooked] = useState<Erasure | null>(null);
  const [typed, setTyped] = useState("");
  const form = useForm("er-", { who: say(`store.erase.${by}`), from: say("store.erase.from"), to: say("store.erase.to"), reason: say("store.erase.reason"), name: say("store.erase.name", { name: who }) });
  const past = useLoad("/recordings/erasures", erasuresShape);

  const change = <T,>(set: (value: T) => void) => (value: T): void => {
    setLooked(null);
    setTyped("");
    set(value);
  };
  const ask = (dry: boolean): void => {
    const found: Record<string, string> = {};
    if (!who.trim()) found["who"] = say("field.empty");
    if (!reason.trim()) found["reason"] = say("field.empty");
    if (from > to) found["to"] = say("period.order");
    if (!dry && typed.trim() !== who.trim()) found["name"] = say("store.erase.other", { name: who });
    const body = { [by]: who.trim(), from, to: plusDays(to, 1), reason: reason.trim(), dry_run: dry };
    void form.send(() => send("POST", "/recordings/erase", erasureShape, body), (answer) => {
      setLooked(answer);
      setTyped("");
      if (!dry) past.again();
    }, found);
  };
  return (
    <Panel title={say("store.erase")}>
      <form class="in stack" noValidate onSubmit={(e) => {
        e.preventDefault();
        ask(!looked?.dry_run);
      }}>
        <p class="sec">{say("store.erase.text")}</p>
        <Summary faults={form.list} fault={form.fault} turn={form.turn} />
        <div class="grid3">
          <Choice id="er-by" label={say("store.erase.by")} value={by} set={change((v: "number" | "agent") => {
            setBy(v);
            setWho("");
          })} options={[{ value: "number", text: say("store.erase.number") }, { value: "agent", text: say("store.erase.agent") }]} />
          {by === "number" || agents.length === 0 ? <TextField id="er-who" label={say(`store.erase.${by}`)} value={who} set={change(setWho)} fault={form.faults["who"]} max={100} /> : (
            <Choice id="er-who" label={say("store.erase.agent")} value={who} set={change(setWho)} fault={form.faults["who"]} options={[{ value: "", text: say("store.erase.choose") }, ...agents.map((a) => ({ value: a.name, text: a.label }))]} />
          )}
          <TextField id="er-reason" label={say("store.erase.reason")} value={reason} set={change(setReason)} fault={form.faults["reason"]} max={200} />
          <TextField id="er-from" type="date" label={say("store.erase.from")} value={from} set={change(setFrom)} fault={form.faults["from"]} />
          <TextField id="er-to" type="date" label={say("store.erase.to")} value={to} set={change(setTo)} fault={form.faults["to"]} />
        </div>
        {looked?.dry_run ? (
          <>
            <Note level="w" role="status">{count("store.erase.would", looked.count.recordings, int(looked.count.recordings))}. {detail(looked)}</Note>
            {looked.count.recordings > 0 ? <TextField id="er-name" label={say("store.erase.name", { name: who })} value={typed} set={setTyped} fault={form.faults["name"]} max={100} /> : null}
          </>
        ) : null}
        {looked && !looked.dry_run ? <Note level="o" role="status">{count("store.erase.done", looked.count.recordings, int(looked.count.recordings))}. {detail(looked)}</Note> : null}
        <div class="row wrap">
          {looked?.dry_run && looked.count.recordings > 0 ? <button class="btn d f" disabled={form.busy}><Icon name="trash" />{say("store.erase.do")}</button> : <button type="button" class="btn" disabled={form.busy} onClick={() => ask(true)}><Icon name="eye" />{say("store.erase.look")}</button>}
        </div>
      </form>
      {looked && !looked.dry_run && looked.proofs.length ? (
        <Table caption={say("store.erase.proof")} rows={looked.proofs} keyOf={(p) => p.recording} cols={[
          { id: "at", head: say("rec.time"), look: "nw", cell: (p) => `${at(p.started, "date")} ${at(p.started, "hms")}` },
          { id: "hash", head: say("store.erase.proof.hash"), look: "mono", cell: (p) => p.sha256 },
        ]} />
      ) : null}
      <div class="in stack">
        <h3>{say("store.erasures")}</h3>
        {past.fault ? <Failed fault={past.fault} again={past.again} /> : past.data && past.data.erasures.length === 0 ? <p class="sec">{say("store.erasures.none")}</p> : null}
      </div>
      {past.data?.erasures.length ? (
        <Table caption={say("store.erasures")} rows={past.data.erasures} keyOf={(e) => e.id} cols={[
          { id: "at", head: say("rec.time"), look: "nw", cell: (e) => `${at(e.at, "date")} ${at(e.at, "hm")}` },
          { id: "who", head: say("field.account"), cell: (e) => e.account },
          { id: "why", head: say("store.erase.reason"), look: "sec", cell: (e) => e.reason },
          { id: "n", head: say("store.used"), look: "n", label: say("store.used"), cell: (e) => int(e.recordings) },
          { id: "id", head: say("store.erase.proof"), look: "mono", cell: (e) => e.id },
        ]} />
      ) : null}
    </Panel>
  );
}

const detail = (e: Erasure): string => say("store.erase.detail", { markers: int(e.count.markers), bytes: bytes(e.count.bytes), held: int(e.count.held) });
