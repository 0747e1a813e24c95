// Doing something to calls and members: sent once, waited for, and its outcome told beside where one clicked.

import { useRef, useState } from "preact/hooks";
import { get, send, type Answer, type Fault } from "../api/client";
import { actionDone, type ActionDone } from "../api/wire-office";

/** How often an accepted action is asked for; each question waits some seconds by itself. */
const QUESTIONS = 12;

/** Carries an action out and waits until it ended; an answer still "pending" means that nobody knows yet. */
export async function carryOut(path: string, body: object): Promise<Answer<ActionDone>> {
  let answer = await send("POST", `/actions/${path}`, actionDone, body);
  for (let n = 0; n < QUESTIONS && answer.at === "ok" && answer.data.state !== "done" && answer.data.id !== null; n += 1) {
    answer = await get(`/actions/${encodeURIComponent(answer.data.id)}`, actionDone);
  }
  return answer;
}

export type Outcome =
  | { at: "none" }
  | { at: "busy"; what: string }
  | { at: "done"; what: string; more: string }
  | { at: "unknown"; what: string }
  | { at: "failed"; what: string; fault: Fault };

export interface Acting {
  outcome: Outcome;
  busy: boolean;
  /** `what` is the act in the reader's words; `then` runs when it went well. */
  run: (what: string, path: string, body: object, then?: (done: ActionDone) => void) => void;
  forget: () => void;
}

/** One act at a time: a second press while one is on its way does not count. */
export function useAct(after?: () => void): Acting {
  const [outcome, set] = useState<Outcome>({ at: "none" });
  const working = useRef(false);
  const run: Acting["run"] = (what, path, body, then) => {
    if (working.current) return;
    working.current = true;
    set({ at: "busy", what });
    void carryOut(path, body).then((answer) => {
      working.current = false;
      if (answer.at === "failed") set({ at: "failed", what, fault: answer.fault });
      else if (answer.at === "ok" && answer.data.state === "done") {
        set({ at: "done", what, more: answer.data.space ?? "" });
        then?.(answer.data);
      } else set({ at: "unknown", what });
      after?.();
    });
  };
  return { outcome, busy: outcome.at === "busy", run, forget: () => set({ at: "none" }) };
}
