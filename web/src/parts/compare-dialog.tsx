// The dialog that sets a period of one's own to compare with.

import { useState } from "preact/hooks";
import { now } from "../lib/clock";
import { plusDays } from "../lib/day";
import { civilDay } from "../lib/format";
import { parsePeriod } from "../lib/period";
import { say } from "../words";
import { Dialog } from "./dialog";
import { TextField } from "./field";

export function CompareDialog({ from, to, onClose, onDone }: { from: string; to: string; onClose: () => void; onDone: (text: string) => void }) {
  const today = civilDay(now());
  const [first, setFirst] = useState(from || plusDays(today, -7));
  const [last, setLast] = useState(to ? plusDays(to, -1) : plusDays(today, -1));
  const [fault, setFault] = useState<string | undefined>();
  const send = (): void => {
    const period = parsePeriod(`${first} .. ${last}`, today);
    if (period) onDone(`${period.from}..${period.to}`);
    else setFault(say("period.order"));
  };
  return (
    <Dialog title={say("compare.own.title")} onClose={onClose} onSend={send} foot={<button class="btn p">{say("do.show")}</button>}>
      <div class="grid2">
        <TextField id="cmp-from" type="date" label={say("period.from")} value={first} set={setFirst} fault={fault} />
        <TextField id="cmp-last" type="date" label={say("period.last")} value={last} set={setLast} />
      </div>
    </Dialog>
  );
}
