// Choice of queues: a button that says what is chosen, a dialog with all of them. None chosen means all.

import { useState } from "preact/hooks";
import { labelIn, useNames } from "../lib/names";
import { go } from "../lib/route";
import { say } from "../words";
import { Dialog } from "./dialog";
import { Icon } from "./icon";

export function QueuePicker({ chosen, href }: { chosen: readonly string[]; href: (queues: string[]) => string }) {
  const [open, setOpen] = useState(false);
  const all = useNames().queues;
  const text = chosen.length === 0 ? say("pick.all") : chosen.length === 1 && chosen[0] ? labelIn(all, chosen[0]) : say("pick.n", { n: chosen.length });
  return (
    <>
      <button type="button" class="sel" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <span class="k">{say("live.queues")}</span> <b class="md">{text}</b>
        <Icon name="down" small />
      </button>
      {open ? <Picking all={all} chosen={chosen} onClose={() => setOpen(false)} onDone={(queues) => {
        setOpen(false);
        go(href(queues));
      }} /> : null}
    </>
  );
}

function Picking({ all, chosen, onClose, onDone }: { all: readonly { name: string; label: string }[]; chosen: readonly string[]; onClose: () => void; onDone: (queues: string[]) => void }) {
  const [ticked, tick] = useState(new Set(chosen));
  return (
    <Dialog
      title={say("pick.title")}
      onClose={onClose}
      onSend={() => onDone(ticked.size === all.length ? [] : all.map((q) => q.name).filter((q) => ticked.has(q)))}
      foot={
        <>
          <button type="button" class="btn g" onClick={() => onDone([])}>{say("pick.all.do")}</button>
          <button class="btn p">{say("do.show")}</button>
        </>
      }
    >
      <fieldset class="stack">
        <legend class="vh">{say("pick.title")}</legend>
        <QueueTicks all={all} ticked={ticked} tick={tick} />
      </fieldset>
    </Dialog>
  );
}

export function QueueTicks({ all, ticked, tick }: { all: readonly { name: string; label: string }[]; ticked: ReadonlySet<string>; tick: (next: Set<string>) => void }) {
  return (
    <>
      {all.map((q) => (
        <label key={q.name} class="tick">
          <input
            type="checkbox"
            checked={ticked.has(q.name)}
            onChange={(e) => {
              const next = new Set(ticked);
              if (e.currentTarget.checked) next.add(q.name);
              else next.delete(q.name);
              tick(next);
            }}
          />
          {q.label}
        </label>
      ))}
    </>
  );
}
