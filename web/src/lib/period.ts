// Periods of reports: civil days of the office, half open, `to` is the day after the last. Pure; today comes in.

import { dayOf as text, daysBetween, plusDays, startOf as utc } from "./day";

export interface Period {
  /** First day. */
  from: string;
  /** Day after the last one. */
  to: string;
}

export const PRESETS = ["today", "yesterday", "week", "lastweek", "month", "lastmonth", "10d", "13m"] as const;
export type Preset = (typeof PRESETS)[number];
export const isPreset = (text: string | null): text is Preset => PRESETS.some((p) => p === text);

/** First day of the month `n` months after that of `day`. */
function monthStart(day: string, n = 0): string {
  const d = new Date(utc(day));
  return text(Date.UTC(d.getUTCFullYear(), d.getUTCMonth() + n, 1));
}

/** Monday of the week of `day`. */
function weekStart(day: string): string {
  return plusDays(day, -((new Date(utc(day)).getUTCDay() + 6) % 7));
}

export function presetPeriod(preset: Preset, today: string): Period {
  const tomorrow = plusDays(today, 1);
  switch (preset) {
    case "today":
      return { from: today, to: tomorrow };
    case "yesterday":
      return { from: plusDays(today, -1), to: today };
    case "week":
      return { from: weekStart(today), to: tomorrow };
    case "lastweek":
      return { from: plusDays(weekStart(today), -7), to: weekStart(today) };
    case "month":
      return { from: monthStart(today), to: tomorrow };
    case "lastmonth":
      return { from: monthStart(today, -1), to: monthStart(today) };
    case "10d":
      return { from: plusDays(today, -9), to: tomorrow };
    case "13m":
      return { from: monthStart(today, -12), to: tomorrow };
  }
}

/** The preset a period is today, if any. */
export function presetOf(period: Period, today: string): Preset | null {
  return PRESETS.find((p) => same(presetPeriod(p, today), period)) ?? null;
}

function same(a: Period, b: Period): boolean {
  return a.from === b.from && a.to === b.to;
}

/** A real day, or null: 2026-02-30 is none. */
function day(year: number, month: number, date: number): string | null {
  const made = new Date(Date.UTC(year, month - 1, date));
  const fits = made.getUTCMonth() === month - 1 && made.getUTCDate() === date && year >= 1990 && year <= 2200;
  return fits ? text(made.getTime()) : null;
}

/** One typed day: 2026-11-20, 20/11/2026, 20/11 (the last one not after today). */
function typedDay(typed: string, today: string): string | null {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(typed);
  if (iso) return day(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const slash = /^(\d{1,2})\/(\d{1,2})(?:\/(\d{4}))?$/.exec(typed);
  if (!slash) return null;
  const year = slash[3] ? Number(slash[3]) : Number(today.slice(0, 4));
  const found = day(year, Number(slash[2]), Number(slash[1]));
  if (!found || slash[3] || found <= today) return found;
  return day(year - 1, Number(slash[2]), Number(slash[1]));
}

/**
 * A typed shortcut: `-7d`, `-4w`, `-3m`, `2026`, `2026-11`, a day, or two days with `-`, `..` or a space between.
 * Days are inclusive as typed. Null when it is none of these or lies in the future.
 */
export function parsePeriod(typed: string, today: string): Period | null {
  const s = typed.trim().toLowerCase();
  const tomorrow = plusDays(today, 1);
  const back = /^-(\d{1,4})([djwsm])$/.exec(s);
  if (back) {
    const n = Number(back[1]);
    if (n < 1) return null;
    if (back[2] === "m") return { from: monthStart(today, 1 - n), to: tomorrow };
    return { from: plusDays(tomorrow, -n * (back[2] === "w" || back[2] === "s" ? 7 : 1)), to: tomorrow };
  }
  const month = /^(\d{4})-(\d{1,2})$/.exec(s) ?? /^(\d{4})$/.exec(s);
  if (month) {
    const from = day(Number(month[1]), Number(month[2] ?? 1), 1);
    return from ? clip({ from, to: monthStart(from, month[2] ? 1 : 12) }, today) : null;
  }
  const single = typedDay(s, today);
  if (single) return clip({ from: single, to: plusDays(single, 1) }, today);
  const pair = /^(\S+?)(?:\s*\.\.\s*|\s+-\s+|\s+|-)([\d/-]+)$/.exec(s);
  const a = pair?.[1] ? typedDay(pair[1], today) : null;
  const b = pair?.[2] ? typedDay(pair[2], today) : null;
  return a && b && a <= b ? clip({ from: a, to: plusDays(b, 1) }, today) : null;
}

/** Days after today hold nothing: they are cut off; a period wholly ahead is null. */
function clip(period: Period, today: string): Period | null {
  if (period.from > today) return null;
  const end = plusDays(today, 1);
  return { from: period.from, to: period.to > end ? end : period.to };
}

/**
 * The period before (-1) or after (1): whole months and weeks move by months and weeks, others by their length.
 * Null when it would begin after today.
 */
export function shift(period: Period, by: 1 | -1, today: string): Period | null {
  const months = wholeMonths(period, today);
  if (months > 0) {
    const from = monthStart(period.from, by * months);
    return clip({ from, to: monthStart(from, months) }, today);
  }
  const runningWeek = period.from === weekStart(today) && period.to === plusDays(today, 1) && period.to > plusDays(period.from, 1);
  const length = runningWeek ? 7 : daysBetween(period.from, period.to);
  const from = plusDays(period.from, by * length);
  return clip({ from, to: plusDays(from, length) }, today);
}

/** How many whole months a period is; a month still running counts as whole from its second day on. */
function wholeMonths(period: Period, today: string): number {
  if (!period.from.endsWith("-01")) return 0;
  const running = period.to === plusDays(today, 1) && daysBetween(period.from, period.to) > 7;
  if (!period.to.endsWith("-01") && !running) return 0;
  const [y0, m0] = period.from.split("-").map(Number);
  const [y1, m1] = plusDays(period.to, -1).split("-").map(Number);
  return ((y1 ?? 0) - (y0 ?? 0)) * 12 + (m1 ?? 0) - (m0 ?? 0) + 1;
}
