// Saved views: named addresses of the portal, kept with the account. The button names the one on show.

import { useState } from "preact/hooks";
import { useCell } from "../lib/cell";
import { later } from "../lib/later";
import { place } from "../lib/route";
import { useViews } from "../lib/saved";
import { say } from "../words";
import { Icon } from "./icon";

const ViewsDialog = later(async () => (await import("./views-dialog")).ViewsDialog);

/** The address on show, with the columns on show, without the page of a list. */
function addressNow(columns: readonly string[] | null): string {
  const { path, query } = place.get();
  const q = new URLSearchParams(query);
  q.delete("marker");
  q.delete("page");
  if (columns) q.set("cols", columns.join(","));
  return path + (q.size ? `?${q.toString()}` : "");
}

/** `columns` are the ids on show where not all are. */
export function SavedViews({ columns }: { columns: readonly string[] | null }) {
  const at = useCell(place);
  const [open, setOpen] = useState(false);
  const views = useViews();
  const here = at.path + (at.query.size ? `?${at.query.toString()}` : "");
  const current = views?.find((v) => v.address === here);
  return (
    <>
      <button type="button" class="btn" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Icon name="tag" />
        {current ? current.name : say("views.title")}
      </button>
      {open ? <ViewsDialog address={addressNow(columns)} name={current?.name ?? ""} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
