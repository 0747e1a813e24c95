// The sound behind a player: one audio element that gets its address when first played, and what follows from it.
// Fetches no sound before that. Knows no words and draws nothing.

import { useEffect, useRef, useState } from "preact/hooks";
import { nothing, send, type Fault } from "../api/client";
import { soundLink } from "../api/wire-recordings";
import { afterSilence, hear, type Heard, type Stretch } from "./player";

export interface Sound {
  /** For the audio element. */
  ref: (element: HTMLAudioElement | null) => void;
  at: number;
  playing: boolean;
  /** Asked for, not heard yet. */
  waiting: boolean;
  /** The element's own word, once it has read the file's head. */
  duration: number | null;
  speed: number;
  skips: boolean;
  fault: Fault | null;
  /** The browser can not play it, or refused to begin. */
  trouble: "kind" | "begin" | null;
  turn: () => void;
  seek: (at: number) => void;
  setSpeed: (speed: number) => void;
  setSkips: (on: boolean) => void;
}

const TICK_MS = 100;
/** What was heard is told at least so often, in seconds. */
const TOLD_EVERY = 30;

export function useSound(id: string, first: number, known: number | null, silent: readonly Stretch[]): Sound {
  const audio = useRef<HTMLAudioElement | null>(null);
  const [at, setAt] = useState(first);
  const [playing, setPlaying] = useState(false);
  const [waiting, wait] = useState(false);
  const [duration, setDuration] = useState<number | null>(null);
  const [speed, chooseSpeed] = useState(1);
  const [skips, setSkips] = useState(false);
  const [fault, setFault] = useState<Fault | null>(null);
  const [trouble, setTrouble] = useState<Sound["trouble"]>(null);
  const now = useRef({ at: first, speed: 1, skips: false, silent, heard: null as Heard | null, linked: false, again: false });
  now.current.silent = silent;
  now.current.skips = skips;

  const tell = (heard: Heard | null): void => {
    if (heard && heard.to - heard.from >= 0.5) void send("POST", `/recordings/${id}/listened`, nothing, { from_ms: Math.floor(heard.from * 1000), to_ms: Math.ceil(heard.to * 1000) });
  };
  const flush = (): void => {
    tell(now.current.heard);
    now.current.heard = null;
  };
  const move = (to: number): void => {
    now.current.at = to;
    setAt(to);
  };

  /** Asks for a link, once; the sound comes through it. */
  const link = async (): Promise<boolean> => {
    if (now.current.linked) return true;
    const answer = await send("POST", `/recordings/${id}/link`, soundLink, { use: "play" });
    const element = audio.current;
    if (answer.at !== "ok" || !element) {
      setFault(answer.at === "failed" ? answer.fault : null);
      return false;
    }
    now.current.linked = true;
    element.src = answer.data.url;
    element.preservesPitch = true;
    element.playbackRate = now.current.speed;
    if (now.current.at > 0) element.currentTime = now.current.at;
    return true;
  };

  const begin = async (): Promise<void> => {
    setFault(null);
    setTrouble(null);
    wait(true);
    if (!(await link())) return wait(false);
    const element = audio.current;
    if (!element) return;
    if (element.ended) element.currentTime = 0;
    try {
      await element.play();
    } catch (why) {
      wait(false);
      // Some browsers forget, while the link is fetched, that somebody pressed; the second press begins at once.
      if (why instanceof DOMException && why.name === "NotAllowedError") setTrouble("begin");
    }
  };

  useEffect(() => {
    const element = audio.current;
    if (!element) return;
    const look = (): void => {
      const state = now.current;
      state.at = element.currentTime;
      const { heard, over } = hear(state.heard, state.at, Math.max(1, element.playbackRate));
      state.heard = heard;
      tell(over);
      if (heard.to - heard.from >= TOLD_EVERY) {
        tell(heard);
        state.heard = { from: heard.to, to: heard.to };
      }
      const on = state.skips ? afterSilence(state.silent, state.at) : null;
      if (on !== null && on < element.duration) {
        flush();
        element.currentTime = on;
      }
      setAt(element.currentTime);
    };
    let timer = 0;
    const stop = (): void => {
      window.clearInterval(timer);
      setPlaying(false);
      wait(false);
      flush();
    };
    const on: Partial<Record<keyof HTMLMediaElementEventMap, () => void>> = {
      playing: () => {
        window.clearInterval(timer);
        timer = window.setInterval(look, TICK_MS);
        now.current.again = false;
        setPlaying(true);
        wait(false);
      },
      waiting: () => wait(true),
      pause: stop,
      ended: () => {
        move(element.currentTime);
        stop();
      },
      seeked: () => {
        wait(false);
        move(element.currentTime);
      },
      durationchange: () => setDuration(Number.isFinite(element.duration) ? element.duration : null),
      error: () => {
        if (!now.current.linked) return;
        stop();
        now.current.linked = false;
        // A link that ran out is renewed once; what fails twice can not be played.
        if (now.current.again) return setTrouble("kind");
        now.current.again = true;
        void begin();
      },
    };
    for (const [name, run] of Object.entries(on)) element.addEventListener(name, run);
    const hide = (): void => {
      if (document.hidden) flush();
    };
    document.addEventListener("visibilitychange", hide);
    return () => {
      for (const [name, run] of Object.entries(on)) element.removeEventListener(name, run);
      document.removeEventListener("visibilitychange", hide);
      window.clearInterval(timer);
      flush();
      element.pause();
      element.removeAttribute("src");
      element.load();
    };
  }, [id]);

  return {
    ref: (element) => {
      if (element) audio.current = element;
    },
    at, playing, waiting, duration, speed, skips, fault, trouble, setSkips,
    turn: () => {
      if (playing) audio.current?.pause();
      else void begin();
    },
    seek: (wanted) => {
      const end = duration ?? known ?? wanted;
      const to = Math.max(0, Math.min(wanted, end));
      flush();
      move(to);
      if (audio.current && now.current.linked) audio.current.currentTime = to;
    },
    setSpeed: (next) => {
      now.current.speed = next;
      chooseSpeed(next);
      if (audio.current) audio.current.playbackRate = next;
    },
  };
}
