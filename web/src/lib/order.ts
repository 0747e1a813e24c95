// Order of live rows that does not jump under the reader's hand. Pure. While the hand is in the table, known rows
// keep their places, new ones come at the end, and a row that ended stays (marked) until the hand leaves.

export interface Placed<T> {
  row: T;
  key: string;
  /** Ended while the hand was in the table. */
  gone: boolean;
}

/** How long an ended row may stay, in seconds. */
export const STAY = 10;

export interface Held<T> {
  placed: Placed<T>[];
  /** When each ended row was first missed. */
  missed: Map<string, number>;
}

export function place<T>(before: Held<T>, now: readonly T[], keyOf: (row: T) => string, hand: boolean, at: number): Held<T> {
  const fresh = new Map(now.map((row) => [keyOf(row), row]));
  if (!hand) return { placed: [...fresh].map(([key, row]) => ({ key, row, gone: false })), missed: new Map() };
  const missed = new Map<string, number>();
  const placed: Placed<T>[] = [];
  for (const old of before.placed) {
    const row = fresh.get(old.key);
    if (row !== undefined) {
      placed.push({ key: old.key, row, gone: false });
      fresh.delete(old.key);
      continue;
    }
    const since = before.missed.get(old.key) ?? at;
    if (at - since >= STAY) continue;
    missed.set(old.key, since);
    placed.push({ key: old.key, row: old.row, gone: true });
  }
  for (const [key, row] of fresh) placed.push({ key, row, gone: false });
  return { placed, missed };
}
