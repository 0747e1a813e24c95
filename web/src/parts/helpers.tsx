// What floats over every page: palette, list of keys, warning before the session ends. Drawn only when wanted.

import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { get } from "../api/client";
import { me as meShape } from "../api/wire";
import { useCell } from "../lib/cell";
import { now, useSecond } from "../lib/clock";
import { span } from "../lib/format";
import { useKeys } from "../lib/keys";
import { GROUPS, pagesOf } from "../lib/pages";
import { go } from "../lib/route";
import { me, secondsLeft, welcome } from "../lib/session";
import { say } from "../words";
import { Dialog } from "./dialog";
import { openPalette, paletteOpen } from "./palette-state";

export function Helpers() {
  const [help, setHelp] = useState(false);
  const keys: Record<string, () => void> = { "Ctrl K": openPalette, "/": openPalette, "?": () => setHelp(true) };
  for (const g of GROUPS) {
    keys[`g ${g.leader}`] = () => {
      const first = pagesOf(g.id, me.get())[0];
      if (first) go(first.path);
    };
  }
  keys["g c"] = () => {
    if (pagesOf("reports", me.get()).some((p) => p.path === "/calls")) go("/calls");
  };
  useKeys(keys);
  return (
    <>
      <PaletteHere />
      {help ? <KeyList onClose={() => setHelp(false)} /> : null}
      <EndOfSession />
    </>
  );
}

function PaletteHere() {
  const open = useCell(paletteOpen);
  const [Palette, set] = useState<ComponentType | null>(null);
  useEffect(() => {
    if (open && !Palette) void import("./palette").then((m) => set(() => m.Palette));
  }, [open]);
  return open && Palette ? <Palette /> : null;
}

const LIST = [
  ["Ctrl K, /", "keys.find"], ["g h  g l  g r  g c  g e  g s", "keys.go"], ["?", "keys.list"], ["Esc", "keys.esc"],
  ["j k", "keys.rows"], ["Enter", "keys.open"], ["x", "keys.tick"], ["f", "keys.filter"], ["[ ]", "keys.period"], ["t", "keys.today"],
  ["z", "keys.freeze"], ["Space, F", "keys.wall"],
] as const;

function KeyList({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={say("keys.title")} onClose={onClose}>
      <dl class="keys">
        {LIST.map(([keys, what]) => (
          <div key={what} class="pair">
            <dt>{keys.split("  ").map((k) => <kbd key={k}>{k}</kbd>)}</dt>
            <dd>{say(what)}</dd>
          </div>
        ))}
      </dl>
      <p class="sm sec">{me.get()?.single_keys ? say("keys.on") : say("keys.off")}</p>
    </Dialog>
  );
}

/** How long before its end the session is spoken of, in seconds. */
const WARN = 120;
/** Somebody who did something within this is still here, and is not asked, in seconds. */
const HERE = 600;
/** Seconds between two silent looks at how long the session still lasts. */
const LOOK = 60;

let lastAct = 0;
let asking = false;
for (const kind of ["pointerdown", "keydown"]) {
  document.addEventListener(kind, () => {
    if (!asking) lastAct = now();
  }, { passive: true });
}

function EndOfSession() {
  useSecond();
  const [later, setLater] = useState(0);
  const [busy, setBusy] = useState(false);
  const looked = useRef(0);
  const left = secondsLeft();
  const end = me.get()?.session_expires ?? 0;
  const near = left !== null && left <= WARN && left > 0 && later !== end;
  const here = now() - lastAct < HERE && now() - looked.current > LOOK;
  asking = near && !here && !busy;
  const stay = async (): Promise<void> => {
    setBusy(true);
    const answer = await get("/me", meShape);
    setBusy(false);
    if (answer.at === "ok") await welcome(answer.data);
  };
  // The end known here is that of the log-in; use has moved it on. Who is here learns the new one without a word.
  useEffect(() => {
    if (!near || !here || busy) return;
    looked.current = now();
    void stay();
  }, [near, here]);
  if (!near || here) return null;
  return (
    <Dialog
      title={say("session.title")}
      onClose={() => setLater(end)}
      onSend={() => void stay()}
      foot={<button class="btn p" disabled={busy}>{say("session.stay")}</button>}
    >
      <p>{say("session.text", { time: span(left ?? 0) })}</p>
    </Dialog>
  );
}
