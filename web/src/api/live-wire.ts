// Shapes of the live view: a snapshot, then differences. Apart from `wire`, because the wallboard needs only these.

import { bool, list, maybe, num, obj, one, optional, str, type Of } from "./door";
import { direction } from "./wire";

export const sourceFields = {
  state: one("following", "waiting", "missing", "unreadable"), path: str, last_record: maybe(num), last_read: num, detail: maybe(str),
};
const liveSource = obj(sourceFields);
/** The link to Asterisk: unless it is up, who rings and who is a member is not known, or old. */
export const amiFields = { state: one("off", "down", "resyncing", "up", "stale"), since: num, detail: maybe(str) };
export const amiLink = obj(amiFields);
export type AmiLink = Of<typeof amiLink>;

const queue = obj({
  name: str, label: str, waiting: num, longest_since: maybe(num),
  agents: num, ready: num, ringing: num, talking: num, elsewhere: num, wrapup: num, paused: num, in_use: num,
  unavailable: num, unknown: num, talking_in: num, talking_out: num,
  offered: num, answered: num, lost: num, within_sla: maybe(num), sla_seconds: num, sla_goal: num, avg_wait: maybe(num),
  avg_talk: maybe(num), total_talk: num, max_wait: maybe(num), estimated_wait: maybe(num),
});
export type LiveQueue = Of<typeof queue>;

const call = obj({
  id: str, call_id: str, direction, queue: str, number: str, name: str, entered: num,
  state: one("waiting", "ringing", "talking", "hold"), since: num, wait: maybe(num), agent: maybe(str), position: maybe(num),
  attempts: num, last_tried: maybe(str), dnis: maybe(str), ivr: maybe(str), tag: maybe(str),
});
export type LiveCall = Of<typeof call>;

const agentState = one("talking", "hold", "ringing", "paused", "wrapup", "in_use", "unavailable", "ready");
export type AgentState = Of<typeof agentState>;
/** A member's place in one queue, by the manager interface. */
const seat = obj({
  queue: str, interface: str, dynamic: bool, penalty: num, calls_taken: num, paused_since: maybe(num), pause_code: maybe(str),
});
export type LiveSeat = Of<typeof seat>;
const agent = obj({
  name: str, label: str, state: agentState, since: num, direction: maybe(direction), queues: list(str),
  paused_queues: list(str), pause_code: maybe(str), extension: maybe(str), logged_on: maybe(num), caller: maybe(str),
  caller_name: maybe(str), call_queue: maybe(str), last_call_end: maybe(num), last_queue: maybe(str),
  taken: num, lost_attempts: num, talk: num, pause: num, seats: optional(list(seat)), phone: maybe(str), device: maybe(str),
});
export type LiveAgent = Of<typeof agent>;

export type LiveSource = Of<typeof liveSource>;

export const liveSnapshot = obj({
  seq: num, now: num, since: num, source: liveSource, ami: optional(amiLink), total: queue, queues: list(queue), calls: list(call), agents: list(agent),
});
export type LiveSnapshot = Of<typeof liveSnapshot>;

export const liveChange = obj({
  seq: num, now: num, source: optional(liveSource), ami: optional(amiLink), total: optional(queue), queues: optional(list(queue)),
  queues_gone: optional(list(str)), calls: optional(list(call)), calls_gone: optional(list(str)),
  agents: optional(list(agent)), agents_gone: optional(list(str)),
});
export type LiveChange = Of<typeof liveChange>;

export const liveBeat = obj({ now: num, source: optional(liveSource), ami: optional(amiLink) });
