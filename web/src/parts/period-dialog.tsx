// The dialog that sets a period: a preset, a typed shortcut, or two days.

import { useState } from "preact/hooks";
import { plusDays } from "../lib/day";
import { parsePeriod, PRESETS, presetPeriod, type Period, type Preset } from "../lib/period";
import { say } from "../words";
import { Dialog } from "./dialog";
import { TextField } from "./field";

const CIVIL = /^\d{4}-\d\d-\d\d$/;

export function PeriodDialog({ period, preset, today, onClose, onDone }: { period: Period; preset: Preset | null; today: string; onClose: () => void; onDone: (p: Period) => void }) {
  const [typed, setTyped] = useState("");
  const [from, setFrom] = useState(period.from);
  const [last, setLast] = useState(plusDays(period.to, -1));
  const [fault, setFault] = useState<string | undefined>();
  const send = (): void => {
    if (typed.trim()) {
      const read = parsePeriod(typed, today);
      if (read) onDone(read);
      else setFault(say("period.bad"));
      return;
    }
    if (CIVIL.test(from) && CIVIL.test(last) && from <= last && from <= today) onDone({ from, to: plusDays(last, 1) });
    else setFault(say("period.order"));
  };
  return (
    <Dialog
      title={say("period.title")}
      onClose={onClose}
      onSend={send}
      foot={<button class="btn p">{say("do.show")}</button>}
    >
      <div class="stack">
        <div class="row wrap">
          {PRESETS.map((p) => (
            <button key={p} type="button" class="btn" aria-pressed={p === preset} onClick={() => onDone(presetPeriod(p, today))}>{say(`period.${p}`)}</button>
          ))}
        </div>
        <TextField id="p-typed" label={say("period.typed")} value={typed} set={setTyped} hint={say("period.hint")} fault={fault} optional />
        <div class="grid2">
          <TextField id="p-from" type="date" label={say("period.from")} value={from} set={setFrom} />
          <TextField id="p-last" type="date" label={say("period.last")} value={last} set={setLast} />
        </div>
      </div>
    </Dialog>
  );
}
