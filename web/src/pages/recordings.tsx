// The list of recordings: period and filters in the address, a page at a time. A row leads to its call; one may also
// listen at once, in a dialog that the address holds.

import { address } from "../api/client";
import { recordingOne, recordingPage, type Recording } from "../api/wire-recordings";
import { useCell } from "../lib/cell";
import { now } from "../lib/clock";
import { civilDay, phone, span, when } from "../lib/format";
import { filtersOf, RECORDING_FILTERS } from "../lib/filters";
import { useLoad } from "../lib/load";
import { labelIn, useNames } from "../lib/names";
import { go, place, withQuery } from "../lib/route";
import { may } from "../lib/session";
import { Dialog } from "../parts/dialog";
import { FilterBar } from "../parts/filter-bar";
import { Icon } from "../parts/icon";
import { Empty, Failed, Skeleton } from "../parts/message";
import { Head, Panel } from "../parts/panel";
import { datesOf, PeriodPicker, periodOf } from "../parts/period-picker";
import { Lock, Player } from "../parts/player";
import { Table } from "../parts/table";
import { say } from "../words";

const ROWS = 50;

export function RecordingsPage() {
  const here = useCell(place);
  const period = periodOf(here, "week");
  const filters = filtersOf(here.query, RECORDING_FILTERS);
  const marker = here.query.get("marker");
  const open = here.query.get("open");
  const loaded = useLoad("/recordings", recordingPage, { from: period.from, to: period.to, ...filters, limit: String(ROWS), marker });
  const data = loaded.data;
  const filtered = Object.keys(filters).length > 0;
  return (
    <>
      <Head
        title={say("page.recordings")}
        note={say("rec.note")}
        acts={may("recordings.download") && may("calls.export") && data?.rows.length ? (
          // In a page of its own, so that a refusal (too many) is read there and this one stays.
          <a class="btn" href={address("/recordings/export", { from: period.from, to: period.to, ...filters })} target="_blank" rel="noopener"><Icon name="dl" />{say("rec.take")}</a>
        ) : null}
      />
      <div class="stack">
        <div class="filters" role="group" aria-label={say("filter.group")}>
          <PeriodPicker usual="week" />
          <FilterBar allowed={RECORDING_FILTERS} />
        </div>
        <Panel
          title={say("rec.list")}
          foot={data && data.rows.length ? (
            <span class="pager">
              {marker ? <a class="btn" href={withQuery({ marker: null })}>{say("do.first")}</a> : null}
              <button type="button" class="btn" disabled={!marker} onClick={() => history.back()}><Icon name="left" small />{say("do.previous")}</button>
              {data.next ? <a class="btn" href={withQuery({ marker: data.next })} rel="next">{say("do.next")}<Icon name="right" small /></a> : <button type="button" class="btn" disabled>{say("do.next")}<Icon name="right" small /></button>}
            </span>
          ) : null}
        >
          {loaded.fault ? <Failed fault={loaded.fault} again={loaded.again} /> : !data ? (loaded.slow ? <Skeleton rows={10} cols={6} /> : null) : data.rows.length ? <Rows rows={data.rows} /> : (
            <Empty title={say("rec.none")} acts={filtered ? <a class="btn" href={withQuery(Object.fromEntries(RECORDING_FILTERS.map((id) => [id, null])))}>{say("filter.none")}</a> : null}>{say("rec.none.text", { period: datesOf(period) })}</Empty>
          )}
        </Panel>
      </div>
      {open ? <InPlace id={open} changed={loaded.again} /> : null}
    </>
  );
}

function Rows({ rows }: { rows: readonly Recording[] }) {
  const today = civilDay(now());
  const { queues, agents } = useNames();
  const none = <span class="z">–</span>;
  return (
    <Table
      caption={say("rec.list")}
      rows={rows}
      keyOf={(r) => r.id}
      cols={[
        { id: "time", head: say("rec.time"), look: "nw", cell: (r) => (r.call ? <a href={`/calls/${encodeURIComponent(r.call)}?rec=${encodeURIComponent(r.id)}`}>{when(r.started, today)}</a> : when(r.started, today)) },
        { id: "who", head: say("filter.number"), look: "name", cell: (r) => (r.number ? phone(r.number) : r.state === "growing" ? none : say("number.hidden")) },
        { id: "queue", head: say("col.queue"), look: "nw", cell: (r) => (r.queue ? labelIn(queues, r.queue) : <span class="sec">{say(`rec.kind.${r.kind}`)}</span>) },
        { id: "agent", head: say("col.agent"), look: "nw sec", cell: (r) => (r.agent ? labelIn(agents, r.agent) : none) },
        { id: "length", head: say("rec.length"), look: "n", label: say("rec.length"), cell: (r) => (r.duration === null ? none : span(r.duration)) },
        { id: "lock", head: say("rec.lock"), look: "nw", cell: (r) => <>{r.state === "growing" ? <span class="pill o"><Icon name="rec" small />{say("store.state.growing")}</span> : <Lock recording={r} />} {r.held ? <span class="pill w">{say("rec.held")}</span> : null}</> },
        { id: "marks", head: say("rec.marks"), look: "n", label: say("rec.marks"), cell: (r) => (r.markers ? String(r.markers) : none) },
        { id: "acts", head: <span class="vh">{say("rec.listen")}</span>, look: "fit", cell: (r) => (r.may.play && r.state !== "deleted" ? (
          <a class="btn xs" href={withQuery({ open: r.id })} aria-label={say("rec.listen.to", { time: when(r.started, today) })}><Icon name="play" small />{say("rec.listen")}</a>
        ) : null) },
      ]}
    />
  );
}

function InPlace({ id, changed }: { id: string; changed: () => void }) {
  const loaded = useLoad(`/recordings/${encodeURIComponent(id)}`, recordingOne);
  const close = (): void => go(withQuery({ open: null }), true);
  const r = loaded.data;
  const today = civilDay(now());
  return (
    <Dialog title={r ? `${r.number ? phone(r.number) : r.state === "growing" ? say("player.growing") : say("number.hidden")}, ${when(r.started, today)}` : say("player.title")} look="big" onClose={close}>
      {loaded.fault ? <Failed fault={loaded.fault} again={loaded.again} /> : r ? <Player key={r.id} recording={r} changed={() => {
        loaded.again();
        changed();
      }} /> : null}
    </Dialog>
  );
}
