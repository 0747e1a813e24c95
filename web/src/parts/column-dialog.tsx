// The dialog that chooses the columns of a table, and keeps them with the person's account.

import { useState } from "preact/hooks";
import { useForm } from "../lib/form";
import { go, withQuery } from "../lib/route";
import { chooseColumns } from "../lib/saved";
import { say } from "../words";
import type { Column } from "./column-picker";
import { Dialog } from "./dialog";
import { Summary } from "./field";

export function ColumnDialog({ table, all, shown, onClose }: { table: string; all: readonly Column[]; shown: readonly Column[]; onClose: () => void }) {
  const [ticked, tick] = useState(new Set(shown.map((c) => c.id)));
  const form = useForm("col-", {});
  const keep = (ids: readonly string[]): void => void form.send(() => chooseColumns(table, ids), () => {
    // From here on the account's choice counts, not that of a saved view.
    go(withQuery({ cols: null }), true);
    onClose();
  });
  return (
    <Dialog
      title={say("columns.title")}
      onClose={onClose}
      onSend={() => keep(ticked.size === all.length ? [] : all.map((c) => c.id).filter((id) => ticked.has(id)))}
      foot={
        <>
          <button type="button" class="btn g" disabled={form.busy} onClick={() => keep([])}>{say("columns.all")}</button>
          <button class="btn p" disabled={form.busy || ticked.size === 0}>{say("do.save")}</button>
        </>
      }
    >
      <div class="stack">
        <Summary faults={[]} fault={form.fault} turn={form.turn} />
        <fieldset class="field">
          <legend>{say("columns.legend")}</legend>
          <div class="ticks tall">
            {all.map((c) => (
              <label key={c.id} class="tick">
                <input
                  type="checkbox"
                  checked={ticked.has(c.id)}
                  onChange={(e) => {
                    const next = new Set(ticked);
                    if (e.currentTarget.checked) next.add(c.id);
                    else next.delete(c.id);
                    tick(next);
                  }}
                />
                {c.label}
              </label>
            ))}
          </div>
        </fieldset>
        <p class="hint">{say("columns.hint")}</p>
      </div>
    </Dialog>
  );
}
