// The wallboard: whole screen, sizes by the screen, pages that turn each 20 s. Space holds a page, F fills the screen.

import { useEffect, useState } from "preact/hooks";
import type { Report } from "../api/wire";
import { useCell } from "../lib/cell";
import { now as clockNow } from "../lib/clock";
import { at, civilDay, int } from "../lib/format";
import { later } from "../lib/later";
import { follow } from "../lib/live";
import { agentOrder } from "../lib/live-model";
import { seriesOf, trimmed } from "../lib/series";
import { hello, me, paintTheme, start } from "../lib/session";
import { todayByHour } from "../lib/today";
import { useView, type View } from "../lib/view";
import { deal, dealt } from "../lib/wall-pages";
import { Mark } from "../parts/sign";
import { LiveState } from "../parts/live-state";
import { WallAgents, WallQueues, WallTiles } from "../parts/wall-parts";
import { sayCore as say, useWords } from "../words";

/** Fetched once there is something to draw. */
const WallChart = later(async () => (await import("../parts/wall-chart")).WallChart);

/** Seconds a page stays. */
const TURN = 20;
const CHART_EVERY = 60_000;
export const RESTART = 10;

const query = new URLSearchParams(location.search);
const chosen = (query.get("queues") ?? "").split(",").filter(Boolean);

/** A wallboard has nobody to press "again": it starts itself anew until the box is there. */
export function useRestart(failed: boolean): void {
  useEffect(() => {
    if (!failed) return;
    const timer = window.setTimeout(() => location.reload(), RESTART * 1000);
    return () => window.clearTimeout(timer);
  }, [failed]);
}

const todaysHours = (): Promise<Report | null> => todayByHour(civilDay(clockNow()), chosen);

/** The board of who is logged in. */
export function Board() {
  useWords();
  const state = useCell(start);
  const person = useCell(me);
  useEffect(() => {
    if (state.at === "ready") paintTheme(query.get("theme") === "light" ? "light" : "dark", "normal");
    if (person?.rights.includes("walls.view")) follow(chosen);
  }, [state.at, person]);
  useRestart(state.at === "failed");
  const view = useView();

  if (state.at === "starting") return null;
  if (state.at === "failed") return <Message text={say("wall.failed", { n: RESTART })} />;
  if (!person) return <Message text={say("wall.login")} link={`/login?to=${encodeURIComponent(location.pathname + location.search)}`} />;
  if (!person.rights.includes("walls.view")) return <Message text={say("wall.denied")} />;
  if (!view) return <Message text={say("link.opening")} />;
  return <Shown view={view} name={null} hours={todaysHours} />;
}

export function Message({ text, link }: { text: string; link?: string }) {
  return (
    <main class="wall-message">
      <Mark />
      <h1>{text}</h1>
      {link ? <a href={link}>{say("wall.login.do")}</a> : null}
    </main>
  );
}

/** The board itself; `hours` asks for the calls of today by the hour. */
export function Shown({ view, name, hours }: { view: View; name: string | null; hours: () => Promise<Report | null> }) {
  const { live, now } = view;
  const [page, setPage] = useState(0);
  const [held, hold] = useState(false);
  const size = useScreen();
  const report = useToday(hours);
  useAwake();
  const cursor = useQuietCursor();

  const queues = [...live.queues.values()];
  const agents = [...live.agents.values()].sort(agentOrder);
  const series = report ? trimmed(seriesOf(report)) : null;
  const plan = deal(size.body, queues.length, agents.length, series?.answered !== undefined && series?.answered !== null);
  const shown = page % plan.pages;

  useEffect(() => {
    if (held || plan.pages < 2) return;
    const timer = window.setInterval(() => setPage((p) => p + 1), TURN * 1000);
    return () => window.clearInterval(timer);
  }, [held, plan.pages]);

  useEffect(() => {
    const key = (e: KeyboardEvent): void => {
      if (e.ctrlKey || e.metaKey || e.altKey) return;
      if (e.key === " ") hold((h) => !h);
      else if (e.key === "ArrowRight" || e.key === "ArrowLeft") setPage((p) => p + (e.key === "ArrowRight" ? 1 : plan.pages - 1));
      else if (e.key.toLowerCase() === "f") void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()).catch(() => undefined);
      else return;
      e.preventDefault();
    };
    document.addEventListener("keydown", key);
    return () => document.removeEventListener("keydown", key);
  }, [plan.pages]);

  const title = name || query.get("title") || (queues.length === 1 ? queues[0]?.label : chosen.length ? "" : say("all.queues")) || hello.get()?.office || "";
  useEffect(() => {
    document.title = `${title} · Switchroom`;
  }, [title]);

  return (
    <main class={`wall ${view.silent ? "staled" : ""} ${cursor ? "" : "quiet"}`}>
      <header>
        <Mark />
        <h1>{title}</h1>
        {plan.pages > 1 ? <span class="pill n">{say(held ? "wall.page.paused" : "wall.page", { n: int(shown + 1), all: int(plan.pages) })}</span> : null}
        <p class="clk">
          <LiveState />
          <span>{at(clockNow(), "dayLong")}</span>
          <b>{at(clockNow(), "hm")}</b>
        </p>
      </header>
      <WallTiles live={live} now={now} />
      <div class="body">
        <div class={plan.chart ? "" : "one"}>
          {queues.length ? <WallQueues queues={dealt(queues, plan.queues, shown)} now={now} /> : <section class="wp"><p>{say("wall.noqueues")}</p></section>}
          {plan.chart && series ? <WallChart series={series} goal={live.total.sla_goal} /> : null}
        </div>
        <WallAgents agents={dealt(agents, plan.agents, shown)} all={agents.length} room={plan.agents} now={now} />
      </div>
    </main>
  );
}

/** Height of the lists in vmin: what head and tiles leave. */
function useScreen(): { body: number } {
  const measure = (): { body: number } => {
    const vmin = Math.min(innerWidth, innerHeight) / 100;
    const height = innerHeight / vmin;
    // Upright, the tiles take two rows, and queues and agents share what is left.
    return { body: innerWidth < innerHeight ? (height - 52) / 2 : height - 30.5 };
  };
  const [size, set] = useState(measure);
  useEffect(() => {
    const again = (): void => set(measure());
    addEventListener("resize", again);
    return () => removeEventListener("resize", again);
  }, []);
  return size;
}

function useToday(hours: () => Promise<Report | null>): Report | null {
  const [report, set] = useState<Report | null>(null);
  useEffect(() => {
    const ask = (): void => void hours().then((r) => r && set(r));
    ask();
    const timer = window.setInterval(ask, CHART_EVERY);
    return () => window.clearInterval(timer);
  }, []);
  return report;
}

/** Keeps the screen on, where the browser can; taken again each time the page is shown. */
function useAwake(): void {
  useEffect(() => {
    const take = (): void => {
      if (!document.hidden && "wakeLock" in navigator) void navigator.wakeLock.request("screen").catch(() => undefined);
    };
    take();
    document.addEventListener("visibilitychange", take);
    return () => document.removeEventListener("visibilitychange", take);
  }, []);
}

const QUIET = 3000;

/** False once the pointer has rested: the cursor then hides. */
function useQuietCursor(): boolean {
  const [moved, set] = useState(true);
  useEffect(() => {
    let timer = window.setTimeout(() => set(false), QUIET);
    const move = (): void => {
      set(true);
      window.clearTimeout(timer);
      timer = window.setTimeout(() => set(false), QUIET);
    };
    addEventListener("pointermove", move);
    return () => {
      window.clearTimeout(timer);
      removeEventListener("pointermove", move);
    };
  }, []);
  return moved;
}
