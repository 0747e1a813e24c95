// One report: period and filters, figures of the header, the picture, the table, CSV of exactly what is shown.

import { address } from "../api/client";
import { report as reportShape, type Report } from "../api/wire";
import { useCell } from "../lib/cell";
import { at, int, percent } from "../lib/format";
import { filtersOf, REPORT_FILTERS } from "../lib/filters";
import { useLoad } from "../lib/load";
import { labelIn, useNames, useReportIndex } from "../lib/names";
import type { Params } from "../lib/pages";
import { place } from "../lib/route";
import { seriesOf, trimmed, type Series } from "../lib/series";
import { may } from "../lib/session";
import { useOwnTitle } from "../lib/title";
import { Chart, Legend } from "../parts/chart";
import { FilterBar } from "../parts/filter-bar";
import { Icon } from "../parts/icon";
import { Empty, Failed, Note, Skeleton } from "../parts/message";
import { Head, Panel, Tiles } from "../parts/panel";
import { PeriodPicker, periodOf } from "../parts/period-picker";
import { ReportTable } from "../parts/report-table";
import { count, say } from "../words";

export function ReportPage({ params }: { params: Params }) {
  const here = useCell(place);
  const id = params["block"] ?? "";
  const period = periodOf(here, "week");
  const filters = filtersOf(here.query, REPORT_FILTERS);
  const asked = { from: period.from, to: period.to, ...filters };
  const path = `/reports/${encodeURIComponent(id)}`;
  const loaded = useLoad(path, reportShape, asked);
  const group = useReportIndex()?.groups.find((g) => g.blocks.some((b) => b.id === id));
  const block = group?.blocks.find((b) => b.id === id);
  const data = loaded.data;
  const title = data?.label ?? block?.label ?? say("page.report");
  useOwnTitle(title);
  const kept = new URLSearchParams(here.query);
  kept.delete("sort");
  kept.delete("page");
  const tail = kept.size ? `?${kept.toString()}` : "";
  return (
    <>
      <Head
        title={title}
        note={data ? headerText(data) : (block?.description ?? null)}
        acts={
          may("calls.export") ? (
            <a class="btn" href={address(path, { ...asked, format: "csv" })} download><Icon name="dl" />{say("do.csv")}</a>
          ) : null
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
          <FilterBar allowed={REPORT_FILTERS} />
        </div>
        {loaded.fault ? (
          <Panel title={title}><Failed fault={loaded.fault} again={loaded.again} title={say("report.failed")} /></Panel>
        ) : !data ? (
          loaded.slow ? <Panel title={title}><Skeleton rows={8} cols={6} /></Panel> : null
        ) : (
          <Content report={data} scope={block?.scope ?? ""} busy={loaded.slow} />
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

function Content({ report, scope, busy }: { report: Report; scope: string; busy: boolean }) {
  const h = report.header;
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
          { label: say("live.offered"), value: int(offered), note: say("report.of", { n: int(h.processed) }) },
          { label: say("col.answered"), value: int(h.answered), note: say("report.share", { share: percent(offered ? (100 * h.answered) / offered : null) }) },
          { label: say("col.lost"), value: int(h.lost), note: say("report.share", { share: percent(offered ? (100 * h.lost) / offered : null) }) },
        ]}
      />
      {drawn ? (
        <Panel title={report.label} side={<Legend series={series} />}>
          <div class="in"><Chart series={series} sentence={say("report.chart", { label: report.label })} /></div>
        </Panel>
      ) : null}
      <Panel title={say("report.table")} side={<span class="sm mut" role="status">{busy ? say("loading") : count("report.rows", report.rows.length, int(report.rows.length))}</span>}>
        {report.rows.length ? <ReportTable report={report} scope={scope} /> : <Empty title={say("report.empty")}>{say("report.empty.text")}</Empty>}
      </Panel>
    </>
  );
}

function timely(series: Series): boolean {
  return series.keys.every((k) => /^\d\d(:\d\d)?$|^\d{4}-\d\d-\d\d$/.test(k));
}
