// Accounts: who may come in, as what, for which queues. Adding and editing in a dialog that the address holds.

import { send } from "../api/client";
import { account as accountShape, accounts as shape, type Account } from "../api/wire-system";
import { useCell } from "../lib/cell";
import { now } from "../lib/clock";
import { civilDay, when } from "../lib/format";
import { useLoad } from "../lib/load";
import { labelIn, useNames } from "../lib/names";
import { go, place, withQuery } from "../lib/route";
import { me } from "../lib/session";
import { AccountDialog } from "../parts/account-dialog";
import { Icon } from "../parts/icon";
import { Failed, Skeleton } from "../parts/message";
import { Head, Panel } from "../parts/panel";
import { Table } from "../parts/table";
import { toast } from "../parts/toast";
import { count, say } from "../words";

export function AccountsPage() {
  const open = useCell(place).query.get("open");
  const loaded = useLoad("/accounts", shape);
  const { queues, agents } = useNames();
  const list = loaded.data?.accounts ?? [];
  const edited = list.find((a) => a.account === open) ?? null;
  const today = civilDay(now());
  const close = (): void => go(withQuery({ open: null }), true);
  const done = (text: string): void => {
    close();
    toast(text);
    loaded.again();
  };
  return (
    <>
      <Head
        title={say("page.accounts")}
        note={say("accounts.note")}
        acts={<a class="btn p" href={withQuery({ open: "new " })}><Icon name="plus" />{say("accounts.add")}</a>}
      />
      <Panel title={say("page.accounts")} side={<span class="sm mut">{loaded.data ? count("accounts.n", list.length, String(list.length)) : ""}</span>}>
        {loaded.fault ? <Failed fault={loaded.fault} again={loaded.again} /> : !loaded.data ? <Skeleton rows={6} cols={5} /> : (
          <Table
            caption={say("page.accounts")}
            rows={list}
            keyOf={(a) => a.account}
            cols={[
              { id: "name", head: say("field.name"), look: "name", cell: (a) => <><a href={withQuery({ open: a.account })}>{a.name}</a> <span class="sub">{a.account}</span></> },
              { id: "role", head: say("field.role"), look: "nw", cell: (a) => <>{say(`role.${a.role}`)} {a.disabled ? <span class="pill w"><Icon name="warn" small />{say("accounts.disabled")}</span> : null}</> },
              { id: "queues", head: say("live.queues"), look: "off sec", cell: (a) => queueText(a, queues) },
              { id: "agent", head: say("col.agent"), look: "off sec", cell: (a) => a.agent ?? <span class="z">–</span> },
              { id: "last", head: say("accounts.last"), look: "nw sec", label: say("accounts.last"), cell: (a) => when(a.last_login, today) },
            ]}
          />
        )}
      </Panel>
      {open === "new " ? <AccountDialog account={null} queues={queues} agents={agents} onClose={close} onDone={(a) => done(say("accounts.added", { name: a.name }))} /> : null}
      {edited ? (
        <AccountDialog
          account={edited}
          queues={queues}
          agents={agents}
          own={edited.account === me.get()?.account}
          onClose={close}
          onDone={(a) => done(say("accounts.saved", { name: a.name }))}
          onTurn={() => turn(edited).then((ok) => ok && done(say(edited.disabled ? "accounts.enabled.done" : "accounts.disabled.done", { name: edited.name })))}
        />
      ) : null}
    </>
  );
}

async function turn(a: Account): Promise<boolean> {
  const answer = await send("PATCH", `/accounts/${encodeURIComponent(a.account)}`, accountShape, { disabled: !a.disabled });
  return answer.at === "ok";
}

function queueText(a: Account, queues: readonly { name: string; label: string }[]): string {
  if (a.queues === null) return say("field.queues.all");
  return a.queues.map((q) => labelIn(queues, q)).join(", ") || "–";
}
