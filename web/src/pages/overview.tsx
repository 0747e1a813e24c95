// Home: the figures of now and today, queues and agents now, the day as a picture, who should be rung back.

import { useEffect, useState } from "preact/hooks";
import { type Report } from "../api/wire";
import { callPage, type CallRow } from "../api/wire-calls";
import { now as clockNow } from "../lib/clock";
import { at, civilDay, goal, int, percent, phone, share, span } from "../lib/format";
import { actLimit, longestLevel, queueLevel, readyLevel, shareLevel, type Level } from "../lib/level";
import { agentOrder, type Live } from "../lib/live-model";
import { useLoad } from "../lib/load";
import { labelIn, useNames } from "../lib/names";
import { CALLS, REPORTS } from "../lib/pages";
import { plusDays } from "../lib/day";
import { ringBack } from "../lib/ringback";
import { seriesOf, trimmed } from "../lib/series";
import { may, me } from "../lib/session";
import { todayByHour } from "../lib/today";
import { useView } from "../lib/view";
import { Chart, Legend } from "../parts/chart";
import { GoalBar, Leveled, Running } from "../parts/figure";
import { Icon } from "../parts/icon";
import { AgentMix } from "../parts/agent-mix";
import { Empty, Note, Skeleton } from "../parts/message";
import { Head, Panel, Tiles, type Tile } from "../parts/panel";
import { Shape, StateBadge } from "../parts/state";
import { Table } from "../parts/table";
import { count, say } from "../words";

function greeting(): "home.morning" | "home.afternoon" | "home.evening" {
  const hour = Number(at(clockNow(), "hm").slice(0, 2));
  return hour < 12 ? "home.morning" : hour < 18 ? "home.afternoon" : "home.evening";
}

export function OverviewPage() {
  const view = useView();
  const live = may("live.view");
  const first = (me.get()?.name ?? "").split(" ")[0] ?? "";
  return (
    <>
      <Head
        title={say(greeting(), { name: first })}
        note={view ? say("home.note", { queues: scope(view.live), since: at(view.live.since, "hm"), time: at(view.now, "hm") }) : null}
        acts={
          <>
            {may("walls.view") ? <a class="btn" href="/wall/all"><Icon name="screen" />{say("live.wall")}</a> : null}
            {live ? <a class="btn p" href="/live"><Icon name="live" />{say("home.open")}</a> : null}
          </>
        }
      />
      <div class={view?.silent ? "stack staled" : "stack"}>
        {view ? <Now live={view.live} now={view.now} /> : live ? <Panel title={say("home.queues")}><Skeleton rows={6} /></Panel> : null}
        <div class="cols">
          <div class="stack c7">
            {view ? <QueuesNow live={view.live} now={view.now} /> : null}
            {may(...REPORTS) ? <Today aim={view?.live.total.sla_goal ?? null} /> : null}
          </div>
          <div class="stack c5">
            {view ? <AgentsNow live={view.live} now={view.now} /> : null}
            {may(...CALLS) ? <ToDo /> : null}
          </div>
        </div>
        {!live && !may(...REPORTS) && !may(...CALLS) ? <Panel title={say("page.home")}><Empty title={say("home.nothing")}>{say("home.nothing.text")}</Empty></Panel> : null}
      </div>
    </>
  );
}

function scope(live: Live): string {
  const names = [...live.queues.values()].map((q) => q.label);
  return names.length === 0 || names.length > 6 ? say("home.allqueues") : names.join(", ");
}

function Now({ live, now }: { live: Live; now: number }) {
  const t = live.total;
  const longest = [...live.queues.values()].filter((q) => q.longest_since !== null).sort((a, b) => (a.longest_since ?? 0) - (b.longest_since ?? 0));
  const acute = longest.filter((q) => longestLevel(q, now) === "a");
  const worstQueue = acute[0];
  const waitLevel: Level = acute.length ? "a" : longest.some((q) => longestLevel(q, now)) ? "w" : "";
  const tiles: Tile[] = [
    {
      label: <><Shape state="waiting" extra="i s" />{say("home.waiting")}</>, value: int(t.waiting), level: waitLevel, href: "/live",
      note: t.longest_since === null ? say("wall.none.waiting") : say("home.longest", { time: span(now - t.longest_since) }),
    },
    { label: say("home.ready"), value: int(t.ready), note: say("home.logged", { n: int(t.agents) }), level: readyLevel(t), href: "/live" },
    { label: say("col.answered"), value: int(t.answered), note: say("home.offered", { share: percent(t.offered ? (100 * t.answered) / t.offered : null), n: int(t.offered) }), href: "/calls?answered=yes" },
    { label: say("col.lost"), value: int(t.lost), note: say("wall.lost.note", { share: percent(t.offered ? (100 * t.lost) / t.offered : null), n: int(t.offered) }), href: "/calls?answered=no" },
    { label: say("col.within", { s: t.sla_seconds }), value: share(t.within_sla), unit: t.within_sla === null ? undefined : "%", note: say("wall.goal", { goal: goal(t.sla_goal) }), level: shareLevel(t.within_sla, t.sla_goal), href: "/live" },
    { label: say("home.talk"), value: span(t.avg_talk), note: say("home.wait", { time: span(t.avg_wait) }), href: "/reports" },
  ];
  return (
    <>
      {worstQueue ? (
        <Note level="a" role="alert" act={<a href={`/live?queues=${encodeURIComponent(worstQueue.name)}`}>{say("home.see")}</a>}>
          <b>{say("home.alarm", { queue: worstQueue.label, time: span(now - (worstQueue.longest_since ?? now)) })}</b>{" "}
          {say("home.limit", { limit: span(actLimit(worstQueue)) })} {worstQueue.ready === 0 ? say("home.noready") : ""}{" "}
          {acute.length > 1 ? count("home.more", acute.length - 1, int(acute.length - 1)) : ""}
        </Note>
      ) : null}
      <Tiles tiles={tiles} />
    </>
  );
}

function QueuesNow({ live, now }: { live: Live; now: number }) {
  return (
    <Panel title={say("home.queues")} side={<a class="sm" href="/live">{say("page.live")}</a>}>
      <Table
        caption={say("home.queues")}
        rows={[...live.queues.values()]}
        keyOf={(q) => q.name}
        rowLook={(q) => queueLevel(q, now)}
        cols={[
          { id: "q", head: say("col.queue"), look: "name", cell: (q) => <a href={`/live?queues=${encodeURIComponent(q.name)}`}>{q.label}</a> },
          { id: "w", head: say("live.waiting"), look: "n", label: say("live.waiting"), cell: (q) => <span class={q.waiting ? "" : "z"}>{int(q.waiting)}</span> },
          { id: "l", head: say("col.longest"), look: "n lft", label: say("col.longest"), cell: (q) => <Running since={q.longest_since} now={now} level={longestLevel(q, now)} /> },
          { id: "r", head: say("live.ready"), look: "n", label: say("live.ready"), cell: (q) => <><Leveled level={readyLevel(q)}>{int(q.ready)}</Leveled> <span class="mut">{say("of.n", { n: int(q.agents) })}</span></> },
          { id: "s", head: say("home.within", { s: live.total.sla_seconds }), look: "wide goal", cell: (q) => <GoalBar share={q.within_sla} goal={q.sla_goal} /> },
        ]}
      />
    </Panel>
  );
}

const LONGEST = 3;

function AgentsNow({ live, now }: { live: Live; now: number }) {
  const agents = [...live.agents.values()].sort(agentOrder);
  const still = agents.filter((a) => a.state === "paused" || a.state === "unavailable" || a.state === "ready").sort((a, b) => a.since - b.since).slice(0, LONGEST);
  return (
    <Panel title={say("home.agents")} side={<span class="sm mut">{say("wall.logged", { n: int(agents.length) })}</span>}>
      {agents.length ? <AgentMix agents={agents} /> : <Empty title={say("wall.noagents")} />}
      {still.length ? (
        <Table
          caption={say("home.still")}
          rows={still}
          keyOf={(a) => a.name}
          cols={[
            { id: "a", head: say("home.still"), look: "name", cell: (a) => a.label },
            { id: "f", head: say("live.for"), look: "n", cell: (a) => <Running since={a.since} now={now} /> },
            { id: "s", head: say("col.state"), look: "wide", cell: (a) => <StateBadge state={a.state}>{a.state === "paused" ? a.pause_code : null}</StateBadge> },
          ]}
        />
      ) : null}
    </Panel>
  );
}

const EVERY = 60_000;

function Today({ aim }: { aim: number | null }) {
  const [report, setReport] = useState<Report | null | "none">(null);
  useEffect(() => {
    const stop = new AbortController();
    const ask = (): void => void todayByHour(civilDay(clockNow()), [], stop.signal).then((r) => !stop.signal.aborted && setReport(r ?? "none"));
    ask();
    const timer = window.setInterval(() => !document.hidden && ask(), EVERY);
    return () => {
      stop.abort();
      window.clearInterval(timer);
    };
  }, []);
  if (report === "none") return null;
  const series = report ? trimmed(seriesOf(report)) : null;
  const calls = series?.answered?.values.some((v) => (v ?? 0) > 0) || series?.lost?.values.some((v) => (v ?? 0) > 0);
  return (
    <Panel title={say("home.today")} side={series && calls ? <Legend series={series} goal={aim} /> : null}>
      <div class="in">
        {!series ? <Skeleton rows={5} cols={1} /> : !calls ? <Empty title={say("home.nocalls")} /> : <Chart series={series} goal={aim} sentence={say("home.chart")} />}
      </div>
      {report && calls ? <a class="chart-link sm" href={`/reports/${encodeURIComponent(report.block)}?p=today`}>{say("home.table")}</a> : null}
    </Panel>
  );
}

const SHOWN = 6;
const ASKED = 200;

function ToDo() {
  const today = civilDay(clockNow());
  const { queues } = useNames();
  const period = { from: today, to: plusDays(today, 1), limit: ASKED, order: "newest" };
  const lost = useLoad("/calls", callPage, { ...period, answered: "no", direction: "in" }, 60);
  const answered = useLoad("/calls", callPage, { ...period, answered: "yes" }, 60);
  const ready = lost.data && answered.data;
  const open = ready ? ringBack(lost.data?.rows ?? [], answered.data?.rows ?? []) : [];
  return (
    <Panel title={say("home.todo")} side={<span class="sm mut">{ready ? int(open.length) : ""}</span>} foot={open.length > SHOWN ? <a href="/calls?answered=no&direction=in">{say("home.todo.all", { n: int(open.length) })}</a> : null}>
      {!ready ? (
        <Skeleton rows={3} cols={2} />
      ) : open.length === 0 ? (
        <Empty title={say("home.todo.none")}>{say("home.todo.none.text")}</Empty>
      ) : (
        <ul class="chk">
          {open.slice(0, SHOWN).map((r) => (
            <li key={r.number}>
              <Icon name="phone" />
              <div>
                <b>{say("home.ring", { who: r.name || phone(r.number) })}</b>
                <div class="sub">{lostText(r.last, r.tries, labelIn(queues, r.last.queue))}</div>
              </div>
              <a href={`/calls?caller=${encodeURIComponent(r.number)}`} aria-label={say("home.calls.of", { who: phone(r.number) })}>{say("home.calls")}</a>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function lostText(call: CallRow, tries: number, queue: string): string {
  const number = call.name ? `${phone(call.number)}, ` : "";
  return number + count("home.lost", tries, int(tries), { queue, time: at(call.enter, "hm"), wait: span(call.wait) });
}
