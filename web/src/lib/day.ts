// Civil days as text, "2026-11-20", and how far they are apart. Pure.

const DAY = 86_400_000;

/** Milliseconds of the day's start, were the office in UTC: to count with, not to show. */
export const startOf = (day: string): number => Date.parse(`${day}T00:00:00Z`);
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

export function plusDays(day: string, n: number): string {
  return dayOf(startOf(day) + n * DAY);
}

export function daysBetween(from: string, to: string): number {
  return Math.round((startOf(to) - startOf(from)) / DAY);
}
