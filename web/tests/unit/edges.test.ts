import { expect, test } from "vitest";
import { BadShape, byName, list, maybe, num, obj, one, str } from "../../src/api/door";
import { me, report } from "../../src/api/wire";
import { callPage, type CallRow } from "../../src/api/wire-calls";
import { filterChanges, filtersOf } from "../../src/lib/filters";
import { ringBack } from "../../src/lib/ringback";
import { fits, safeTarget } from "../../src/lib/route-paths";
import { ceiling, seriesOf, trimmed } from "../../src/lib/series";
// @ts-expect-error plain script without types
import { call, report as reportOf } from "../mock/office.mjs";
// @ts-expect-error plain script without types
import { person } from "../mock/people.mjs";

test("the door says where data differs", () => {
  const shape = obj({ rows: list(obj({ id: num, kind: one("a", "b") })) });
  expect(shape({ rows: [{ id: 1, kind: "a", more: true }] }, "")).toEqual({ rows: [{ id: 1, kind: "a" }] });
  expect(() => shape({ rows: [{ id: 1, kind: "c" }] }, "")).toThrow("rows[0].kind: a or b expected");
  expect(() => shape({ rows: {} }, "")).toThrow(BadShape);
  expect(() => shape(null, "")).toThrow("answer: object expected");
});

test("a field left out is null, a wrong one is refused", () => {
  const shape = obj({ agent: maybe(str) });
  expect(shape({}, "")).toEqual({ agent: null });
  expect(() => shape({ agent: 7 }, "")).toThrow("agent: text expected");
  expect(byName(num)({ a: 1 }, "")).toEqual({ a: 1 });
});

test("answers of the stand-in have the shapes of the app", () => {
  expect(me(person({}, 100), "").rights).toContain("live.view");
  expect(report(reportOf("traffic-hour", "2026-11-20", "2026-11-21", 100), "").rows).toHaveLength(24);
  const page = { header: { from: 0, to: 1, zone: "UTC", generated_at: 1 }, rows: [call(0, 1e9)], next: null, total: null, summary: null };
  expect(callPage(page, "").rows[0]?.open).toBe(true);
});

test("paths fit their patterns", () => {
  expect(fits("/calls/open-1%2F2", "/calls/:id")).toEqual({ id: "open-1/2" });
  expect(fits("/calls", "/calls/:id")).toBeNull();
  expect(fits("/calls/%zz", "/calls/:id")).toBeNull();
  expect(fits("/", "/")).toEqual({});
});

test("log-in leads only into the portal", () => {
  expect(safeTarget("/calls?p=week")).toBe("/calls?p=week");
  for (const bad of ["//evil.example", "/\\evil.example", "https://evil.example", "/login?to=/", "", null]) expect(safeTarget(bad)).toBe("/");
});

test("filters go to the address and back", () => {
  const query = new URLSearchParams("queue=a&queue=b&direction=in&direction=out&cause=&p=week");
  const filters = filtersOf(query, ["queue", "direction", "cause"]);
  expect(filters).toEqual({ queue: ["a", "b"], direction: ["out"] });
  expect(filterChanges(filters, ["queue", "direction", "cause"])).toEqual({ marker: null, page: null, queue: ["a", "b"], direction: ["out"], cause: null });
});

const lost = (number: string, enter: number, extra: Partial<CallRow> = {}): CallRow => ({ ...(call(1, 1e6) as CallRow), number, enter, direction: "in", answered: false, ...extra });

test("who was lost and not reached since is to be rung back, oldest first", () => {
  const list = ringBack([lost("0261", 300), lost("0262", 100), lost("0261", 200), lost("", 50), lost("0263", 400, { direction: "out" }), lost("0264", 100)], [lost("0264", 150, { answered: true }), lost("0262", 90, { answered: true })]);
  expect(list.map((r) => [r.number, r.tries, r.last.enter])).toEqual([["0262", 1, 100], ["0261", 2, 300]]);
});

test("a caller lost again after having been reached is to be rung back", () => {
  expect(ringBack([lost("0261", 100), lost("0261", 300)], [lost("0261", 200, { answered: true })])).toMatchObject([{ number: "0261", tries: 1, since: 300 }]);
});

test("a report over hours becomes answered, lost and share; empty ends are cut", () => {
  const series = trimmed(seriesOf(report(reportOf("traffic-hour", "2026-11-20", "2026-11-21", 100), "")));
  expect(series.keys[0]).toBe("08");
  expect(series.keys.at(-1)).toBe("14");
  expect(series.answered?.values[0]).toBe(19);
  expect(series.lost?.values.reduce<number>((s, v) => s + (v ?? 0), 0)).toBe(18);
  expect(series.share?.values).toHaveLength(7);
});

test("the scale of bars is round and not under the highest", () => {
  for (const [most, wanted] of [[1, 1], [4, 4], [7, 8], [28, 30], [50, 50], [51, 60], [1031, 1500]] as const) expect(ceiling(most).most, String(most)).toBe(wanted);
});
