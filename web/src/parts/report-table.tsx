// The table of a report: columns and units as the daemon says, sorted by the reader, keys made readable.

import type { Column, Report, ReportRow } from "../api/wire";
import { useCell } from "../lib/cell";
import { besides, differenceText, type Beside } from "../lib/compare";
import { day, figure, int, locale } from "../lib/format";
import { labelIn, useNames } from "../lib/names";
import { go, place, withQuery } from "../lib/route";
import { slotLabel } from "../lib/series";
import { sorted, type Direction } from "../lib/sort";
import { say } from "../words";
import { Icon } from "./icon";
import { Table, type Col } from "./table";

/** Rows on one page of the table. */
const PAGE = 200;
const FIGURES = new Set(["n", "s", "%", "x", "/h", "pos"]);

/** How a row is called: days and hours as people say them, everything else as stored. */
export function keyText(key: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(key)) return day(key, "day");
  return key === "all" ? say("report.all") : slotLabel(key);
}

export function ReportTable({ report, columns, scope }: { report: Report; columns: readonly Column[]; scope: string }) {
  const beside = report.compare ? besides(report) : null;
  const { query } = useCell(place);
  const [by = "", way = ""] = (query.get("sort") ?? "").split(" ");
  const direction: Direction = way === "asc" ? "ascending" : "descending";
  const known = by === "key" || report.columns.some((c) => c.id === by);
  const ordered = known ? sorted(report.rows, (r) => r[by] ?? null, direction, locale()) : report.rows;
  const pages = Math.max(1, Math.ceil(ordered.length / PAGE));
  const page = Math.min(pages, Math.max(1, Number(query.get("page")) || 1));
  const rows = ordered.slice((page - 1) * PAGE, page * PAGE);
  // Lists may name a key twice.
  const numbered = new Map(report.rows.map((r, i) => [r, i]));
  const set = (id: string): void => {
    const flip = known && id === by && direction === "descending";
    // A third press brings back the order of the daemon.
    const off = known && id === by && direction === "ascending";
    go(withQuery({ sort: off ? null : `${id} ${flip ? "asc" : "desc"}`, page: null }), true);
  };
  const cols: Col<ReportRow>[] = [
    { id: "key", head: say(HEADS[scope] ?? "report.key"), look: "name", cell: (r) => <><Key row={r} scope={scope} />{beside ? <Own beside={beside(keyOf(r))} /> : null}</> },
    ...columns.map((c): Col<ReportRow> => ({
      id: c.id, head: c.label, help: `${c.description || c.label} (${c.id})`, look: FIGURES.has(c.unit) ? "n" : "nw", label: c.label, cell: (r) => <><Value row={r} column={c} />{beside ? <Difference beside={beside(keyOf(r))} column={c} /> : null}</>,
    })),
  ];
  const to = (n: number): string => withQuery({ page: n === 1 ? null : String(n) });
  return (
    <>
      <Table
        caption={report.label}
        look={beside ? "cards grid two" : "cards grid"}
        cols={cols}
        rows={rows}
        keyOf={(r) => String(numbered.get(r))}
        sorting={{ by: known ? by : "", direction, set }}
      />
      {pages > 1 ? (
        <footer>
          <span role="status">{say("wall.page", { n: int(page), all: int(pages) })}</span>
          <span class="pager">
            {page > 1 ? <a class="btn" href={to(page - 1)} rel="prev"><Icon name="left" small />{say("do.previous")}</a> : null}
            {page < pages ? <a class="btn" href={to(page + 1)} rel="next">{say("do.next")}<Icon name="right" small /></a> : null}
          </span>
        </footer>
      ) : null}
    </>
  );
}

const HEADS: Record<string, "col.queue" | "col.agent" | "report.hour" | "report.day" | "report.dow"> = {
  queue: "col.queue", agent: "col.agent", hour: "report.hour", day: "report.day", dow: "report.dow",
};

function Key({ row, scope }: { row: ReportRow; scope: string }) {
  const { query } = useCell(place);
  const key = String(row["key"] ?? "");
  const names = useNames();
  const text = scope === "queue" ? labelIn(names.queues, key) : scope === "agent" ? labelIn(names.agents, key) : keyText(key);
  if (scope !== "queue" && scope !== "agent") return <>{text}</>;
  const q = new URLSearchParams(query);
  q.delete("sort");
  q.delete("page");
  q.set(scope, key);
  return <a href={`/calls?${q.toString()}`}>{text}</a>;
}

const keyOf = (row: ReportRow): string => String(row["key"] ?? "");

/** The day of the other period that stands beside this one. */
function Own({ beside }: { beside: Beside }) {
  const own = beside.then?.["own"];
  return typeof own === "string" ? <span class="sub">{keyText(own)}</span> : null;
}

/** What this period has more or less, with its sign; what it was then is in the tip, and said to those who listen. */
function Difference({ beside, column }: { beside: Beside; column: Column }) {
  const text = differenceText(beside.difference?.[column.id], column.unit);
  // Nothing then and nothing now says itself.
  if (!text || (text === "=" && !beside.then?.[column.id])) return null;
  const then = say("compare.then", { n: figure(beside.then?.[column.id], column.unit) });
  return <span class="sub" title={then}>{text}<span class="vh">, {then}</span></span>;
}

function Value({ row, column }: { row: ReportRow; column: Column }) {
  const value = row[column.id];
  const text = figure(value, column.unit);
  return value === null || value === undefined || value === 0 ? <span class="z">{text}</span> : <>{text}</>;
}
