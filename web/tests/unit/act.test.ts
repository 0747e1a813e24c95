import { afterEach, expect, test, vi } from "vitest";
import { liveSnapshot } from "../../src/api/live-wire";
import { desk } from "../../src/api/wire-office";
import { carryOut } from "../../src/lib/act";
import { applied, fromSnapshot } from "../../src/lib/live-model";
import { fillAddress } from "../../src/lib/popup";
// @ts-expect-error plain JavaScript without types
import * as office from "../mock/office.mjs";

afterEach(() => vi.unstubAllGlobals());

/** The daemon's answers in turn; gives what was asked. */
function daemon(...answers: [number, unknown][]): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", (url: string, how: { method: string }) => {
    asked.push(`${how.method} ${url}`);
    const [status, body] = answers[Math.min(asked.length, answers.length) - 1] ?? [500, null];
    return Promise.resolve(new Response(JSON.stringify(body), { status }));
  });
  return asked;
}

const told = (state: string, more: object = {}): [number, unknown] => [200, { state, id: state === "done" ? null : "a 1", message: "", space: null, ...more }];

test("an act that is done at once is asked for no more", async () => {
  const asked = daemon(told("done", { space: "701" }));
  expect(await carryOut("park", {})).toEqual({ at: "ok", data: { state: "done", id: null, message: "", space: "701" } });
  expect(asked).toEqual(["POST /api/v1/actions/park"]);
});

test("an accepted act is asked for until it ended, well or refused", async () => {
  const asked = daemon(told("accepted"), told("pending"), told("done"));
  expect(await carryOut("call", { number: "0261" })).toMatchObject({ at: "ok", data: { state: "done" } });
  expect(asked).toEqual(["POST /api/v1/actions/call", "GET /api/v1/actions/a%201", "GET /api/v1/actions/a%201"]);
  daemon(told("accepted"), [409, { error: { kind: "conflict", code: "action.refused", message: "no answer", values: { answer: "no answer" } } }]);
  expect(await carryOut("call", {})).toMatchObject({ at: "failed", fault: { kind: "conflict", message: "No answer." } });
});

test("an act nobody tells the end of is given up, and said to be unknown", async () => {
  const asked = daemon(told("accepted"), told("pending"));
  expect(await carryOut("call", {})).toMatchObject({ at: "ok", data: { state: "pending" } });
  expect(asked.length).toBe(13);
});

test("what is filled into an address of the office can not leave it", () => {
  expect(fillAddress("https://crm.example/?n=${caller}&id=${callid}", { caller: "06 12&x=1", callid: "1.2" })).toBe("https://crm.example/?n=06%2012%26x%3D1&id=1.2");
  expect(fillAddress("${caller}", { caller: "javascript:alert(1)" })).toBeNull();
  expect(fillAddress("javascript:alert('${caller}')", { caller: "1" })).toBeNull();
  expect(fillAddress("https://crm.example/${unknown}", {})).toBe("https://crm.example/");
});

test("the desk and the seats of the stand-in pass the door; a box without a link has neither", () => {
  expect(desk(office.desk("Karl Bauer", 1e9, false), "").on).toEqual(["after-sales"]);
  const snapshot = liveSnapshot(office.snapshot(1, 1e9, 1e9, []), "");
  expect(snapshot.agents[0]?.seats?.[0]?.queue).toBe("sales");
  const { ami, ...without } = office.snapshot(1, 1e9, 1e9, []) as { ami: unknown };
  expect(ami).toBeTruthy();
  expect(fromSnapshot(liveSnapshot(without, "")).ami).toBeNull();
});

test("a link that is lost is told by a difference, and stays lost until told otherwise", () => {
  const live = fromSnapshot(liveSnapshot(office.snapshot(1, 1e9, 1e9, []), ""));
  const lost = applied(live, { seq: 2, now: 1e9, ami: { state: "down", since: 1e9, detail: null } } as never);
  expect(lost.ami?.state).toBe("down");
  expect(applied(lost, { seq: 3, now: 1e9 } as never).ami?.state).toBe("down");
});
