import { beforeAll, expect, test } from "vitest";
import { report } from "../../src/api/wire";
import { shownColumns } from "../../src/lib/columns";
import { besides, compareOf, differenceText } from "../../src/lib/compare";
import { csvText } from "../../src/lib/csv";
import { setFormat } from "../../src/lib/format";
import { seriesOf } from "../../src/lib/series";
// @ts-expect-error plain JavaScript without types
import { compared, report as reportOf } from "../mock/office.mjs";

beforeAll(() => setFormat("fr", "Europe/Paris"));

test("an address compares with the period before, a year ago or two days, and with nothing else", () => {
  const of = (text: string): string | null => compareOf(new URLSearchParams({ compare: text }));
  for (const good of ["previous", "year-ago", "2026-11-01..2026-12-01"]) expect(of(good)).toBe(good);
  for (const bad of ["", "next", "2026-11-01", "..", "2026-11-01..x"]) expect(of(bad)).toBeNull();
});

test("a difference has its sign, shares differ in points, and a text does not differ", () => {
  expect(differenceText(1234, "n").replaceAll(/\s/g, " ")).toBe("+1 234");
  expect(differenceText(-90, "s")).toBe("\u22121:30");
  expect(differenceText(2.13, "%")).toBe("+2,1");
  expect(differenceText(0, "n")).toBe("=");
  for (const none of [null, undefined, "x"]) expect(differenceText(none, "n")).toBe("");
  expect(differenceText(5, "time")).toBe("");
});

test("rows stand beside those of their key; the picture adds up what the bars add up", () => {
  const both = report(compared(reportOf("traffic-hour", "2026-11-20", "2026-11-21", 100)), "");
  const at = besides(both);
  expect(at("09").then?.["TA-15"]).toBeCloseTo(38.7);
  expect(at("09").difference?.["TA-15"]).toBeCloseTo(4.3);
  expect(at("none").then).toBeUndefined();
  expect(seriesOf(both).before?.[9]).toBeCloseTo(38.7 + 2.7);
  expect(seriesOf({ ...both, compare: undefined }).before).toBeNull();
});

test("columns follow the address, then the person, then all; unknown ones choose nothing", () => {
  const all = [{ id: "a" }, { id: "b" }, { id: "c" }];
  const ids = (asked: string | null, chosen: string[]): string => shownColumns(all, asked, chosen).map((c) => c.id).join("");
  expect(ids(null, [])).toBe("abc");
  expect(ids(null, ["c", "a"])).toBe("ac");
  expect(ids("b", ["a"])).toBe("b");
  expect(ids("gone", ["gone too"])).toBe("abc");
});

test("a file made in the page opens without harm and in the daemon's own form", () => {
  expect(csvText([["a", "b,c", 'say "hi"'], ["=1+1", "+33 1-23", "-5"], ["@x", "+cmd", ""]])).toBe('a,"b,c","say ""hi"""\r\n"\'=1+1",+33 1-23,-5\r\n"\'@x","\'+cmd",\r\n');
});
