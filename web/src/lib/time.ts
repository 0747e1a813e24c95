// Times as people read them: durations and moments of the office. Pure: zone and language come in.
// Moments are seconds of UTC; civil days are texts "2026-11-20".

import { localeOf, NONE, type Lang } from "./number";

const two = (n: number): string => String(n).padStart(2, "0");

/** Seconds as m:ss, from one hour on h:mm:ss. Averages are rounded half up; null is "–". */
export function span(secs: number | null): string {
  if (secs === null || !Number.isFinite(secs)) return NONE;
  const s = Math.max(0, Math.floor(secs + 0.5));
  const h = Math.floor(s / 3600);
  const m = Math.floor((s % 3600) / 60);
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}

const LONG: Record<Lang, [day: string, days: string]> = { en: ["day", "days"], fr: ["jour", "jours"] };

/** Long spans in two units: "41 days 6 h", "6 h 12 min", "3 min", "40 s". */
export function longSpan(secs: number, lang: Lang): string {
  const s = Math.max(0, Math.floor(secs));
  const days = Math.floor(s / 86400);
  const hours = Math.floor((s % 86400) / 3600);
  const minutes = Math.floor((s % 3600) / 60);
  if (days > 0) return `${days}\u00a0${LONG[lang][days === 1 ? 0 : 1]}${hours ? ` ${hours}\u00a0h` : ""}`;
  if (hours > 0) return `${hours}\u00a0h${minutes ? ` ${minutes}\u00a0min` : ""}`;
  return minutes > 0 ? `${minutes}\u00a0min` : `${s}\u00a0s`;
}

const kept = new Map<string, Intl.DateTimeFormat>();
function formatOf(lang: Lang, zone: string, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${lang} ${zone} ${name}`;
  let format = kept.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(localeOf(lang), { timeZone: zone, ...options });
    kept.set(key, format);
  }
  return format;
}

const FORMS = {
  hm: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  hms: { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  day: { weekday: "short", day: "numeric", month: "short" },
  dayLong: { weekday: "long", day: "numeric", month: "long" },
  dayYear: { weekday: "short", day: "numeric", month: "short", year: "numeric" },
  date: { day: "numeric", month: "short", year: "numeric" },
  dayMonth: { day: "numeric", month: "short" },
  month: { month: "long", year: "numeric" },
} satisfies Record<string, Intl.DateTimeFormatOptions>;
export type Form = keyof typeof FORMS;

/** A moment in one of the forms: "14:32", "Fri 20 Nov" / "ven. 20 nov.". */
export function moment(at: number, form: Form, lang: Lang, zone: string): string {
  // Some versions of the locale data put a comma after the weekday; the form wanted has none.
  return formatOf(lang, zone, form, FORMS[form]).format(new Date(at * 1000)).replace(",", "");
}

/** A civil day in one of the forms. */
export function dayText(day: string, form: Form, lang: Lang): string {
  return moment(Date.parse(`${day}T12:00:00Z`) / 1000, form, lang, "UTC");
}

/** The civil day of a moment in a zone. */
export function civilDay(at: number, zone: string): string {
  const parts = formatOf("en", zone, "civil", { year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(at * 1000);
  const part = (type: string): string => parts.find((p) => p.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}`;
}

/** Seconds the zone is ahead of UTC at a moment. */
export function zoneShift(at: number, zone: string): number {
  const whole = Math.floor(at);
  const parts = formatOf("en", zone, "shift", {
    year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric", hourCycle: "h23",
  }).formatToParts(whole * 1000);
  const part = (type: string): number => Number(parts.find((p) => p.type === type)?.value ?? 0);
  const local = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return local / 1000 - whole;
}
