import { expect, test } from "vitest";
import { civilDay, dayText, longSpan, moment, span, zoneShift } from "../../src/lib/time";

const plain = (s: string): string => s.replace(/\s/gu, " ");
const FRIDAY = Date.parse("2026-11-20T13:32:05Z") / 1000;
const PARIS = "Europe/Paris";

test("durations are m:ss, from one hour h:mm:ss", () => {
  const cases: [number | null, string][] = [[0, "0:00"], [9, "0:09"], [134, "2:14"], [3599.4, "59:59"], [3600, "1:00:00"], [94_392, "26:13:12"], [null, "–"], [-3, "0:00"]];
  for (const [secs, text] of cases) expect(span(secs)).toBe(text);
});

test("averages are rounded half up to the second", () => {
  expect(span(19.5)).toBe("0:20");
  expect(span(19.49)).toBe("0:19");
});

test("long spans have two units", () => {
  expect(plain(longSpan(41 * 86_400 + 6 * 3600, "en"))).toBe("41 days 6 h");
  expect(plain(longSpan(41 * 86_400 + 6 * 3600, "fr"))).toBe("41 jours 6 h");
  expect(plain(longSpan(86_400, "en"))).toBe("1 day");
  expect(plain(longSpan(3 * 60 + 5, "en"))).toBe("3 min");
  expect(plain(longSpan(40, "en"))).toBe("40 s");
});

test("moments are those of the office, not of the reader", () => {
  expect(moment(FRIDAY, "hm", "en", PARIS)).toBe("14:32");
  expect(moment(FRIDAY, "hms", "fr", PARIS)).toBe("14:32:05");
  expect(plain(moment(FRIDAY, "day", "en", PARIS))).toBe("Fri 20 Nov");
  expect(plain(moment(FRIDAY, "day", "fr", PARIS))).toBe("ven. 20 nov.");
});

test("midnight of the office begins a new day", () => {
  expect(civilDay(Date.parse("2026-11-20T22:59:59Z") / 1000, PARIS)).toBe("2026-11-20");
  expect(civilDay(Date.parse("2026-11-20T23:00:00Z") / 1000, PARIS)).toBe("2026-11-21");
});

test("a civil day is named without a zone", () => {
  expect(plain(dayText("2026-11-20", "date", "en"))).toBe("20 Nov 2026");
});

test("the shift of a zone follows summer time", () => {
  expect(zoneShift(FRIDAY, PARIS)).toBe(3600);
  expect(zoneShift(Date.parse("2026-07-01T00:00:00Z") / 1000, PARIS)).toBe(7200);
});
