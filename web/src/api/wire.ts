// What the daemon sends, shape by shape. Times are seconds of UTC, durations seconds, null is "unknown".
// The types of the app are read off these shapes, so a check and a type can not drift apart. Here is what the
// wallboard needs too; the rest is in `wire-calls` and `wire-system`.

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
const header = obj({
  from: num, to: num, zone: str, generated_at: num, processed: num, short: num, ratio: maybe(num), answered: num,
  lost: num, covered_from: maybe(num), notes: list(str),
});
const rows = list(byName(figure));
/** The answer of another period under the same keys; the differences are what this one has more. */
const comparison = obj({ header, rows, differences: rows });
export const report = obj({ block: str, label: str, header, columns: list(column), rows, compare: optional(comparison) });
export type Report = Of<typeof report>;
export type ReportRow = Report["rows"][number];


// ---- a wallboard without a log-in ----
export const screen = obj({ name: str, language: lang, office: str, zone: str, demo: bool, now: num });
export type Screen = Of<typeof screen>;
