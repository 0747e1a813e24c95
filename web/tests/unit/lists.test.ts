import { expect, test } from "vitest";
import { marked, score } from "../../src/lib/find";
import { place, STAY, type Held } from "../../src/lib/order";
import { sorted } from "../../src/lib/sort";

test("missing figures are last in both directions", () => {
  const rows = [3, null, 1, 2];
  expect(sorted(rows, (r) => r, "ascending", "en")).toEqual([1, 2, 3, null]);
  expect(sorted(rows, (r) => r, "descending", "en")).toEqual([3, 2, 1, null]);
});

test("names are in the order of the language and figures in names count", () => {
  expect(sorted(["Zoé", "Élise", "Agent 10", "Agent 9"], (r) => r, "ascending", "fr")).toEqual(["Agent 9", "Agent 10", "Élise", "Zoé"]);
});

test("rows that are equal keep their order", () => {
  const rows = [{ n: 1, k: "a" }, { n: 1, k: "b" }, { n: 0, k: "c" }];
  expect(sorted(rows, (r) => r.n, "descending", "en").map((r) => r.k)).toEqual(["a", "b", "c"]);
});

test("search takes accents off and words in any order", () => {
  expect(score("Léa Martin", "lea")).toBeGreaterThan(0);
  expect(score("Léa Martin", "martin le")).toBeGreaterThan(0);
  expect(score("Léa Martin", "lea x")).toBe(0);
  expect(score("Sales", "sa")).toBeGreaterThan(score("After-sales", "sa"));
  expect(score("a.b", ".")).toBeGreaterThan(0);
});

test("what answers the search is marked", () => {
  expect(marked("Léa Martin", "lea")).toEqual([{ text: "Léa", hit: true }, { text: " Martin", hit: false }]);
  expect(marked("Léa", "")).toEqual([{ text: "Léa", hit: false }]);
});

const keys = (h: Held<string>): string => h.placed.map((p) => p.key + (p.gone ? "†" : "")).join("");
const none: Held<string> = { placed: [], missed: new Map() };

test("with the hand away rows are as given", () => {
  const first = place(none, ["a", "b"], (r) => r, false, 0);
  expect(keys(place(first, ["c", "b"], (r) => r, false, 1))).toBe("cb");
});

test("under the hand rows keep their places, new ones come last, ended ones stay greyed for a while", () => {
  let h = place(none, ["a", "b", "c"], (r) => r, false, 0);
  h = place(h, ["n", "c", "a"], (r) => r, true, 1);
  expect(keys(h)).toBe("ab†cn");
  h = place(h, ["n", "c", "a"], (r) => r, true, STAY);
  expect(keys(h)).toBe("ab†cn");
  h = place(h, ["n", "c", "a"], (r) => r, true, 1 + STAY);
  expect(keys(h)).toBe("acn");
  expect(keys(place(h, ["n", "c", "a"], (r) => r, false, 30))).toBe("nca");
});

test("a row that comes back under the hand is no longer ended", () => {
  let h = place(none, ["a", "b"], (r) => r, false, 0);
  h = place(h, ["a"], (r) => r, true, 1);
  h = place(h, ["b", "a"], (r) => r, true, 2);
  expect(keys(h)).toBe("ab");
});
