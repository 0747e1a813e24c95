// What the daemon sends, shape by shape. Times are seconds of UTC, durations seconds, null is "unknown".
// The types of the app are read off these shapes, so a check and a type can not drift apart.

import { bool, byName, figure, list, maybe, num, obj, one, optional, str, type Of } from "./door";

export const lang = one("en", "fr");
export type Lang = Of<typeof lang>;
export const role = one("administrator", "supervisor", "agent", "user");
export type Role = Of<typeof role>;
export const direction = one("in", "out");

export const hello = obj({ claimed: bool, version: str, office: str, zone: str, language: lang, demo: bool, now: num });
export type Hello = Of<typeof hello>;

export const me = obj({
  account: str, name: str, role, language: lang, theme: one("auto", "light", "dark"),
  density: one("compact", "normal", "comfortable"), single_keys: bool, agent: maybe(str), queues: maybe(list(str)),
  rights: list(str), csrf: str, session_expires: num, office: str, zone: str, demo: bool,
});
export type Me = Of<typeof me>;

export const sessions = obj({
  sessions: list(obj({ id: str, created: num, last_seen: num, address: str, agent: str, current: bool })),
});
export type Session = Of<typeof sessions>["sessions"][number];

const named = list(obj({ name: str, label: str }));
export const queues = obj({ queues: named });
export const agents = obj({ agents: named });
export type Named = Of<typeof named>[number];

// ---- reports ----
const block = obj({ id: str, label: str, description: str, scope: str });
export type Block = Of<typeof block>;
export const reportIndex = obj({ groups: list(obj({ id: str, label: str, blocks: list(block) })) });
export type ReportIndex = Of<typeof reportIndex>;
const column = obj({ id: str, label: str, unit: str, description: str });
export type Column = Of<typeof column>;
export const report = obj({
  block: str, label: str,
  header: obj({
    from: num, to: num, zone: str, generated_at: num, processed: num, short: num, ratio: maybe(num), answered: num,
    lost: num, covered_from: maybe(num), notes: list(str),
  }),
  columns: list(column), rows: list(byName(figure)),
});
export type Report = Of<typeof report>;
export type ReportRow = Report["rows"][number];

// ---- calls ----
const callFields = {
  id: str, call_id: str, enter: num, end: num, queue: str, direction, answered: bool, cause: str, number: str, name: str,
  agent: maybe(str), wait: maybe(num), talk: maybe(num), hold: num, ring: maybe(num), position: maybe(num), attempts: num,
  outcome: maybe(str), tag: maybe(str), features: list(str), transfer_to: maybe(str), detail: maybe(str), dnis: maybe(str),
  ivr: maybe(str), stints: num, quality: list(str), open: bool,
};
const callRow = obj(callFields);
export type CallRow = Of<typeof callRow>;
export const callPage = obj({
  header: obj({ from: num, to: num, zone: str, generated_at: num }), rows: list(callRow), next: maybe(str),
  total: maybe(num), summary: maybe(obj({ offered: num, answered: num, lost: num })),
});
export type CallPage = Of<typeof callPage>;
const segment = obj({ kind: one("ivr", "waiting", "talking", "hold"), from: num, to: num, agent: maybe(str) });
export type Segment = Of<typeof segment>;
const moment = obj({ at: num, kind: str, agent: maybe(str), text: str, more: str, secs: maybe(num) });
export type Moment = Of<typeof moment>;
export const callDetail = obj({
  ...callFields, alias: maybe(str), member_id: maybe(str), url: maybe(str), ivr_secs: maybe(num), exit_position: maybe(num),
  segments: list(segment), timeline: list(moment),
  others: list(obj({ id: str, queue: str, enter: num, wait: maybe(num), talk: maybe(num), answered: bool, cause: str, current: bool })),
});
export type CallDetail = Of<typeof callDetail>;
export const closed = obj({ closed: bool });

// ---- system ----
const sourceFields = {
  state: one("following", "waiting", "missing", "unreadable"), path: str, last_record: maybe(num), last_read: num, detail: maybe(str),
};
export const liveSource = obj(sourceFields);
export const health = obj({
  now: num, started: num, version: str,
  log: obj({ ...sourceFields, offset: maybe(num), size: maybe(num), inode: maybe(num), file_age: maybe(num) }),
  counts: obj({ lines: num, records: num, unknown: num, malformed: num, duplicates: num, too_old: num, ignored: byName(num) }),
  unknown: list(obj({ at: num, verb: str, line: str })),
  malformed: list(obj({ at: num, position: num, reason: str, line: str })),
  unknown_verbs: byName(num),
  database: obj({
    path: str, bytes: num, wal_bytes: num, stints: num, oldest: maybe(num), newest: maybe(num), last_commit: maybe(num),
    last_backup: maybe(num), written_today: num, detail_days: num, damaged: maybe(str),
  }),
  memory: obj({ rss: num }), open: obj({ calls: num, sessions: num, pauses: num }), live_streams: num,
});
export type Health = Of<typeof health>;
const backup = obj({ name: str, at: num, bytes: num });
export const backups = obj({ backups: list(backup) });
export const backupMade = obj({ name: str, at: num, bytes: optional(num) });
export type Backup = Of<typeof backup>;
export const audit = obj({
  rows: list(obj({ id: num, at: num, account: str, address: str, action: str, object: str, old: maybe(str), new: maybe(str) })),
  next: maybe(str),
});
export type Audit = Of<typeof audit>;
export const account = obj({
  account: str, name: str, role, language: lang, agent: maybe(str), queues: maybe(list(str)), disabled: bool, last_login: maybe(num),
});
export type Account = Of<typeof account>;
export const accounts = obj({ accounts: list(account) });
