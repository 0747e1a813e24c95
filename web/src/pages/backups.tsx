// Backups: the list, and making one now.

import { send } from "../api/client";
import { backupMade, backups as shape } from "../api/wire-system";
import { at, bytes, longSpan } from "../lib/format";
import { now } from "../lib/clock";
import { useForm } from "../lib/form";
import { useLoad } from "../lib/load";
import { Summary } from "../parts/field";
import { Icon } from "../parts/icon";
import { Empty, Failed, Skeleton } from "../parts/message";
import { Head, Panel } from "../parts/panel";
import { Table } from "../parts/table";
import { toast } from "../parts/toast";
import { count, say } from "../words";

export function BackupsPage() {
  const loaded = useLoad("/backups", shape);
  const form = useForm("b-", {});
  const make = (): void =>
    void form.send(() => send("POST", "/backups", backupMade), (made) => {
      toast(say("backup.made", { name: made.name }));
      loaded.again();
    });
  const list = [...(loaded.data?.backups ?? [])].sort((a, b) => b.at - a.at);
  return (
    <>
      <Head
        title={say("page.backups")}
        note={say("backup.note")}
        acts={<button type="button" class="btn p" disabled={form.busy} onClick={make}><Icon name="disk" />{say(form.busy ? "backup.busy" : "backup.do")}</button>}
      />
      <div class="stack">
        <Summary faults={[]} fault={form.fault} turn={form.turn} />
        <Panel title={say("page.backups")} side={<span class="sm mut">{loaded.data ? count("backup.n", list.length, String(list.length)) : ""}</span>}>
          {loaded.fault ? <Failed fault={loaded.fault} again={loaded.again} /> : !loaded.data ? <Skeleton rows={4} cols={3} /> : list.length === 0 ? (
            <Empty title={say("backup.none")}>{say("backup.none.text")}</Empty>
          ) : (
            <Table
              caption={say("page.backups")}
              rows={list}
              keyOf={(b) => b.name}
              cols={[
                { id: "name", head: say("backup.name"), look: "name mono", cell: (b) => b.name },
                { id: "at", head: say("calls.time"), look: "nw", cell: (b) => `${at(b.at, "dayYear")} ${at(b.at, "hm")}` },
                { id: "age", head: say("backup.age"), look: "n", label: say("backup.age"), cell: (b) => longSpan(now() - b.at) },
                { id: "size", head: say("backup.size"), look: "n", cell: (b) => bytes(b.bytes) },
              ]}
            />
          )}
        </Panel>
      </div>
    </>
  );
}
