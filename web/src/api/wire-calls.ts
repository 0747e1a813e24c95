// Shapes of calls: the list, one call, closing one. See `wire`.

import { bool, list, maybe, num, obj, one, str, type Of } from "./door";
import { direction } from "./wire";

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
