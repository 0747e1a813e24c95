// Shapes of the office by the manager interface: the agent's desk, calls of the moment, what became of an action.

import { bool, byName, list, maybe, num, obj, one, optional, str, type Of } from "./door";
import { amiLink } from "./live-wire";

const party = obj({
  id: str, channel: str, device: str, extension: maybe(str), agent: maybe(str), number: str, name: str, ringing: bool, talking: bool,
  holds_since: maybe(num),
});
const call = obj({
  id: str, state: str, since: num, began: num, way: str,
  queue: maybe(str), lot: maybe(str), space: maybe(str), recorded: bool, variables: byName(str), parties: list(party),
});
export type OfficeCall = Of<typeof call>;

export const desk = obj({
  ami: amiLink, agent: maybe(str), device: maybe(str), extension: maybe(str), locked: bool, queues: list(obj({ name: str, label: str })),
  on: list(str), call: maybe(call), pauses: list(str), pause_needs_reason: bool, outcomes: list(str), tags: list(str), features: list(str),
  outcome_needs: byName(list(str)),
  popup: maybe(str), popup_opens: bool, screen: maybe(str),
});
export type Desk = Of<typeof desk>;

export const recalls = obj({
  recalls: list(obj({ number: str, dial: str, name: str, queue: str, since: num, last: num, wait: maybe(num), tries: num })),
});
export type Recall = Of<typeof recalls>["recalls"][number];

export const callMarks = obj({ outcome: maybe(str), tag: maybe(str), features: list(str) });
export type CallMarks = Of<typeof callMarks>;

export const actionDone = obj({ state: one("done", "accepted", "pending"), id: maybe(str), message: optional(str), space: maybe(str) });
export type ActionDone = Of<typeof actionDone>;
