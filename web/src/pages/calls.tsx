// The list of calls: period and filters in the address, a page at a time. Never grows by itself: new calls wait
// behind "3 new calls, show".

import { useEffect, useRef, useState } from "preact/hooks";
import { address, get } from "../api/client";
import { callPage, type CallPage } from "../api/wire-calls";
import { useCell } from "../lib/cell";
import { now } from "../lib/clock";
import { civilDay, int } from "../lib/format";
import { CALL_FILTERS, filtersOf } from "../lib/filters";
import { shownColumns } from "../lib/columns";
import { useKeys } from "../lib/keys";
import { later } from "../lib/later";
import { useLoad } from "../lib/load";
import { go, place, withQuery } from "../lib/route";
import { useColumns } from "../lib/saved";
import { may } from "../lib/session";
import { CallList, CALL_COLUMNS, CALL_HEADS, type Ticks } from "../parts/call-list";
import { ColumnPicker } from "../parts/column-picker";
import { FilterBar } from "../parts/filter-bar";
import { Icon } from "../parts/icon";
import { Empty, Failed, Skeleton } from "../parts/message";
import { Head, Panel } from "../parts/panel";
import { datesOf, PeriodPicker, periodOf } from "../parts/period-picker";
import { SavedViews } from "../parts/saved-views";
import { count, say } from "../words";

const TickedCalls = later(async () => (await import("../parts/ticked-calls")).TickedCalls);
const SIZES = ["25", "50", "100", "200"];
const USUAL = "50";
/** Seconds between two looks for new calls. */
const LOOK = 15;

export function CallsPage() {
  const here = useCell(place);
  const period = periodOf(here, "today");
  const filters = filtersOf(here.query, CALL_FILTERS);
  const order = here.query.get("order") === "oldest" ? "oldest" : "newest";
  const size = SIZES.find((s) => s === here.query.get("limit")) ?? USUAL;
  const marker = here.query.get("marker");
  const asked = { from: period.from, to: period.to, ...filters, order };
  const loaded = useLoad("/calls", callPage, { ...asked, limit: size, marker });
  const data = loaded.data;
  const growing = order === "newest" && !marker && period.to > civilDay(now());
  const fresh = useFresh(growing ? data : null, { ...asked, limit: size });

  const next = data?.next ? withQuery({ marker: data.next }) : null;
  const chosen = useColumns("calls");
  const all = CALL_COLUMNS.map((id) => ({ id, label: say(CALL_HEADS[id]) }));
  const columns = shownColumns(all, here.query.get("cols"), chosen);
  const [ticked, tick] = useState<ReadonlySet<string>>(new Set());
  const marked = data?.rows.filter((r) => ticked.has(r.id)) ?? [];
  const filtered = Object.keys(filters).length > 0;
  const side = (
    <>
    <ColumnPicker table="calls" all={all} shown={columns} />
    <label class="row sm">
      <span class="mut">{say("calls.rows")}</span>
      <select class="sel" value={size} onChange={(e) => go(withQuery({ limit: e.currentTarget.value === USUAL ? null : e.currentTarget.value, marker: null }), true)}>
        {SIZES.map((s) => <option key={s} value={s}>{s}</option>)}
      </select>
    </label>
    </>
  );
  return (
    <>
      <Head
        title={say("page.calls")}
        note={data ? noteText(data, datesOf(period), order) : null}
        acts={
          <>
            <SavedViews columns={columns.length < all.length ? columns.map((c) => c.id) : null} />
            {may("calls.export") ? <a class="btn" href={address("/calls", { ...asked, format: "csv" })} download><Icon name="dl" />{say("do.csv")}</a> : null}
          </>
        }
      />
      <div class="stack">
        <div class="filters" role="group" aria-label={say("filter.group")}>
          <PeriodPicker usual="today" />
          <FilterBar allowed={CALL_FILTERS} />
        </div>
        <Panel
          title={
            fresh > 0 ? (
              <button type="button" class="btn xs" onClick={loaded.again}><Icon name="refresh" small />{count("calls.new", fresh, fresh >= Number(size) ? `${int(fresh)}+` : int(fresh))}</button>
            ) : (
              say("calls.list")
            )
          }
          side={side}
          foot={
            data && data.rows.length > 0 ? (
              <>
                <span role="status">{data.total === null ? say("calls.many") : count("calls.total", data.total, int(data.total))}</span>
                <span class="pager">
                  {marker ? <a class="btn" href={withQuery({ marker: null })}>{say("do.first")}</a> : null}
                  <button type="button" class="btn" disabled={!marker} onClick={() => history.back()}><Icon name="left" small />{say("do.previous")}</button>
                  {next ? <a class="btn" href={next} rel="next">{say("do.next")}<Icon name="right" small /></a> : <button type="button" class="btn" disabled>{say("do.next")}<Icon name="right" small /></button>}
                </span>
              </>
            ) : null
          }
        >
          {loaded.fault ? (
            <Failed fault={loaded.fault} again={loaded.again} />
          ) : !data ? (
            loaded.slow ? <Skeleton rows={12} cols={7} /> : null
          ) : data.rows.length ? (
            <>
              {marked.length ? <TickedCalls calls={marked} onNone={() => tick(new Set())} onDone={loaded.again} /> : null}
              <Rows page={data} order={order} columns={columns.map((c) => c.id)} ticks={{ ids: ticked, set: tick }} />
            </>
          ) : (
            <Empty
              title={say(filtered ? "calls.none.filtered" : "calls.none")}
              acts={filtered ? <a class="btn" href={withQuery(Object.fromEntries(CALL_FILTERS.map((id) => [id, null])))}>{say("filter.none")}</a> : null}
            >
              {say("calls.none.text", { period: datesOf(period) })}
            </Empty>
          )}
        </Panel>
      </div>
    </>
  );
}

function noteText(page: CallPage, dates: string, order: "newest" | "oldest"): string {
  const s = page.summary;
  const sum = s ? `${say("calls.summary", { offered: int(s.offered), answered: int(s.answered), lost: int(s.lost) })} ` : "";
  return `${dates}. ${sum}${say(order === "newest" ? "calls.newest" : "calls.oldest")}`;
}

function Rows({ page, order, columns, ticks }: { page: CallPage; order: "newest" | "oldest"; columns: readonly string[]; ticks: Ticks }) {
  const [at, setAt] = useState(-1);
  const rows = page.rows;
  useEffect(() => setAt(-1), [page]);
  const step = (by: number): void => {
    const next = Math.max(0, Math.min(rows.length - 1, at + by));
    setAt(next);
    document.querySelectorAll(".calls tbody tr")[next]?.scrollIntoView({ block: "nearest" });
  };
  useKeys({ j: () => step(1), k: () => step(-1), ArrowDown: () => step(1), ArrowUp: () => step(-1), Enter: () => {
    const row = rows[at];
    if (row) go(`/calls/${encodeURIComponent(row.id)}`);
  }, x: () => {
    const row = rows[at];
    if (!row) return;
    const next = new Set(ticks.ids);
    if (!next.delete(row.id)) next.add(row.id);
    ticks.set(next);
  } });
  const turn = (): void => go(withQuery({ order: order === "newest" ? "oldest" : null, marker: null }));
  return <CallList rows={rows} chosen={at} columns={columns} ticks={ticks} sorting={{ by: "time", direction: order === "newest" ? "descending" : "ascending", set: turn }} />;
}

/** How many calls came since the page was loaded: those above its first row. */
function useFresh(page: CallPage | null, asked: Parameters<typeof address>[1]): number {
  const [fresh, setFresh] = useState(0);
  const first = page?.rows[0]?.id ?? null;
  const ask = useRef(asked);
  ask.current = asked;
  useEffect(() => {
    setFresh(0);
    if (!page) return;
    const stop = new AbortController();
    const timer = window.setInterval(() => {
      if (document.hidden) return;
      void get("/calls", callPage, ask.current, stop.signal).then((answer) => {
        if (answer.at !== "ok") return;
        const rows = answer.data.rows;
        const known = rows.findIndex((r) => r.id === first);
        setFresh(known < 0 ? rows.length : known);
      });
    }, LOOK * 1000);
    return () => {
      stop.abort();
      window.clearInterval(timer);
    };
  }, [page]);
  return fresh;
}
