// The live stream: one EventSource for the whole page. Snapshot first, then differences; the browser resumes by the
// last id, and where it gives up (an error answer) this opens anew with a growing pause. Says when it went silent.

import { liveBeat, liveChange, liveSnapshot } from "../api/live-wire";
import { address, get } from "../api/client";
import { me } from "../api/wire";
import { BadShape, type Shape } from "../api/door";
import { Cell } from "./cell";
import { now, onSecond, setClock } from "./clock";
import { applied, fromSnapshot, type Live } from "./live-model";

/** Silence after which the view counts as not live, in seconds. The daemon speaks at least every 3. */
export const SILENCE = 5;
const FIRST_PAUSE = 1;
const LONGEST_PAUSE = 20;
/** A hidden page lets go of the stream after this, in seconds. */
const HIDDEN = 30;

export type Link = { at: "off" } | { at: "opening" } | { at: "live" } | { at: "silent"; since: number; next: number | null };

export const live = new Cell<Live | null>(null);
export const link = new Cell<Link>({ at: "off" });

let source: EventSource | null = null;
let wanted: readonly string[] | null = null;
/** Where the stream is, and what to ask when it was refused: it does not say why. */
let way: Way = { stream: "/live/events", who: () => void get("/me", me) };
let heard = 0;
let pause = FIRST_PAUSE;
let again: number | null = null;
let hiddenSince: number | null = null;
let watching = false;

export interface Way {
  stream: string;
  who: () => void;
}

/** Follows by another way from now on: a wallboard without a log-in. */
export function followBy(other: Way): void {
  way = other;
}

/** Follows these queues (none named: all one may see). The same selection again changes nothing. */
export function follow(queues: readonly string[]): void {
  if (wanted && wanted.join("\n") === queues.join("\n")) return;
  wanted = [...queues];
  if (!watching) {
    watching = true;
    onSecond(watch);
    document.addEventListener("visibilitychange", seen);
  }
  open();
}

/** Lets go, for good: at log-out. */
export function unfollow(): void {
  close();
  wanted = null;
  live.set(null);
  link.set({ at: "off" });
}

/** Tries again at once. */
export function retry(): void {
  if (wanted) open();
}

function open(): void {
  close();
  if (!wanted) return;
  if (link.get().at === "off") link.set({ at: "opening" });
  const es = new EventSource(address(way.stream, { queues: wanted.join(",") }));
  source = es;
  es.addEventListener("snapshot", (e) => take(e, liveSnapshot, (s) => live.set(fromSnapshot(s))));
  es.addEventListener("change", (e) =>
    take(e, liveChange, (c) => {
      const old = live.get();
      if (old) live.set(applied(old, c));
    }),
  );
  es.addEventListener("beat", (e) =>
    take(e, liveBeat, (b) => {
      const old = live.get();
      if (old && b.source) live.set({ ...old, now: b.now, source: b.source, ami: b.ami ?? old.ami });
    }),
  );
  es.addEventListener("error", () => {
    // While it is "connecting" the browser retries by itself; once closed it never does.
    if (es.readyState === EventSource.CLOSED && es === source) later();
  });
}

function close(): void {
  source?.close();
  source = null;
  if (again !== null) window.clearTimeout(again);
  again = null;
}

function later(): void {
  close();
  // The stream does not tell why it was refused: if the session is over, this question finds out.
  way.who();
  again = window.setTimeout(open, pause * 1000);
  pause = Math.min(pause * 2, LONGEST_PAUSE);
}

function take<T extends { now: number }>(event: Event, shape: Shape<T>, then: (data: T) => void): void {
  if (!(event instanceof MessageEvent) || typeof event.data !== "string") return;
  try {
    const data = shape(JSON.parse(event.data), "live");
    setClock(data.now);
    heard = now();
    pause = FIRST_PAUSE;
    then(data);
    if (link.get().at !== "live") link.set({ at: "live" });
  } catch (why) {
    // A word not understood counts as silence; the next snapshot may heal it.
    if (!(why instanceof BadShape) && !(why instanceof SyntaxError)) throw why;
  }
}

function watch(): void {
  if (!wanted || document.hidden || hiddenSince !== null) return;
  const at = link.get().at;
  if (at === "live" && now() - heard >= SILENCE) link.set({ at: "silent", since: heard, next: null });
  if (at === "opening" && heard === 0) heard = now();
  if (at === "opening" && now() - heard >= SILENCE) link.set({ at: "silent", since: heard, next: null });
}

let letGo: number | null = null;

function seen(): void {
  if (document.hidden) {
    hiddenSince = now();
    letGo = window.setTimeout(close, HIDDEN * 1000);
    return;
  }
  hiddenSince = null;
  if (letGo !== null) window.clearTimeout(letGo);
  letGo = null;
  heard = now();
  if (wanted && !source) open();
}
