// The period of a report or list: before, name and dates, after; presets and typed shortcuts in a dialog. The
// address holds it: `p` for a preset that moves with the days, `from` and `to` for fixed days.

import { useState } from "preact/hooks";
import { useCell } from "../lib/cell";
import { now } from "../lib/clock";
import { civilDay, day } from "../lib/format";
import { useKeys } from "../lib/keys";
import { daysBetween, plusDays } from "../lib/day";
import { isPreset, presetOf, presetPeriod, shift, type Period, type Preset } from "../lib/period";
import { later } from "../lib/later";
import { go, place, withQuery, type Place } from "../lib/route";
import { say } from "../words";
import { Icon } from "./icon";

const PeriodDialog = later(async () => (await import("./period-dialog")).PeriodDialog);
const CIVIL = /^\d{4}-\d\d-\d\d$/;

/** The period an address asks for; `usual` where it asks for none. */
export function periodOf(at: Place, usual: Preset, today = civilDay(now())): Period {
  const preset = at.query.get("p");
  if (isPreset(preset)) return presetPeriod(preset, today);
  const from = at.query.get("from");
  const to = at.query.get("to");
  return from && to && CIVIL.test(from) && CIVIL.test(to) && from < to ? { from, to } : presetPeriod(usual, today);
}

/** The address with another period; a preset where it is one today, so that a kept address moves on. */
export function periodAddress(period: Period, today = civilDay(now())): string {
  const preset = presetOf(period, today);
  return withQuery({ p: preset, from: preset ? null : period.from, to: preset ? null : period.to, marker: null, page: null });
}

/** Dates inclusive, as people say them. */
export function datesOf({ from, to }: Period): string {
  const last = plusDays(to, -1);
  if (from === last) return day(from, "date");
  const sameYear = from.slice(0, 4) === last.slice(0, 4);
  return `${day(from, sameYear ? "dayMonth" : "date")} – ${day(last, "date")}`;
}

export function PeriodPicker({ usual }: { usual: Preset }) {
  const at = useCell(place);
  const [open, setOpen] = useState(false);
  const today = civilDay(now());
  const period = periodOf(at, usual, today);
  const preset = presetOf(period, today);
  const before = shift(period, -1, today);
  const after = shift(period, 1, today);
  const to = (p: Period | null): void => {
    if (p) go(periodAddress(p, today));
  };
  useKeys({ "[": () => to(before), "]": () => to(after), t: () => to(presetPeriod("today", today)) });
  return (
    <>
      <span class="seg" role="group" aria-label={say("period.title")}>
        <button type="button" aria-label={say("period.before")} title={say("period.before")} onClick={() => to(before)}><Icon name="left" small /></button>
        <button type="button" aria-haspopup="dialog" onClick={() => setOpen(true)}>
          <Icon name="cal" small />
          <b class="md">{preset ? say(`period.${preset}`) : say("period.days", { n: daysBetween(period.from, period.to) })}</b>
          <span class="mut">{datesOf(period)}</span>
          <Icon name="down" small />
        </button>
        <button type="button" aria-label={say("period.after")} title={say("period.after")} disabled={after === null} onClick={() => to(after)}><Icon name="right" small /></button>
      </span>
      {open ? <PeriodDialog period={period} preset={preset} today={today} onClose={() => setOpen(false)} onDone={(p) => {
        setOpen(false);
        to(p);
      }} /> : null}
    </>
  );
}
