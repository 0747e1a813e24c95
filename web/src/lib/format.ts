// Figures and times in the language and zone of the person here: `number` and `time` with those two filled in.

import * as n from "./number";
import * as t from "./time";

let lang: n.Lang = "en";
let zone = "UTC";

export function setFormat(language: n.Lang, officeZone: string): void {
  lang = language;
  zone = officeZone;
}

export const language = (): n.Lang => lang;
export const locale = (): string => n.localeOf(lang);
export const officeZone = (): string => zone;

export const int = (v: number | null): string => n.decimal(v, lang);
export const percent = (v: number | null): string => n.percent(v, lang);
/** A goal: no decimals where it has none. */
export const goal = (v: number | null): string => n.percent(v, lang, v !== null && Number.isInteger(v) ? 0 : 1);
export const share = (v: number | null): string => n.decimal(v, lang, 1);
export const bytes = (v: number | null): string => n.bytes(v, lang);
export const phone = n.phone;
export const span = t.span;
export const longSpan = (secs: number): string => t.longSpan(secs, lang);
export const at = (moment: number | null, form: t.Form): string => (moment === null ? n.NONE : t.moment(moment, form, lang, zone));
export const day = (civil: string, form: t.Form): string => t.dayText(civil, form, lang);
export const civilDay = (moment: number): string => t.civilDay(moment, zone);

/** A moment with its day, unless that is today. */
export function when(moment: number | null, today: string): string {
  if (moment === null) return n.NONE;
  return t.civilDay(moment, zone) === today ? at(moment, "hms") : `${at(moment, "day")} ${at(moment, "hm")}`;
}

/** A figure of a report in the form its unit asks for. */
export function figure(value: number | string | null | undefined, unit: string): string {
  if (value === null || value === undefined || value === "") return n.NONE;
  if (typeof value === "string") return value;
  switch (unit) {
    case "s":
      return t.span(value);
    case "%":
      return n.percent(value, lang);
    case "x":
      return n.decimal(value, lang, 2);
    case "/h":
    case "pos":
      return n.decimal(value, lang, 1);
    case "time":
      return `${at(value, "dayMonth")} ${at(value, "hms")}`;
    default:
      return n.decimal(value, lang, Number.isInteger(value) ? 0 : 1);
  }
}
