// The live view as a value: what a snapshot says, changed by differences. Pure; the stream is `live`'s business.

import type { AmiLink, LiveAgent, LiveCall, LiveChange, LiveQueue, LiveSnapshot, LiveSource } from "../api/live-wire";

export interface Live {
  seq: number;
  /** The daemon's second of the last word. */
  now: number;
  /** Start of the counters of the day. */
  since: number;
  source: LiveSource;
  /** The link to Asterisk; null where the daemon has none. */
  ami: AmiLink | null;
  total: LiveQueue;
  queues: ReadonlyMap<string, LiveQueue>;
  calls: ReadonlyMap<string, LiveCall>;
  agents: ReadonlyMap<string, LiveAgent>;
}

export function fromSnapshot(s: LiveSnapshot): Live {
  return {
    ...s,
    ami: s.ami ?? null,
    queues: new Map(s.queues.map((q) => [q.name, q])),
    calls: new Map(s.calls.map((c) => [c.id, c])),
    agents: new Map(s.agents.map((a) => [a.name, a])),
  };
}

/** The view after a difference. One that is older than the view changes nothing. */
export function applied(live: Live, change: LiveChange): Live {
  if (change.seq <= live.seq) return live;
  return {
    seq: change.seq,
    now: change.now,
    since: live.since,
    source: change.source ?? live.source,
    ami: change.ami ?? live.ami,
    total: change.total ?? live.total,
    queues: merged(live.queues, change.queues, change.queues_gone, (q) => q.name),
    calls: merged(live.calls, change.calls, change.calls_gone, (c) => c.id),
    agents: merged(live.agents, change.agents, change.agents_gone, (a) => a.name),
  };
}

function merged<T>(old: ReadonlyMap<string, T>, put: T[] | undefined, gone: string[] | undefined, keyOf: (row: T) => string): ReadonlyMap<string, T> {
  if (!put?.length && !gone?.length) return old;
  const next = new Map(old);
  for (const key of gone ?? []) next.delete(key);
  for (const row of put ?? []) next.set(keyOf(row), row);
  return next;
}

/** Waiting callers first, then those ringing, then the rest; each group by entry. */
export function callOrder(a: LiveCall, b: LiveCall): number {
  const rank = (c: LiveCall): number => (c.state === "waiting" || c.state === "ringing" ? 0 : 1);
  return rank(a) - rank(b) || a.entered - b.entered || (a.id < b.id ? -1 : 1);
}

const STATES: readonly LiveAgent["state"][] = ["hold", "talking", "ringing", "wrapup", "ready", "in_use", "paused", "unavailable"];

/** Busy ones first, then who is free, then who is away; longest in the state first. */
export function agentOrder(a: LiveAgent, b: LiveAgent): number {
  return STATES.indexOf(a.state) - STATES.indexOf(b.state) || a.since - b.since || (a.label < b.label ? -1 : 1);
}

/** How many agents are in each state, in the order the bar shows them. */
export function mix(agents: Iterable<LiveAgent>): [LiveAgent["state"], number][] {
  const order: readonly LiveAgent["state"][] = ["ready", "ringing", "talking", "hold", "wrapup", "paused", "in_use", "unavailable"];
  const counts = new Map<LiveAgent["state"], number>();
  for (const a of agents) counts.set(a.state, (counts.get(a.state) ?? 0) + 1);
  return order.flatMap((state) => (counts.has(state) ? [[state, counts.get(state) ?? 0] as [LiveAgent["state"], number]] : []));
}
