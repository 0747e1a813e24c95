// What the person here keeps on the box: saved views, and the columns of tables. Asked once, when first wanted.

import { get, nothing, send, type Answer } from "../api/client";
import { chosenColumns, savedView, savedViews, type SavedView } from "../api/wire-system";
import { Cell, useCell } from "./cell";
import { me } from "./session";

const views = new Cell<readonly SavedView[] | null>(null);
const columns = new Cell<Readonly<Record<string, readonly string[]>> | null>(null);
let owner: string | null = null;

/** Asks what is kept, unless it is known. Somebody else logged in here keeps other things. */
async function learn(): Promise<void> {
  const account = me.get()?.account ?? null;
  if (account === owner) return;
  owner = account;
  views.set(null);
  columns.set(null);
  const [v, c] = await Promise.all([get("/me/views", savedViews), get("/me/columns", chosenColumns)]);
  if (owner !== account) return;
  if (v.at === "ok") views.set(v.data.views);
  if (c.at === "ok") columns.set(c.data.columns);
  // What failed is asked again by the next page.
  if (v.at !== "ok" || c.at !== "ok") owner = null;
}

export function useViews(): readonly SavedView[] | null {
  const list = useCell(views);
  void learn();
  return list;
}

/** The columns chosen for a table; none while they are not known, and where all are shown. */
export function useColumns(table: string): readonly string[] {
  const chosen = useCell(columns);
  void learn();
  return chosen?.[table] ?? [];
}

export async function keepView(name: string, address: string): Promise<Answer<SavedView>> {
  const answer = await send("POST", "/me/views", savedView, { name, address });
  if (answer.at === "ok") {
    const others = (views.get() ?? []).filter((v) => v.name !== answer.data.name);
    views.set([...others, answer.data].sort((a, b) => (a.name < b.name ? -1 : 1)));
  }
  return answer;
}

export async function dropView(name: string): Promise<Answer<null>> {
  const answer = await send("DELETE", `/me/views/${encodeURIComponent(name)}`, nothing);
  if (answer.at === "ok") views.set((views.get() ?? []).filter((v) => v.name !== name));
  return answer;
}

export async function chooseColumns(table: string, chosen: readonly string[]): Promise<Answer<null>> {
  const answer = await send("POST", `/me/columns/${encodeURIComponent(table)}`, nothing, { columns: chosen });
  if (answer.at === "ok") columns.set({ ...columns.get(), [table]: chosen });
  return answer;
}
