// What may be done with the calls that are ticked: take them away as a file, close those that got stuck.

import { useState } from "preact/hooks";
import { send, type Fault } from "../api/client";
import { closed, type CallRow } from "../api/wire-calls";
import { at, int } from "../lib/format";
import { csvText, offerFile } from "../lib/csv";
import { labelIn, useNames } from "../lib/names";
import { may } from "../lib/session";
import { count, say } from "../words";
import { callerText, CALL_HEADS, reasonText, resultText } from "./call-list";
import { Dialog } from "./dialog";
import { Icon } from "./icon";
import { faultText, Note } from "./message";
import { toast } from "./toast";

export function TickedCalls({ calls, onNone, onDone }: { calls: readonly CallRow[]; onNone: () => void; onDone: () => void }) {
  const [asking, ask] = useState(false);
  const [failed, fail] = useState<{ n: number; fault: Fault } | null>(null);
  const names = useNames();
  const open = calls.filter((c) => c.open);
  const take = (): void => {
    const heads = [say(CALL_HEADS.time), say(CALL_HEADS.dir), say("call.number"), say("field.name"), say(CALL_HEADS.queue), say(CALL_HEADS.agent), `${say("calls.wait")} (s)`, `${say("calls.talk")} (s)`, say(CALL_HEADS.result), say(CALL_HEADS.why), say("call.id")];
    const rows = calls.map((c) => [
      `${at(c.enter, "date")} ${at(c.enter, "hms")}`, say(c.direction === "out" ? "dir.out" : "dir.in"), c.number, c.name || (c.number ? "" : callerText(c)), labelIn(names.queues, c.queue),
      c.agent ? labelIn(names.agents, c.agent) : "", String(c.wait ?? ""), String(c.talk ?? ""), resultText(c), reasonText(c), c.call_id,
    ]);
    offerFile("calls.csv", csvText([heads, ...rows]));
  };
  return (
    <>
      <div class="row wrap ticked" role="group" aria-label={say("calls.list")}>
        <b role="status">{count("ticks.n", calls.length, int(calls.length))}</b>
        {may("calls.export") ? <button type="button" class="btn xs" onClick={take}><Icon name="dl" small />{say("ticks.csv")}</button> : null}
        {may("calls.close") && open.length > 0 ? <button type="button" class="btn xs d" aria-haspopup="dialog" onClick={() => ask(true)}>{say("ticks.close")}</button> : null}
        <button type="button" class="btn g xs" onClick={onNone}>{say("ticks.none")}</button>
      </div>
      {failed ? <Note level="a" role="alert">{say("ticks.failed", { n: failed.n, why: faultText(failed.fault) })}</Note> : null}
      {asking ? <Closing calls={open} onClose={() => ask(false)} onDone={(done, n, fault) => {
        ask(false);
        fail(fault ? { n, fault } : null);
        if (done > 0) toast(count("ticks.closed", done, int(done)));
        if (!fault) onNone();
        onDone();
      }} /> : null}
    </>
  );
}

function Closing({ calls, onClose, onDone }: { calls: readonly CallRow[]; onClose: () => void; onDone: (done: number, failed: number, fault: Fault | null) => void }) {
  const [busy, work] = useState(false);
  const close = async (): Promise<void> => {
    if (busy) return;
    work(true);
    let fault: Fault | null = null;
    let done = 0;
    let failed = 0;
    for (const call of calls) {
      const answer = await send("POST", `/calls/${encodeURIComponent(call.id)}/close`, closed, {});
      if (answer.at === "ok") done += 1;
      else if (answer.at === "failed") {
        failed += 1;
        fault = answer.fault;
      }
    }
    onDone(done, failed, fault);
  };
  return (
    <Dialog
      title={count("ticks.close.title", calls.length, int(calls.length))}
      onClose={onClose}
      onSend={() => void close()}
      foot={
        <>
          <button type="button" class="btn" onClick={onClose}>{say("do.cancel")}</button>
          <button class="btn d f" disabled={busy}>{say("ticks.close")}</button>
        </>
      }
    >
      <p>{say("call.close.text")}</p>
      <ul class="sec">{calls.slice(0, 8).map((c) => <li key={c.id}>{at(c.enter, "hms")} {callerText(c)}</li>)}</ul>
    </Dialog>
  );
}
