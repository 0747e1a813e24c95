import { expect, test } from "vitest";
import type { LiveChange, LiveSnapshot } from "../../src/api/live-wire";
import { liveChange, liveSnapshot } from "../../src/api/live-wire";
import { readyLevel, shareLevel, waitLevel, worst } from "../../src/lib/level";
import { agentOrder, applied, callOrder, fromSnapshot, mix } from "../../src/lib/live-model";
import { deal, dealt } from "../../src/lib/wall-pages";
// @ts-expect-error plain script without types
import { snapshot } from "../mock/office.mjs";

const NOW = 1_795_180_000;
const made = (seq = 10): LiveSnapshot => liveSnapshot(JSON.parse(JSON.stringify(snapshot(seq, NOW, NOW, []))), "");

test("a snapshot passes the door and keeps its rows", () => {
  const live = fromSnapshot(made());
  expect(live.queues.size).toBe(4);
  expect(live.calls.size).toBe(10);
  expect(live.agents.get("Karl Bauer")?.state).toBe("talking");
});

test("a difference puts and takes rows; the rest is the same object", () => {
  const before = fromSnapshot(made());
  const one = made().calls[0];
  if (!one) throw new Error("no call");
  const change: LiveChange = liveChange({ seq: 11, now: NOW + 1, calls: [{ ...one, state: "talking", since: NOW + 1 }], calls_gone: ["c1"] }, "");
  const after = applied(before, change);
  expect(after.calls.get("c0")?.state).toBe("talking");
  expect(after.calls.has("c1")).toBe(false);
  expect(after.queues).toBe(before.queues);
  expect(before.calls.has("c1")).toBe(true);
});

test("an older difference changes nothing", () => {
  const live = fromSnapshot(made(10));
  expect(applied(live, liveChange({ seq: 10, now: NOW, agents_gone: ["Karl Bauer"] }, ""))).toBe(live);
});

test("waiting callers come first, each group by entry", () => {
  const order = made().calls.sort(callOrder);
  expect(order.slice(0, 5).every((c) => c.state === "waiting" || c.state === "ringing")).toBe(true);
  const entered = order.slice(0, 5).map((c) => c.entered);
  expect(entered).toEqual([...entered].sort((a, b) => a - b));
});

test("every agent is in exactly one class of the bar", () => {
  const agents = made().agents.sort(agentOrder);
  expect(mix(agents).reduce((s, [, n]) => s + n, 0)).toBe(agents.length);
});

test("levels follow what the queue promises", () => {
  const q = { sla_seconds: 20, sla_goal: 80 };
  expect([39, 40, 119, 120].map((s) => waitLevel(s, q))).toEqual(["", "w", "w", "a"]);
  expect(waitLevel(null, q)).toBe("");
  expect([80, 79.9, 70, 69.9].map((p) => shareLevel(p, 80))).toEqual(["", "w", "w", "a"]);
  expect(shareLevel(null, 80)).toBe("");
  expect(readyLevel({ ready: 0, waiting: 1 })).toBe("w");
  expect(readyLevel({ ready: 0, waiting: 0 })).toBe("");
  expect(worst("", "w", "a")).toBe("a");
});

test("the wallboard deals every row onto some page and leaves none out", () => {
  for (const [queues, agents] of [[4, 12], [30, 5], [3, 80], [0, 0], [14, 14]] as const) {
    const plan = deal(69, queues, agents, true);
    const rows = Array.from({ length: queues }, (_, i) => i);
    const seen = new Set(Array.from({ length: plan.pages }, (_, p) => dealt(rows, plan.queues, p)).flat());
    expect(seen.size).toBe(queues);
    expect(dealt(rows, plan.queues, 0).length).toBeLessThanOrEqual(plan.queues);
  }
  expect(deal(69, 4, 12, true)).toMatchObject({ pages: 1, chart: true });
  expect(deal(69, 12, 12, true).chart).toBe(false);
});
