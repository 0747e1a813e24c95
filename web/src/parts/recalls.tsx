// Callers of one's queues to ring back: lost, and spoken to by nobody since.

import { useEffect } from "preact/hooks";
import { recalls, type Recall } from "../api/wire-office";
import { useAct } from "../lib/act";
import { at, int, phone, span } from "../lib/format";
import { useLoad } from "../lib/load";
import { labelIn, useNames } from "../lib/names";
import { count, say } from "../words";
import { ActButton, ActSaid } from "./act";
import { Icon } from "./icon";
import { Empty, Failed, Skeleton } from "./message";
import { Panel } from "./panel";

/** Seconds between two looks. */
const LOOK = 30;

/** A call is in the list of calls some seconds after its end, in milliseconds. */
const AFTER = 5000;

/** `blocked`: one may not dial now. `turn` changes with one's own state; `again` asks the desk anew after an act. */
export function Recalls({ blocked, turn, again }: { blocked: boolean; turn: string; again: () => void }) {
  const loaded = useLoad("/desk/recalls", recalls, {}, LOOK);
  const acting = useAct(() => {
    again();
    loaded.again();
  });
  const { queues } = useNames();
  useEffect(() => {
    const timer = window.setTimeout(loaded.again, AFTER);
    return () => window.clearTimeout(timer);
  }, [turn]);
  const list = loaded.data?.recalls ?? [];
  return (
    <Panel title={say("desk.recalls")} side={<span class="sm mut">{list.length ? int(list.length) : ""}</span>}>
      {loaded.fault && !loaded.data ? <Failed fault={loaded.fault} again={loaded.again} /> : !loaded.data ? <Skeleton rows={3} cols={2} /> : list.length === 0 ? (
        <Empty title={say("desk.recalls.none")} />
      ) : (
        <>
          <ul class="chk">
            {list.map((r) => (
              <li key={r.number}>
                <Icon name="phone" />
                <div>
                  <b>{r.name || phone(r.number)}</b>
                  <div class="sub">{told(r, labelIn(queues, r.queue))}</div>
                </div>
                <ActButton acting={acting} what={say("home.ring", { who: r.name || phone(r.number) })} path="call" body={{ number: r.dial }} disabled={blocked}>{say("desk.recall")}</ActButton>
              </li>
            ))}
          </ul>
          {acting.outcome.at === "none" ? null : <div class="in"><ActSaid acting={acting} /></div>}
        </>
      )}
    </Panel>
  );
}

function told(r: Recall, queue: string): string {
  const number = r.name ? `${phone(r.number)}, ` : "";
  return number + count("home.lost", r.tries, int(r.tries), { queue, time: at(r.last, "hm"), wait: span(r.wait) });
}
