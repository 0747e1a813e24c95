// Order of table rows. Pure. Missing figures go last either way; texts follow the language's own order.

export type Direction = "ascending" | "descending";
export type Value = number | string | null;

/** Rows ordered by one value of each; equal ones keep their order. */
export function sorted<T>(rows: readonly T[], value: (row: T) => Value, direction: Direction, locale: string): T[] {
  const words = new Intl.Collator(locale, { numeric: true, sensitivity: "base" });
  const sign = direction === "ascending" ? 1 : -1;
  return [...rows].sort((a, b) => {
    const x = value(a);
    const y = value(b);
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
    if (typeof x === "number" && typeof y === "number") return sign * (x - y);
    return sign * words.compare(String(x), String(y));
  });
}
