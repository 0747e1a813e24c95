// Which period the figures stand beside: none, the one before, a year ago, or one of one's own. The address holds it.

import { useState } from "preact/hooks";
import { useCell } from "../lib/cell";
import { compareOf } from "../lib/compare";
import { later } from "../lib/later";
import { go, place, withQuery } from "../lib/route";
import { say } from "../words";
import { datesOf } from "./period-picker";

const CompareDialog = later(async () => (await import("./compare-dialog")).CompareDialog);

export function ComparePicker() {
  const { query } = useCell(place);
  const [open, setOpen] = useState(false);
  const chosen = compareOf(query);
  const own = chosen?.includes("..") ? chosen : null;
  const [from = "", to = ""] = own?.split("..") ?? [];
  const set = (value: string | null): void => go(withQuery({ compare: value, page: null }));
  return (
    <>
      <label class="sel">
        <span class="k">{say("compare.title")}</span>
        <select
          value={chosen ?? ""}
          onChange={(e) => {
            if (e.currentTarget.value !== "own") return set(e.currentTarget.value || null);
            // The choice is made in the dialog; until then the old one stands.
            e.currentTarget.value = chosen ?? "";
            setOpen(true);
          }}
        >
          <option value="">{say("compare.none")}</option>
          <option value="previous">{say("compare.previous")}</option>
          <option value="year-ago">{say("compare.year")}</option>
          {own ? <option value={own}>{datesOf({ from, to })}</option> : null}
          <option value="own">{say("compare.own")}</option>
        </select>
      </label>
      {open ? <CompareDialog from={from} to={to} onClose={() => setOpen(false)} onDone={(text) => {
        setOpen(false);
        set(text);
      }} /> : null}
    </>
  );
}
