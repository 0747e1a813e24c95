import { expect, test } from "vitest";
import { afterSilence, axisOf, barPath, barsOf, deedOf, hear, markerFrom, peaksOf, secondOf, SPEEDS, speedStep, spoken, timeOf } from "../../src/lib/player";

const text = (bytes: number[]): string => btoa(String.fromCharCode(...bytes.map((b) => b & 255)));

test("stored peaks are signed, and text that is none gives no picture", () => {
  expect([...peaksOf(text([-128, 127, -1, 0]))]).toEqual([-128, 127, -1, 0]);
  expect(peaksOf("not base 64!")).toHaveLength(0);
});

test("a bar is as high as its loudest point, whatever the number of bars", () => {
  const peaks = Int8Array.from([-10, 5, 0, 127, -64, 3, 0, 0]);
  expect(barsOf(peaks, 2)).toEqual([1, 64 / 127]);
  expect(barsOf(peaks, 4).map((b) => Math.round(b * 127))).toEqual([10, 127, 64, 0]);
  expect(barsOf(peaks, 8)).toHaveLength(8);
  expect(barsOf(peaks, 8).every((b) => b >= 0 && b <= 1)).toBe(true);
  expect(barsOf(new Int8Array(), 5)).toEqual([]);
});

test("bars rise above the line for one leg and hang below it for the other", () => {
  expect(barPath([1], 10, 64, 50)).toBe("M0.0 64h6.4v-50.0h-6.4z");
  expect(barPath([1], 10, 67, -50)).toBe("M0.0 67h6.4v50.0h-6.4z");
  // Silence is drawn too, as a thin stroke.
  expect(barPath([0], 10, 64, 50)).toContain("v-1.2");
});

test("the axis has round times that do not touch, of seconds as of hours", () => {
  for (const duration of [3, 45, 571, 3600, 7 * 3600, 90_000]) {
    const times = axisOf(duration, 1080);
    expect(times.length, String(duration)).toBeGreaterThan(1);
    expect(times.length).toBeLessThan(16);
    expect(times[0]).toBe(0);
    expect(times.every((t) => t <= duration)).toBe(true);
  }
  expect(axisOf(571, 1080)).toEqual([0, 60, 120, 180, 240, 300, 360, 420, 480, 540]);
  expect(axisOf(0, 1080)).toEqual([]);
});

test("only a long silence is skipped, and neither its beginning nor its end is cut", () => {
  const silent = [[2, 3], [10, 20]];
  expect(afterSilence(silent, 2.5)).toBeNull();
  expect(afterSilence(silent, 10.1)).toBeNull();
  expect(afterSilence(silent, 10.5)).toBe(19.75);
  expect(afterSilence(silent, 19.75)).toBeNull();
  expect(afterSilence(silent, 25)).toBeNull();
  expect(afterSilence([], 1)).toBeNull();
});

test("the marker just reached is not the one before, so that one gets past it backward", () => {
  const times = [67, 5, 417];
  expect(markerFrom(times, 67, 1)).toBe(417);
  expect(markerFrom(times, 67.4, -1)).toBe(5);
  expect(markerFrom(times, 70, -1)).toBe(67);
  expect(markerFrom(times, 417, 1)).toBeNull();
  expect(markerFrom(times, 3, -1)).toBeNull();
});

test("an address points to a second in both ways of writing it, and to none otherwise", () => {
  expect(secondOf("#t=177")).toBe(177);
  expect(secondOf("#t=177.25")).toBe(177.25);
  expect(secondOf("#t=2:57")).toBe(177);
  expect(secondOf("#t=1:02:57")).toBe(3777);
  for (const hash of ["", "#", "#t=", "#t=-3", "#t=1e9", "#t=2:75", "#x=3", "#t=1:2:3:4", "#t=5;alert"]) expect(secondOf(hash), hash).toBeNull();
});

test("a typed time is minutes and seconds, or seconds alone", () => {
  expect(timeOf(" 2:57 ")).toBe(177);
  expect(timeOf("90")).toBe(90);
  expect(timeOf("0:00")).toBe(0);
  for (const bad of ["", "2:", ":5", "2:60", "1:60:00", "-1", "two", "1:2:3:4"]) expect(timeOf(bad), bad).toBeNull();
});

test("speeds stop at half and at three times", () => {
  expect(speedStep(1, 1)).toBe(1.25);
  expect(speedStep(1, -1)).toBe(0.75);
  expect(speedStep(3, 1)).toBe(3);
  expect(speedStep(0.5, -1)).toBe(0.5);
  expect([SPEEDS[0], SPEEDS.at(-1)]).toEqual([0.5, 3]);
});

test("what was heard is one stretch while sound plays on, and two across a jump", () => {
  let { heard, over } = hear(null, 10, 1);
  for (const at of [10.1, 10.2, 11]) ({ heard, over } = hear(heard, at, 1));
  expect(heard).toEqual({ from: 10, to: 11 });
  expect(over).toBeNull();
  ({ heard, over } = hear(heard, 40, 1));
  expect(heard).toEqual({ from: 40, to: 40 });
  expect(over).toEqual({ from: 10, to: 11 });
  // A jump back ends a stretch too, and a glimpse is none.
  ({ heard, over } = hear(heard, 5, 1));
  expect(over).toBeNull();
  expect(heard.from).toBe(5);
});

test("positions are told in hours, minutes and seconds", () => {
  expect(spoken(3725.9)).toEqual({ h: 1, m: 2, s: 5 });
  expect(spoken(-1)).toEqual({ h: 0, m: 0, s: 0 });
});

test("keys act for the player unless something else has them", () => {
  const press = { key: " ", shift: false, held: false, on: "page" as const, singles: true };
  expect(deedOf(press)).toBe("play");
  expect(deedOf({ ...press, on: "button" })).toBeNull();
  expect(deedOf({ ...press, on: "field" })).toBeNull();
  expect(deedOf({ ...press, on: "slider" })).toBe("play");
  expect(deedOf({ ...press, key: "ArrowLeft" })).toBe("back");
  expect(deedOf({ ...press, key: "ArrowRight", shift: true })).toBe("marker-after");
  expect(deedOf({ ...press, key: "ArrowLeft", held: true })).toBeNull();
  expect(deedOf({ ...press, key: "Home" })).toBeNull();
  expect(deedOf({ ...press, key: "Home", on: "slider" })).toBe("start");
  expect(deedOf({ ...press, key: "]", shift: true })).toBe("faster");
  expect(deedOf({ ...press, key: "m" })).toBe("marker");
  // Single letters can be turned off; Space and arrows are no letters.
  expect(deedOf({ ...press, key: "m", singles: false })).toBeNull();
  expect(deedOf({ ...press, key: "[", singles: false })).toBeNull();
  expect(deedOf({ ...press, singles: false })).toBe("play");
});
