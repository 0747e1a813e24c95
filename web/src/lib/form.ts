// Sending a form: checks first, one sending at a time, faults of the daemon brought to their fields.

import { useState } from "preact/hooks";
import type { Answer, Fault } from "../api/client";
import type { Faults } from "../parts/field";

export interface Form {
  faults: Faults;
  fault: Fault | null;
  busy: boolean;
  turn: number;
  /** Faults in the order of `names`, each with the id of its field. */
  list: { id: string; text: string }[];
  send: <T>(ask: () => Promise<Answer<T>>, then: (data: T) => void | Promise<void>, found?: Faults) => Promise<void>;
}

/** `names` are the fields in their order, with the labels the summary uses; ids are `prefix` + name. */
export function useForm(prefix: string, names: Record<string, string>): Form {
  const [faults, setFaults] = useState<Faults>({});
  const [fault, setFault] = useState<Fault | null>(null);
  const [busy, setBusy] = useState(false);
  const [turn, setTurn] = useState(0);

  const refuse = (found: Faults, whole: Fault | null): void => {
    setFaults(found);
    setFault(whole);
    setTurn((n) => n + 1);
  };

  const send: Form["send"] = async (ask, then, found = {}) => {
    if (busy) return;
    if (Object.keys(found).length > 0) return refuse(found, null);
    setBusy(true);
    const answer = await ask();
    setBusy(false);
    if (answer.at === "failed") {
      const mine = Object.fromEntries(Object.entries(answer.fault.fields).filter(([name]) => name in names));
      return refuse(mine, answer.fault);
    }
    if (answer.at === "ok") {
      setFaults({});
      setFault(null);
      await then(answer.data);
    }
  };

  const list = Object.keys(names)
    .filter((name) => faults[name])
    .map((name) => ({ id: prefix + name, text: `${names[name] ?? name}: ${faults[name] ?? ""}` }));
  return { faults, fault, busy, turn, list, send };
}
