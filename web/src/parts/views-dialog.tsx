// The dialog of saved views: opening one, taking one away, keeping the view on show.

import { useState } from "preact/hooks";
import { useForm } from "../lib/form";
import { go } from "../lib/route";
import { dropView, keepView, useViews } from "../lib/saved";
import { say } from "../words";
import { Dialog } from "./dialog";
import { Summary, TextField } from "./field";
import { Icon } from "./icon";
import { toast } from "./toast";

export function ViewsDialog({ address, name: known, onClose }: { address: string; name: string; onClose: () => void }) {
  const views = useViews();
  const [name, setName] = useState(known);
  const form = useForm("v-", { name: say("field.name") });
  const replaced = views?.some((v) => v.name === name.trim()) ?? false;
  const keep = (): void => void form.send(() => keepView(name.trim(), address), (view) => {
    toast(say("views.saved", { name: view.name }));
    go(view.address, true);
    onClose();
  }, name.trim() ? {} : { name: say("field.empty") });
  return (
    <Dialog title={say("views.title")} onClose={onClose} onSend={keep} foot={<button class="btn p" disabled={form.busy}>{say(replaced ? "views.replace" : "views.save")}</button>}>
      <div class="stack">
        <Summary faults={form.list} fault={form.fault} turn={form.turn} />
        {views?.length ? (
          <ul class="links rows">
            {views.map((v) => (
              <li key={v.name}>
                <a href={v.address} onClick={onClose}>{v.name}</a>
                <button type="button" class="btn g xs sq push" disabled={form.busy} aria-label={say("views.drop", { name: v.name })} title={say("views.drop", { name: v.name })} onClick={() => void form.send(() => dropView(v.name), () => undefined)}>
                  <Icon name="trash" small />
                </button>
              </li>
            ))}
          </ul>
        ) : (
          <p class="sec">{say("views.none")}</p>
        )}
        <TextField id="v-name" label={say("views.name")} value={name} set={setName} fault={form.faults["name"]} hint={say("views.hint")} max={100} />
      </div>
    </Dialog>
  );
}
