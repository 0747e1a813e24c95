import { expect, test } from "vitest";
import { bytes, decimal, percent, phone } from "../../src/lib/number";

// Spaces differ in kind (narrow, non-breaking), not in sense.
const plain = (s: string): string => s.replace(/\s/gu, " ");

test("figures are grouped as each language does", () => {
  expect(decimal(1031, "en")).toBe("1,031");
  expect(plain(decimal(1031, "fr"))).toBe("1 031");
});

test("a missing figure is a dash and never 0", () => {
  expect(decimal(null, "en")).toBe("–");
  expect(decimal(Number.NaN, "fr")).toBe("–");
  expect(percent(null, "fr")).toBe("–");
  expect(decimal(0, "en")).toBe("0");
});

test("percentages have one decimal and a space that does not break", () => {
  expect(percent(80.44, "en")).toBe("80.4\u00a0%");
  expect(percent(80.44, "fr")).toBe("80,4\u00a0%");
});

test("bytes go in steps of 1000", () => {
  const cases: [number, string, string][] = [[999, "999 B", "999 o"], [43_210_000, "43.2 MB", "43,2 Mo"], [412_000_000, "412 MB", "412 Mo"]];
  for (const [n, en, fr] of cases) {
    expect(plain(bytes(n, "en"))).toBe(en);
    expect(plain(bytes(n, "fr"))).toBe(fr);
  }
});

test("telephone numbers are grouped as their country does, others stay as stored", () => {
  expect(plain(phone("0261910844"))).toBe("02 61 91 08 44");
  expect(plain(phone("+33261910844"))).toBe("+33 2 61 91 08 44");
  expect(phone("206")).toBe("206");
  expect(phone("0639984**")).toBe("0639984**");
});
