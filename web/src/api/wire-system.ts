// Shapes of the box and its people: health, backups, audit, accounts, log-ins, kiosks, what somebody keeps. See `wire`.

import { bool, byName, list, maybe, num, obj, one, optional, str, type Of } from "./door";
import { lang, role } from "./wire";
import { amiFields, sourceFields } from "./live-wire";

export const sessions = obj({
  sessions: list(obj({ id: str, created: num, last_seen: num, address: str, agent: str, current: bool })),
});
export type Session = Of<typeof sessions>["sessions"][number];

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
  ami: optional(maybe(obj({
    ...amiFields, version: str, system: str, events: num, events_per_second: num, dropped: num, refused: list(str),
  }))),
  tracker: optional(maybe(obj({
    state: one("off", "listening", "writing", "aside"), other: maybe(str), sink: str, open: num, channels: num, records: byName(num),
    recovered: num, duplicates: num, lost: num, waiting: num, events: num, unknown: num, quiet: num, bytes: num, lag_ms: num,
    connections: num, restarts: num,
  }))),
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

// ---- what somebody keeps ----
const view = obj({ name: str, address: str });
export const savedView = view;
export const savedViews = obj({ views: list(view) });
export type SavedView = Of<typeof view>;
export const chosenColumns = obj({ columns: byName(list(str)) });

// ---- wallboards without a log-in ----
const kiosk = obj({ id: num, name: str, account: str, queues: maybe(list(str)), created: num, last_used: maybe(num) });
export type Kiosk = Of<typeof kiosk>;
export const kiosks = obj({ kiosks: list(kiosk) });
export const kioskMade = obj({ kiosk, address: str });
