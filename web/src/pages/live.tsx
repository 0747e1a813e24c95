// Real time: queues, calls in progress, agents. Freeze holds figures and order for study; the filter is the address.

import { useEffect, useRef, useState } from "preact/hooks";
import type { LiveQueue } from "../api/live-wire";
import { useCell } from "../lib/cell";
import { now as clockNow } from "../lib/clock";
import { at, int, span } from "../lib/format";
import { useKeys } from "../lib/keys";
import { retry } from "../lib/live";
import { longestLevel, queueLevel } from "../lib/level";
import { agentOrder, callOrder } from "../lib/live-model";
import { place, withQuery } from "../lib/route";
import { may } from "../lib/session";
import { frozenAt, useView, type View } from "../lib/view";
import { Icon } from "../parts/icon";
import { AgentMix } from "../parts/agent-mix";
import { AgentTable, CallTable, QueueTable } from "../parts/live-tables";
import { Empty, Note, Skeleton } from "../parts/message";
import { Head, Panel } from "../parts/panel";
import { QueuePicker } from "../parts/queue-picker";
import { count, say } from "../words";

export function LivePage() {
  const { query } = useCell(place);
  const chosen = (query.get("queues") ?? "").split(",").filter(Boolean);
  useEffect(() => () => frozenAt.set(null), []);

  const view = useView(true);
  const freeze = (): void => frozenAt.set(frozenAt.get() === null ? clockNow() : null);
  useKeys({ z: freeze });

  return (
    <>
      <Head
        title={say("page.live")}
        note={view ? (view.frozen ? say("live.frozen", { time: at(view.now, "hms"), n: view.behind }) : say("live.since", { time: at(view.live.since, "hm") })) : null}
        acts={
          <div class="filters">
            <QueuePicker chosen={chosen} href={(queues) => withQuery({ queues: queues.join(",") })} />
            <span class="seg" role="group" aria-label={say("live.updates")}>
              <button type="button" aria-pressed={!view?.frozen} onClick={() => frozenAt.set(null)}><Icon name="live" small />{say("link.live")}</button>
              <button type="button" aria-pressed={view?.frozen ?? false} onClick={() => frozenAt.get() === null && freeze()}><Icon name="pause" small />{say("live.freeze")}</button>
            </span>
            {may("walls.view") ? (
              <a class="btn hide-s" href={`/wall/all${chosen.length ? `?queues=${encodeURIComponent(chosen.join(","))}` : ""}`}><Icon name="full" />{say("live.wall")}</a>
            ) : null}
          </div>
        }
      />
      {view ? <Content view={view} /> : <Panel title={say("live.queues")}><Skeleton rows={5} cols={8} /></Panel>}
    </>
  );
}

function Content({ view }: { view: View }) {
  const { live, now } = view;
  const [waitingOnly, only] = useState(false);
  const queues = [...live.queues.values()];
  const calls = [...live.calls.values()].sort(callOrder);
  const waiting = calls.filter((c) => c.state === "waiting" || c.state === "ringing");
  const agents = [...live.agents.values()].sort(agentOrder);
  return (
    <div class="stack">
      {view.silent ? <Silent since={view.now} /> : null}
      <div class={view.silent ? "stack staled" : view.frozen ? "stack frozen" : "stack"}>
        <Panel title={say("live.queues")} side={<span class="sm mut">{levels(queues, now)}</span>}>
          {queues.length ? <QueueTable queues={queues} total={live.total} now={now} /> : <Empty title={say("live.noqueues")}>{say("live.noqueues.text")}</Empty>}
        </Panel>
        <div class="cols">
          <Panel
            extra="c6"
            title={<>{say("live.calls")} <span class="mut">{int(calls.length)}</span></>}
            side={
              <span class="seg" role="group" aria-label={say("live.calls")}>
                <button type="button" aria-pressed={!waitingOnly} onClick={() => only(false)}>{say("live.calls.all")}</button>
                <button type="button" aria-pressed={waitingOnly} onClick={() => only(true)}>{say("live.calls.waiting", { n: int(waiting.length) })}</button>
              </span>
            }
          >
            {calls.length ? <CallTable calls={waitingOnly ? waiting : calls} queues={live.queues} agents={live.agents} now={now} /> : <Empty title={say("live.nocalls")} />}
          </Panel>
          <Panel extra="c6" title={<>{say("wall.agents")} <span class="mut">{int(agents.length)}</span></>}>
            {agents.length ? (
              <>
                <AgentMix agents={agents} />
                <AgentTable agents={agents} queues={live.queues} now={now} />
              </>
            ) : (
              <Empty title={say("wall.noagents")} />
            )}
          </Panel>
        </div>
      </div>
      <Spoken queues={queues} now={now} />
    </div>
  );
}

function Silent({ since }: { since: number }) {
  return (
    <Note
      level="w"
      role="status"
      act={<button type="button" class="btn xs" onClick={retry}><Icon name="refresh" small />{say("do.now")}</button>}
    >
      <b>{say("link.silent", { time: at(since, "hms") })}.</b> {say("live.silent")}
    </Note>
  );
}

function levels(queues: readonly LiveQueue[], now: number): string {
  const found = queues.map((q) => queueLevel(q, now));
  const act = found.filter((l) => l === "a").length;
  const watch = found.filter((l) => l === "w").length;
  return [act ? count("live.n.act", act, int(act)) : "", watch ? count("live.n.watch", watch, int(watch)) : ""].filter(Boolean).join(", ");
}

/** Seconds between two summaries for screen readers. */
const BETWEEN = 10;

/** One polite sentence at most every ten seconds, and only when it says something new. */
function Spoken({ queues, now }: { queues: readonly LiveQueue[]; now: number }) {
  const said = useRef({ at: 0, text: "" });
  const text = queues
    .filter((q) => q.waiting > 0)
    .map((q) => `${q.label}: ${count("live.spoken", q.waiting, int(q.waiting))}${longestLevel(q, now) && q.longest_since !== null ? `, ${say("live.spoken.over", { time: span(Math.floor((now - q.longest_since) / 60) * 60) })}` : ""}`)
    .join(". ");
  if (text !== said.current.text && now - said.current.at >= BETWEEN) said.current = { at: now, text };
  return <p class="vh" role="status">{said.current.text}</p>;
}
