// The player of one recording: picture, sound, speed, silence, markers, sharing, and in words who may open it.
// Fetches no sound until it is played.

import { useEffect, useRef, useState } from "preact/hooks";
import { listens as listensShape, markers as markersShape, wave as waveShape, type Marker, type Recording } from "../api/wire-recordings";
import { now } from "../lib/clock";
import { at as moment, bytes, civilDay, phone, span, when } from "../lib/format";
import { allowsSingles } from "../lib/keys";
import { useLoad } from "../lib/load";
import { labelIn, useNames } from "../lib/names";
import { deedOf, markerFrom, secondOf, speedStep, SPEEDS, type Deed } from "../lib/player";
import { useSound, type Sound } from "../lib/player-sound";
import { may } from "../lib/session";
import "../styles/player.css";
import { count, say, type Key } from "../words";
import { Icon, type IconName } from "./icon";
import { faultText, Note } from "./message";
import { addressOf, copied, DeleteDialog, Download, HoldDialog, ShareDialog } from "./player-acts";
import { MarkerDialog, MarkerList } from "./player-markers";
import { PlayerWave } from "./player-wave";
import { toast } from "./toast";

interface Props {
  recording: Recording;
  /** The address must name it: the call has others. */
  several?: boolean;
  /** Something was changed that its row tells. */
  changed: () => void;
}

/** Seconds of the buttons and of the arrow keys. */
const JUMP = 10;
const ARROW = 5;

type Open = { at: "none" } | { at: "marker"; of: Marker | number } | { at: "share"; address: string } | { at: "hold" } | { at: "delete" };

export function Player({ recording: r, several = false, changed }: Props) {
  const playable = r.may.play && r.lock !== "locked" && r.state !== "deleted";
  const shown = useLoad(playable ? `/recordings/${r.id}/wave` : null, waveShape);
  const listed = useLoad(playable ? `/recordings/${r.id}/markers` : null, markersShape);
  const wave = shown.data;
  const markers = listed.data?.markers ?? [];
  const known = r.duration ?? wave?.duration ?? null;
  const sound = useSound(r.id, secondOf(location.hash) ?? 0, known, wave?.silent ?? []);
  const duration = Math.max(sound.duration ?? known ?? 0, 0);
  const [open, setOpen] = useState<Open>({ at: "none" });
  const close = (): void => setOpen({ at: "none" });

  const deed = (name: Deed): void => {
    const to = (where: number | null): void => {
      if (where !== null) sound.seek(where);
    };
    const times = markers.map((m) => m.at);
    switch (name) {
      case "play": return sound.turn();
      case "back": return to(sound.at - ARROW);
      case "on": return to(sound.at + ARROW);
      case "start": return to(0);
      case "end": return to(duration);
      case "marker-before": return to(markerFrom(times, sound.at, -1));
      case "marker-after": return to(markerFrom(times, sound.at, 1));
      case "slower": return sound.setSpeed(speedStep(sound.speed, -1));
      case "faster": return sound.setSpeed(speedStep(sound.speed, 1));
      case "marker": return r.may.mark ? setOpen({ at: "marker", of: sound.at }) : undefined;
    }
  };
  usePlayerKeys(playable && open.at === "none", deed);
  useSecondOfAddress(sound.seek);

  return (
    <section class="panel player" aria-label={say("player.title")}>
      <header>
        <h2>{say("player.title")}</h2>
        <Lock recording={r} />
        {r.held ? <span class="pill w"><Icon name="lock" small />{say(r.hold_until ? "player.held.until" : "player.held", { day: moment(r.hold_until, "date") })}</span> : null}
        {r.restricted ? <span class="pill w">{say("player.restricted")}</span> : null}
        {r.state === "growing" ? <span class="pill o"><Icon name="rec" small />{say("player.growing")}</span> : null}
        <div class="push"><Legend recording={r} two={(wave?.channels.length ?? 0) > 1} /></div>
      </header>
      {playable ? (
        <>
          {shown.fault ? <div class="in"><Note level="w">{faultText(shown.fault)}</Note></div> : null}
          <PlayerWave wave={wave} duration={duration} at={sound.at} markers={markers} seek={sound.seek} />
          <Controls sound={sound} duration={duration}>
            <span class="grow hide-s" />
            {r.may.mark ? <button type="button" class="btn" onClick={() => deed("marker")}><Icon name="flag" />{say("player.mark")}</button> : null}
            <button type="button" class="btn" onClick={() => {
              const address = addressOf(r, sound.at, several);
              void copied(address).then((done) => done || setOpen({ at: "share", address }));
            }}><Icon name="share" />{say("player.share", { time: span(Math.floor(sound.at)) })}</button>
            {r.may.download ? <Download recording={r} /> : null}
          </Controls>
          <div class="in" role="alert">
            {sound.fault ? <Note level="a">{faultText(sound.fault)}</Note> : sound.trouble ? <Note level="w">{say(sound.trouble === "begin" ? "player.press" : "player.kind", { codec: r.codec })}</Note> : null}
          </div>
          {/* The words of a conversation are not written down anywhere, so there is no text to show beside it. */}
          <audio ref={sound.ref} preload="none" />
        </>
      ) : (
        <div class="in"><Closed recording={r} /></div>
      )}
      {playable ? (
        <footer>
          {markers.length ? <MarkerList markers={markers} seek={sound.seek} edit={(m) => setOpen({ at: "marker", of: m })} /> : <span class="mut">{say(r.may.mark ? "player.markers.none" : "player.markers.no")}</span>}
          <span class="push mut hide-s pkeys"><kbd>{say("player.key.space")}</kbd> {say("player.key.play")} <kbd>←</kbd> <kbd>→</kbd> 5 s {r.may.mark ? <><kbd>M</kbd> {say("player.key.mark")}</> : null} <kbd>[</kbd> <kbd>]</kbd> {say("player.key.speed")}</span>
        </footer>
      ) : null}
      <footer>
        <span class="sm mut">{[r.codec, bytes(r.size), r.keep_until ? say("player.keep", { day: moment(r.keep_until, "date") }) : ""].filter(Boolean).join(" · ")}</span>
        <span class="push row wrap">
          {r.may.hold ? <button type="button" class="btn xs" onClick={() => setOpen({ at: "hold" })}>{say(r.held ? "player.hold.end" : "player.hold.do")}</button> : null}
          {r.may.delete && !r.held ? <button type="button" class="btn xs d" onClick={() => setOpen({ at: "delete" })}>{say("player.delete")}</button> : null}
        </span>
      </footer>
      {r.may.listens && may("listens.view") ? <Listens recording={r} /> : null}
      {open.at === "marker" ? <MarkerDialog recording={r.id} marker={open.of} duration={duration} onClose={close} onDone={(said) => {
        close();
        toast(said);
        listed.again();
      }} /> : null}
      {open.at === "share" ? <ShareDialog address={open.address} onClose={close} /> : null}
      {open.at === "hold" ? <HoldDialog recording={r} onClose={close} onDone={() => {
        close();
        toast(say(r.held ? "player.hold.ended" : "player.hold.done"));
        changed();
      }} /> : null}
      {open.at === "delete" ? <DeleteDialog recording={r} onClose={close} onDone={() => {
        close();
        toast(say("player.deleted"));
        changed();
      }} /> : null}
    </section>
  );
}

function Controls({ sound, duration, children }: { sound: Sound; duration: number; children: preact.ComponentChildren }) {
  const speeds = SPEEDS.includes(sound.speed) ? SPEEDS : [...SPEEDS, sound.speed];
  return (
    <div class="ctl">
      <button type="button" class="btn g sq" aria-label={say("player.back", { n: JUMP })} title={say("player.back", { n: JUMP })} onClick={() => sound.seek(sound.at - JUMP)}><Icon name="back" small /></button>
      <button type="button" class="btn p big" aria-label={say(sound.playing ? "player.pause" : "player.play")} title={say(sound.playing ? "player.pause" : "player.play")} aria-busy={sound.waiting} onClick={sound.turn}><Icon name={sound.playing ? "pause" : "play"} /></button>
      <button type="button" class="btn g sq" aria-label={say("player.on", { n: JUMP })} title={say("player.on", { n: JUMP })} onClick={() => sound.seek(sound.at + JUMP)}><Icon name="fwd" small /></button>
      <span class="pos">{span(Math.floor(sound.at))} <span>/ {duration > 0 ? span(duration) : "–"}</span></span>
      <label class="sel">
        <span class="k">{say("player.speed")}</span>
        <select value={String(sound.speed)} onChange={(e) => sound.setSpeed(Number(e.currentTarget.value))}>
          {speeds.map((s) => <option key={s} value={String(s)}>{s} ×</option>)}
        </select>
      </label>
      <label class="tick nw"><input type="checkbox" checked={sound.skips} onChange={(e) => sound.setSkips(e.currentTarget.checked)} />{say("player.skip")}</label>
      {children}
    </div>
  );
}

const LOCKS: Record<Recording["lock"], { icon: IconName; word: Key }> = {
  open: { icon: "lock", word: "player.lock.open" }, locked: { icon: "lock", word: "player.lock.locked" },
  plain: { icon: "unlock", word: "player.lock.plain" }, foreign: { icon: "lock", word: "player.lock.foreign" },
};

/** Whether it is sealed, in words. */
export function Lock({ recording: r }: { recording: Recording }) {
  if (r.state === "deleted") return <span class="pill"><Icon name="trash" small />{say("player.lock.deleted")}</span>;
  const { icon, word } = LOCKS[r.lock];
  return <span class={r.lock === "locked" ? "pill w" : "pill"}><Icon name={icon} small />{say(r.state === "failed" ? "player.lock.failed" : word)}</span>;
}

/** Why it can't be played, and who can change that. */
function Closed({ recording: r }: { recording: Recording }) {
  if (r.state === "deleted") return <Note level="">{say("player.gone")}</Note>;
  if (r.lock === "locked") {
    const mine = may("recordings.keys");
    return <Note level="w" act={mine ? <a class="btn" href="/system/recordings">{say("player.unlock")}</a> : null}>{say(mine ? "player.locked.mine" : "player.locked")}</Note>;
  }
  return <Note level="">{say("player.refused")}</Note>;
}

function Legend({ recording: r, two }: { recording: Recording; two: boolean }) {
  const { agents } = useNames();
  if (!two) return null;
  return (
    <p class="legend hide-s">
      <span><i class="x1" />{r.agent ? labelIn(agents, r.agent) : say("player.agent")}</span>
      <span><i class="x2" />{r.number ? phone(r.number) : say("player.other")}</span>
    </p>
  );
}

/** Asked for when it is opened. */
function Listens({ recording }: { recording: Recording }) {
  const [open, setOpen] = useState(false);
  const loaded = useLoad(open ? `/recordings/${recording.id}/listens` : null, listensShape);
  const today = civilDay(now());
  const list = loaded.data?.listens;
  return (
    <details class="listens" onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>{recording.listened ? count("player.listened", recording.listened, String(recording.listened)) : say("player.listened.none")}</summary>
      {loaded.fault ? <p class="sec">{faultText(loaded.fault)}</p> : null}
      <ul>
        {list?.map((l, i) => (
          <li key={i} class="row wrap"><span class="nw mut">{when(l.at, today)}</span> <span>{l.name || l.account}</span> <span class="mut">{say("player.heard", { time: span(l.seconds), all: span(recording.duration) })}</span></li>
        ))}
      </ul>
    </details>
  );
}

function usePlayerKeys(on: boolean, run: (deed: Deed) => void): void {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    if (!on) return;
    const press = (e: KeyboardEvent): void => {
      const target = e.target instanceof HTMLElement ? e.target : null;
      const dialog = document.querySelector("dialog[open]");
      if (e.defaultPrevented || (dialog && !dialog.querySelector(".player"))) return;
      const found = deedOf({ key: e.key, shift: e.shiftKey, held: e.ctrlKey || e.metaKey || e.altKey, on: kindOf(target), singles: allowsSingles() });
      if (!found) return;
      e.preventDefault();
      latest.current(found);
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [on]);
}

function kindOf(target: HTMLElement | null): "field" | "button" | "slider" | "page" {
  if (!target) return "page";
  if (target.getAttribute("role") === "slider") return "slider";
  // A ticked box takes no letters, but Space is its own.
  if (target instanceof HTMLInputElement && target.type === "checkbox") return "button";
  if (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)) return "field";
  return target.closest("button, a, summary, audio") ? "button" : "page";
}

/** Follows a second typed into the address while the page is open. */
function useSecondOfAddress(seek: (at: number) => void): void {
  const latest = useRef(seek);
  latest.current = seek;
  useEffect(() => {
    const follow = (): void => {
      const to = secondOf(location.hash);
      if (to !== null) latest.current(to);
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
}
