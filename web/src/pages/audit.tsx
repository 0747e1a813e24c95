// Audit: who changed what, when, from where; old and new value. Newest first, a page at a time.

import { audit as shape } from "../api/wire-system";
import { useCell } from "../lib/cell";
import { now } from "../lib/clock";
import { civilDay, when } from "../lib/format";
import { useLoad } from "../lib/load";
import { place, withQuery } from "../lib/route";
import { Icon } from "../parts/icon";
import { Empty, Failed, Skeleton } from "../parts/message";
import { Head, Panel } from "../parts/panel";
import { Table } from "../parts/table";
import { say } from "../words";

const SIZE = 50;

export function AuditPage() {
  const marker = useCell(place).query.get("marker");
  const loaded = useLoad("/audit", shape, { limit: SIZE, marker });
  const data = loaded.data;
  const today = civilDay(now());
  const none = <span class="z">–</span>;
  return (
    <>
      <Head title={say("page.audit")} note={say("audit.note")} />
      <Panel
        title={say("audit.list")}
        foot={
          data && (marker || data.next) ? (
            <span class="pager">
              {marker ? <a class="btn" href={withQuery({ marker: null })}>{say("do.first")}</a> : null}
              {data.next ? <a class="btn" href={withQuery({ marker: data.next })} rel="next">{say("do.next")}<Icon name="right" small /></a> : null}
            </span>
          ) : null
        }
      >
        {loaded.fault ? <Failed fault={loaded.fault} again={loaded.again} /> : !data ? <Skeleton rows={10} cols={5} /> : data.rows.length === 0 ? (
          <Empty title={say("audit.none")} />
        ) : (
          <Table
            caption={say("audit.list")}
            rows={data.rows}
            keyOf={(r) => String(r.id)}
            cols={[
              { id: "at", head: say("calls.time"), look: "nw", cell: (r) => when(r.at, today) },
              { id: "account", head: say("field.account"), look: "name", cell: (r) => r.account || none },
              { id: "action", head: say("audit.action"), look: "mono", cell: (r) => r.action },
              { id: "object", head: say("audit.object"), cell: (r) => r.object || none },
              { id: "old", head: say("audit.old"), look: "off sec", cell: (r) => r.old ?? none },
              { id: "new", head: say("audit.new"), look: "off sec", cell: (r) => r.new ?? none },
              { id: "address", head: say("audit.address"), look: "off mono", cell: (r) => r.address || none },
            ]}
          />
        )}
      </Panel>
    </>
  );
}
