// Labels of queues and agents, and the index of reports: asked once after log-in, used on every page.

import { get } from "../api/client";
import * as wire from "../api/wire";
import { Cell, useCell } from "./cell";

interface Names {
  queues: readonly wire.Named[];
  agents: readonly wire.Named[];
}

const names = new Cell<Names>({ queues: [], agents: [] });
const index = new Cell<wire.ReportIndex | null>(null);

export const useNames = (): Names => useCell(names);
export const useReportIndex = (): wire.ReportIndex | null => useCell(index);
export const reportIndexNow = (): wire.ReportIndex | null => index.get();

/** Asks for what the rights allow. Labels of reports follow the language, so this is asked again when that changes. */
export async function learnNames(rights: readonly string[]): Promise<void> {
  const asks: Promise<void>[] = [];
  if (rights.includes("names.view")) {
    asks.push((async () => {
      const [queues, agents] = await Promise.all([get("/queues", wire.queues), get("/agents", wire.agents)]);
      names.set({
        queues: queues.at === "ok" ? queues.data.queues : names.get().queues,
        agents: agents.at === "ok" ? agents.data.agents : names.get().agents,
      });
    })());
  }
  if (rights.some((r) => r.startsWith("reports."))) {
    asks.push((async () => {
      const answer = await get("/reports", wire.reportIndex);
      if (answer.at === "ok") index.set(answer.data);
    })());
  }
  await Promise.all(asks);
}

export function forgetNames(): void {
  names.set({ queues: [], agents: [] });
  index.set(null);
}

/** The label of a name, or the name itself. */
export function labelIn(list: readonly wire.Named[], name: string): string {
  return list.find((x) => x.name === name)?.label ?? name;
}
