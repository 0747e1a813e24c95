// Shapes of recordings: the list, one call's, peaks, markers, who listened, keys, storage, erasures. See `wire`.

import { bool, byName, list, maybe, num, obj, one, str, type Of } from "./door";

const stretches = list(list(num));

const recording = obj({
  id: str, call: maybe(str), call_id: str, started: num, stopped: maybe(num), duration: maybe(num), queue: maybe(str), agent: maybe(str),
  number: maybe(str), direction: maybe(one("in", "out")), leg: one("mix", "in", "out"), kind: one("queue", "phone", "demand", "found"), codec: str,
  size: num, state: one("growing", "closed", "sealed", "plain", "failed", "deleted"), lock: one("open", "locked", "plain", "foreign"),
  held: bool, hold_reason: maybe(str), hold_until: maybe(num), keep_until: maybe(num), note: maybe(str), restricted: bool, markers: num, listened: num,
  muted: stretches, hold: stretches, may: obj({ play: bool, download: bool, mark: bool, delete: bool, hold: bool, listens: bool }),
});
export type Recording = Of<typeof recording>;
export const recordingOne = recording;
export const callRecordings = obj({ rows: list(recording) });
export const recordingPage = obj({ header: obj({ from: num, to: num, zone: str, generated_at: num }), rows: list(recording), next: maybe(str) });
export type RecordingPage = Of<typeof recordingPage>;

export const soundLink = obj({ url: str, expires: num, wave: str });
export const wave = obj({ duration: num, points: num, channels: list(str), silent: stretches, muted: stretches, hold: stretches });
export type Wave = Of<typeof wave>;

const colour = one("red", "green", "blue");
export const marker = obj({ id: str, at: num, length: num, text: str, colour, author: str, created: num, may_change: bool });
export type Marker = Of<typeof marker>;
export const markers = obj({ markers: list(marker) });
export const listens = obj({ listens: list(obj({ account: str, name: str, address: str, at: num, seconds: num })) });

const key = obj({ fingerprint: str, created: num, state: one("open", "locked", "elsewhere"), passphrase: bool, exported: bool, current: bool });
export type SealKey = Of<typeof key>;
export const keys = obj({ keys: list(key), sealing: bool });
export const keyMade = key;
export const keyText = obj({ name: str, text: str });
export const rotation = obj({ rewrapped: num, left: num });
export const storage = obj({
  free: maybe(num), low_space: num, low: bool, bytes: num, states: byName(num), oldest: maybe(num), retention_days: maybe(num), due: num, due_bytes: num, held: num,
  manifest: obj({ day: maybe(str), days: num, sound: bool, detail: maybe(str) }),
});
export type Storage = Of<typeof storage>;
const erased = obj({ recordings: num, markers: num, bytes: num, held: num });
export const erasure = obj({ id: maybe(str), dry_run: bool, count: erased, proofs: list(obj({ recording: str, sha256: str, started: num })) });
export type Erasure = Of<typeof erasure>;
export const erasures = obj({ erasures: list(obj({ id: str, at: num, account: str, reason: str, recordings: num })) });
