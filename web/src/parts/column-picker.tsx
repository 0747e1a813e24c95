// The button of the columns of a table; its dialog keeps the choice with the person's account.

import { useState } from "preact/hooks";
import { later } from "../lib/later";
import { say } from "../words";
import { Icon } from "./icon";

const ColumnDialog = later(async () => (await import("./column-dialog")).ColumnDialog);

export interface Column {
  id: string;
  label: string;
}

export function ColumnPicker({ table, all, shown }: { table: string; all: readonly Column[]; shown: readonly Column[] }) {
  const [open, setOpen] = useState(false);
  if (all.length < 2) return null;
  return (
    <>
      <button type="button" class="btn xs" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Icon name="menu" small />
        {shown.length < all.length ? say("columns.some", { n: shown.length, all: all.length }) : say("columns.title")}
      </button>
      {open ? <ColumnDialog table={table} all={all} shown={shown} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
