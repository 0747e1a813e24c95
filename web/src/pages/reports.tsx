// Index of the reports, by group, as the daemon lists them. The period goes along.

import { reportIndex } from "../api/wire";
import { useCell } from "../lib/cell";
import { useLoad } from "../lib/load";
import { CALLS } from "../lib/pages";
import { place } from "../lib/route";
import { may } from "../lib/session";
import { Failed, Skeleton } from "../parts/message";
import { Head, Panel } from "../parts/panel";
import { PeriodPicker } from "../parts/period-picker";
import { say } from "../words";

export function ReportsPage() {
  const { query } = useCell(place);
  const index = useLoad("/reports", reportIndex);
  const tail = query.size ? `?${query.toString()}` : "";
  return (
    <>
      <Head title={say("page.reports")} note={say("reports.note")} />
      <div class="stack">
        <div class="filters" role="group" aria-label={say("period.title")}><PeriodPicker usual="week" /></div>
        {index.fault && !index.data ? <Panel title={say("page.reports")}><Failed fault={index.fault} again={index.again} /></Panel> : null}
        {index.slow && !index.data ? <Panel title={say("page.reports")}><Skeleton rows={8} cols={2} /></Panel> : null}
        <div class="cols">
          {index.data?.groups.map((g) => (
            <Panel key={g.id} title={g.label} extra="c6">
              <ul class="links">
                {g.blocks.map((b) => (
                  <li key={b.id}>
                    <a href={`/reports/${encodeURIComponent(b.id)}${tail}`}>{b.label}</a>
                    <span class="sub">{b.description}</span>
                  </li>
                ))}
              </ul>
            </Panel>
          ))}
          {index.data && may(...CALLS) ? (
            <Panel title={say("page.calls")} extra="c6">
              <ul class="links"><li><a href={`/calls${tail}`}>{say("reports.calls")}</a><span class="sub">{say("reports.calls.text")}</span></li></ul>
            </Panel>
          ) : null}
        </div>
      </div>
    </>
  );
}
