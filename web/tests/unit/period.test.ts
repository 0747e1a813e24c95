import { expect, test } from "vitest";
import { daysBetween } from "../../src/lib/day";
import { parsePeriod, presetOf, presetPeriod, PRESETS, shift } from "../../src/lib/period";

const TODAY = "2026-11-20"; // a Friday
const of = (from: string, to: string) => ({ from, to });

test("presets are half open and end today", () => {
  expect(presetPeriod("today", TODAY)).toEqual(of("2026-11-20", "2026-11-21"));
  expect(presetPeriod("week", TODAY)).toEqual(of("2026-11-16", "2026-11-21"));
  expect(presetPeriod("lastweek", TODAY)).toEqual(of("2026-11-09", "2026-11-16"));
  expect(presetPeriod("lastmonth", TODAY)).toEqual(of("2026-10-01", "2026-11-01"));
  expect(presetPeriod("13m", TODAY)).toEqual(of("2025-11-01", "2026-11-21"));
  expect(presetPeriod("week", "2026-11-22").from).toBe("2026-11-16"); // Sunday belongs to the week of the Monday before
});

test("every preset is known again by its days", () => {
  for (const p of PRESETS) expect(presetOf(presetPeriod(p, TODAY), TODAY)).toBe(p);
});

test("typed shortcuts are read", () => {
  const cases: [string, { from: string; to: string } | null][] = [
    ["-7d", of("2026-11-14", "2026-11-21")], ["-2w", of("2026-11-07", "2026-11-21")], ["-7j", of("2026-11-14", "2026-11-21")],
    ["-2m", of("2026-10-01", "2026-11-21")], ["2026-10", of("2026-10-01", "2026-11-01")], ["2025", of("2025-01-01", "2026-01-01")],
    ["2026-11", of("2026-11-01", "2026-11-21")], ["16/11-20/11", of("2026-11-16", "2026-11-21")], ["16/11 - 18/11", of("2026-11-16", "2026-11-19")],
    ["2026-02-03 .. 2026-02-05", of("2026-02-03", "2026-02-06")], ["2026-02-03..2026-02-05", of("2026-02-03", "2026-02-06")],
    ["24/12", of("2025-12-24", "2025-12-25")], ["18/11", of("2026-11-18", "2026-11-19")],
    ["2026-02-30", null], ["2027-01", null], ["-0d", null], ["20/11-16/11", null], ["yesterdayish", null], ["", null],
  ];
  for (const [typed, wanted] of cases) expect(parsePeriod(typed, TODAY), typed).toEqual(wanted);
});

test("before and after move by the length, months by months", () => {
  expect(shift(of("2026-11-18", "2026-11-19"), -1, TODAY)).toEqual(of("2026-11-17", "2026-11-18"));
  expect(shift(of("2026-11-09", "2026-11-16"), -1, TODAY)).toEqual(of("2026-11-02", "2026-11-09"));
  expect(shift(of("2026-03-01", "2026-04-01"), -1, TODAY)).toEqual(of("2026-02-01", "2026-03-01"));
  expect(shift(of("2026-01-01", "2026-03-01"), 1, TODAY)).toEqual(of("2026-03-01", "2026-05-01"));
});

test("the running week and month step by whole weeks and months", () => {
  expect(shift(presetPeriod("week", TODAY), -1, TODAY)).toEqual(presetPeriod("lastweek", TODAY));
  expect(shift(presetPeriod("month", TODAY), -1, TODAY)).toEqual(presetPeriod("lastmonth", TODAY));
  expect(shift(presetPeriod("lastweek", TODAY), 1, TODAY)).toEqual(presetPeriod("week", TODAY));
});

test("nothing begins after today", () => {
  for (const p of ["today", "week", "month"] as const) expect(shift(presetPeriod(p, TODAY), 1, TODAY)).toBeNull();
});

test("there and back is the same period, unless today cuts it", () => {
  for (let i = 0; i < 400; i += 1) {
    const length = 1 + (i % 45);
    const from = new Date(Date.UTC(2024, 0, 1 + i * 2)).toISOString().slice(0, 10);
    const to = new Date(Date.parse(`${from}T00:00:00Z`) + length * 86_400_000).toISOString().slice(0, 10);
    if (to > TODAY) continue;
    const back = shift(of(from, to), -1, TODAY);
    expect(back).not.toBeNull();
    if (back) expect(shift(back, 1, TODAY), `${from} ${to}`).toEqual(of(from, to));
  }
});

test("summer time does not change the number of days", () => {
  expect(daysBetween("2026-03-28", "2026-03-30")).toBe(2);
});
