// One report: period and filters, figures of the header, the picture, the table, CSV of exactly what is shown.

import { address } from "../api/client";
import { report as reportShape, type Column, type Report } from "../api/wire";
import { useCell } from "../lib/cell";
import { shownColumns } from "../lib/columns";
import { compareOf, differenceText } from "../lib/compare";
import { at, civilDay, int, percent } from "../lib/format";
import { filtersOf, REPORT_FILTERS } from "../lib/filters";
import { useLoad } from "../lib/load";
import { labelIn, useNames, useReportIndex } from "../lib/names";
import type { Params } from "../lib/pages";
import { place } from "../lib/route";
import { useColumns } from "../lib/saved";
import { seriesOf, trimmed, type Series } from "../lib/series";
import { may } from "../lib/session";
import { useOwnTitle } from "../lib/title";
import { Chart, Legend } from "../parts/chart";
import { ColumnPicker } from "../parts/column-picker";
import { ComparePicker } from "../parts/compare-picker";
import { FilterBar } from "../parts/filter-bar";
import { Icon } from "../parts/icon";
import { Empty, Failed, Note, Skeleton } from "../parts/message";
import { Head, Panel, Tiles } from "../parts/panel";
import { datesOf, PeriodPicker, periodOf } from "../parts/period-picker";
import { ReportTable } from "../parts/report-table";
import { SavedViews } from "../parts/saved-views";
import { count, say } from "../words";

export function ReportPage({ params }: { params: Params }) {
  const here = useCell(place);
  const id = params["block"] ?? "";
  const period = periodOf(here, "week");
  const filters = filtersOf(here.query, REPORT_FILTERS);
  const group = useReportIndex()?.groups.find((g) => g.blocks.some((b) => b.id === id));
  const block = group?.blocks.find((b) => b.id === id);
  // The rows of a list are single calls: they have nothing to stand beside.
  const comparable = block?.scope !== "list";
  const asked = { from: period.from, to: period.to, ...filters, compare: comparable ? compareOf(here.query) : null };
  const path = `/reports/${encodeURIComponent(id)}`;
  const loaded = useLoad(path, reportShape, asked);
  const data = loaded.data;
  const chosen = useColumns(id);
  const all = data?.columns.filter((c) => c.id !== "key") ?? [];
  const columns = shownColumns(all, here.query.get("cols"), chosen);
  const title = data?.label ?? block?.label ?? say("page.report");
  useOwnTitle(title);
  const kept = new URLSearchParams(here.query);
  kept.delete("sort");
  kept.delete("page");
  kept.delete("cols");
  const tail = kept.size ? `?${kept.toString()}` : "";
  return (
    <>
      <Head
        title={title}
        note={data ? headerText(data) : (block?.description ?? null)}
        acts={
          <>
            <SavedViews columns={columns.length < all.length ? columns.map((c) => c.id) : null} />
            {may("calls.export") ? <a class="btn" href={address(path, { ...asked, format: "csv" })} download><Icon name="dl" />{say("do.csv")}</a> : null}
          </>
        }
      />
      <div class="stack">
        {group && group.blocks.length > 1 ? (
          <nav class="tabrow" aria-label={group.label}>
            {group.blocks.map((b) => (
              <a key={b.id} href={`/reports/${encodeURIComponent(b.id)}${tail}`} aria-current={b.id === id ? "page" : undefined}>{b.label}</a>
            ))}
          </nav>
        ) : null}
        <div class="filters" role="group" aria-label={say("filter.group")}>
          <PeriodPicker usual="week" />
          {comparable ? <ComparePicker /> : null}
          <FilterBar allowed={REPORT_FILTERS} />
        </div>
        {loaded.fault ? (
          <Panel title={title}><Failed fault={loaded.fault} again={loaded.again} title={say("report.failed")} /></Panel>
        ) : !data ? (
          loaded.slow ? <Panel title={title}><Skeleton rows={8} cols={6} /></Panel> : null
        ) : (
          <Content report={data} columns={columns} all={all} scope={block?.scope ?? ""} busy={loaded.slow} />
        )}
      </div>
    </>
  );
}

function headerText(r: Report): string {
  const h = r.header;
  const short = h.short ? ` ${say("report.short", { n: int(h.short), ratio: percent(h.ratio) })}` : "";
  return `${count("report.processed", h.processed, int(h.processed))}${short} ${say("report.computed", { time: at(h.generated_at, "hms"), zone: h.zone })}`;
}

/** Scopes whose rows follow one another in time or size, so that a picture says more than a table. */
const PICTURED = ["hour", "day", "dow", "step", "queue", "agent"];
const MOST_BARS = 400;

interface ContentProps {
  report: Report;
  columns: readonly Column[];
  all: readonly Column[];
  scope: string;
  busy: boolean;
}

/** The period of a header, as people say it. */
const periodText = (h: Report["header"]): string => datesOf({ from: civilDay(h.from), to: civilDay(h.to) });

function Content({ report, columns, all, scope, busy }: ContentProps) {
  const h = report.header;
  const then = report.compare?.header;
  const beside = then ? periodText(then) : "";
  const against = (mine: number, theirs: number, note: string): string =>
    then ? say("compare.against", { difference: differenceText(mine - theirs, "n"), period: beside }) : note;
  const offered = h.answered + h.lost;
  const names = useNames();
  const whole = seriesOf(report);
  // A line between queues or agents would say that one follows the other: the share is drawn over time only.
  const named = scope === "queue" ? names.queues : scope === "agent" ? names.agents : null;
  const series = named ? { ...whole, share: null, keys: whole.keys.map((k) => labelIn(named, k)) } : scope === "hour" ? trimmed(whole) : whole;
  const drawn = report.rows.length > 1 && report.rows.length <= MOST_BARS && (PICTURED.includes(scope) || timely(series)) && (series.answered || series.other);
  return (
    <>
      {h.notes.map((n) => (
        <Note key={n} level="w" role="status">{n}</Note>
      ))}
      <Tiles
        tiles={[
          { label: say("live.offered"), value: int(offered), note: against(offered, then ? then.answered + then.lost : 0, say("report.of", { n: int(h.processed) })) },
          { label: say("col.answered"), value: int(h.answered), note: against(h.answered, then?.answered ?? 0, say("report.share", { share: percent(offered ? (100 * h.answered) / offered : null) })) },
          { label: say("col.lost"), value: int(h.lost), note: against(h.lost, then?.lost ?? 0, say("report.share", { share: percent(offered ? (100 * h.lost) / offered : null) })) },
        ]}
      />
      {drawn ? (
        <Panel title={report.label} side={<Legend series={series} before={beside} />}>
          <div class="in"><Chart series={series} sentence={say("report.chart", { label: report.label })} /></div>
        </Panel>
      ) : null}
      <Panel
        title={say("report.table")}
        side={
          <>
            <span class="sm mut" role="status">{busy ? say("loading") : count("report.rows", report.rows.length, int(report.rows.length))}</span>
            <ColumnPicker table={report.block} all={all} shown={columns} />
          </>
        }
      >
        {report.rows.length ? <ReportTable report={report} columns={columns} scope={scope} /> : <Empty title={say("report.empty")}>{say("report.empty.text")}</Empty>}
      </Panel>
    </>
  );
}

function timely(series: Series): boolean {
  return series.keys.every((k) => /^\d\d(:\d\d)?$|^\d{4}-\d\d-\d\d$/.test(k));
}
