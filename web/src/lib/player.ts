// What a player counts with: peaks to bars, silences to skip, markers to step through, times in addresses. Pure.

/** A stretch of a recording, in seconds. */
export type Stretch = readonly number[];

export const SPEEDS: readonly number[] = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3];

/** The next speed up or down; the ends stay. */
export function speedStep(speed: number, by: 1 | -1): number {
  const at = SPEEDS.findIndex((s) => s >= speed);
  return SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, (at < 0 ? SPEEDS.length - 1 : at) + by))] ?? 1;
}

/** Stored peaks of one channel: lowest and highest of each point, -128 to 127, as text of base 64. */
export function peaksOf(text: string): Int8Array {
  let raw = "";
  try {
    raw = atob(text);
  } catch {
    // No picture is better than no player.
  }
  const bytes = new Int8Array(raw.length);
  for (let i = 0; i < raw.length; i += 1) bytes[i] = raw.charCodeAt(i) << 24 >> 24;
  return bytes;
}

/** Heights 0 to 1 of so many bars over the points of one channel; each bar is as high as its loudest point. */
export function barsOf(peaks: Int8Array, bars: number): number[] {
  const points = peaks.length >> 1;
  if (points === 0 || bars <= 0) return [];
  return Array.from({ length: bars }, (_, bar) => {
    const from = Math.floor((bar * points) / bars);
    const to = Math.max(from + 1, Math.floor(((bar + 1) * points) / bars));
    let most = 0;
    for (let i = from * 2; i < to * 2 && i < peaks.length; i += 1) most = Math.max(most, Math.abs(peaks[i] ?? 0));
    return Math.min(1, most / 127);
  });
}

/** Bars drawn as one path: upward from `base` for a positive `room`, downward for a negative one. */
export function barPath(heights: readonly number[], step: number, base: number, room: number): string {
  const width = Math.max(1, step * 0.64);
  // Speech is seldom loud: the root of the height shows its form. A bar of nothing still says that time passes.
  return heights.map((h, i) => `M${(i * step).toFixed(1)} ${base}h${width.toFixed(1)}v${(-Math.sign(room) * Math.max(1.2, Math.sqrt(h) * Math.abs(room))).toFixed(1)}h${(-width).toFixed(1)}z`).join("");
}

const STEPS: readonly number[] = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400];

/** Times of the axis: round ones, at least `room` of `width` apart. */
export function axisOf(duration: number, width: number, room = 76): number[] {
  if (!(duration > 0) || !(width > 0)) return [];
  const step = STEPS.find((s) => (s / duration) * width >= room) ?? Math.ceil(duration / 3600) * 3600;
  return Array.from({ length: Math.floor(duration / step) + 1 }, (_, i) => i * step).filter((t) => width - (t / duration) * width >= room / 2 || t === 0);
}

/** Shorter silences belong to speech; so much of each end is left, so that no word is cut. */
const LEAST_SILENCE = 1.5;
const EDGE = 0.25;

/** Where to go on when `at` lies in a silence worth skipping; null where it does not. */
export function afterSilence(silent: readonly Stretch[], at: number): number | null {
  for (const [from = 0, to = 0] of silent) {
    if (to - from >= LEAST_SILENCE && at >= from + EDGE && at < to - 2 * EDGE) return to - EDGE;
  }
  return null;
}

/** The marker before or after a moment; one that has just been reached does not count as before. */
export function markerFrom(times: readonly number[], at: number, by: 1 | -1): number | null {
  const ordered = [...times].sort((a, b) => a - b);
  if (by > 0) return ordered.find((t) => t > at + 0.05) ?? null;
  return ordered.reverse().find((t) => t < at - 1) ?? null;
}

/** The second an address points to: `#t=177`, `#t=2:57`, `#t=1:02:57`; null where it names none. */
export function secondOf(hash: string): number | null {
  const given = /^#t=(\d{1,5}(?:\.\d{1,3})?|(?:\d{1,3}:)?\d{1,2}:\d{2})$/.exec(hash)?.[1];
  return given === undefined ? null : timeOf(given);
}

/** Seconds of "177", "2:57" or "1:02:57"; null where it is none of them. */
export function timeOf(text: string): number | null {
  const parts = text.trim().split(":");
  if (parts.length > 3 || !parts.every((p, i) => (i === parts.length - 1 ? /^\d+(\.\d+)?$/ : /^\d+$/).test(p))) return null;
  if (parts.slice(1).some((p) => Number(p) >= 60)) return null;
  return parts.reduce((sum, p) => sum * 60 + Number(p), 0);
}

/** What was heard in one go: grows while sound plays on, ends where it jumps. */
export interface Heard {
  from: number;
  to: number;
}

/** Adds that `at` was reached; gives the stretch, and the one before it when this begins a new one. */
export function hear(heard: Heard | null, at: number, most: number): { heard: Heard; over: Heard | null } {
  if (heard && at >= heard.to && at - heard.to <= most) return { heard: { from: heard.from, to: at }, over: null };
  return { heard: { from: at, to: at }, over: heard && heard.to - heard.from >= 0.5 ? heard : null };
}

/** Words of a position for who does not see it: hours, minutes and seconds that are there. */
export function spoken(secs: number): { h: number; m: number; s: number } {
  const whole = Math.max(0, Math.floor(secs));
  return { h: Math.floor(whole / 3600), m: Math.floor((whole % 3600) / 60), s: whole % 60 };
}

export type Deed = "play" | "back" | "on" | "marker-before" | "marker-after" | "slower" | "faster" | "marker" | "start" | "end";

const DEEDS: Partial<Record<string, Deed>> = {
  " ": "play", ArrowLeft: "back", ArrowRight: "on", "Shift ArrowLeft": "marker-before", "Shift ArrowRight": "marker-after", "[": "slower", "]": "faster", m: "marker",
};
/** Only on the slider itself: elsewhere these scroll the page. */
const ON_SLIDER: Partial<Record<string, Deed>> = { Home: "start", End: "end", ArrowUp: "on", ArrowDown: "back" };

interface Press {
  key: string;
  shift: boolean;
  /** Control, Alt or the system's own key is down. */
  held: boolean;
  /** What has the focus. */
  on: "field" | "button" | "slider" | "page";
  /** Single letters act. */
  singles: boolean;
}

/** What a key asks of the player; null where it is meant for something else. */
export function deedOf(press: Press): Deed | null {
  if (press.held || press.on === "field") return null;
  // Space on a button presses that button.
  if (press.key === " " && press.on === "button") return null;
  if (press.on === "slider" && ON_SLIDER[press.key]) return ON_SLIDER[press.key] ?? null;
  if (press.key.length === 1 && press.key !== " " && !press.singles) return null;
  // Which keys give a bracket differs by keyboard; arrows are told apart by the shift key.
  return DEEDS[press.key.startsWith("Arrow") && press.shift ? `Shift ${press.key}` : press.key] ?? null;
}
