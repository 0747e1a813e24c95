// Adding an account, or changing one: name, role, password, agent, queues; turning it off and on.

import { useState } from "preact/hooks";
import { send } from "../api/client";
import { type Named, type Role } from "../api/wire";
import { account as shape, type Account } from "../api/wire-system";
import { useForm } from "../lib/form";
import { SHORTEST } from "../lib/password";
import { say } from "../words";
import { Dialog } from "./dialog";
import { Choice, Summary, TextField } from "./field";
import { QueueTicks } from "./queue-picker";

const ROLES: readonly Role[] = ["administrator", "supervisor", "agent", "user"];

interface Props {
  account: Account | null;
  queues: readonly Named[];
  agents: readonly Named[];
  /** One's own account: it can not lock itself out. */
  own?: boolean;
  onClose: () => void;
  onDone: (account: Account) => void;
  onTurn?: () => Promise<unknown>;
}

export function AccountDialog({ account: old, queues, agents, own = false, onClose, onDone, onTurn }: Props) {
  const [account, setAccount] = useState(old?.account ?? "");
  const [name, setName] = useState(old?.name ?? "");
  const [role, setRole] = useState<Role>(old?.role ?? "supervisor");
  const [password, setPassword] = useState("");
  const [agent, setAgent] = useState(old?.agent ?? "");
  const [all, setAll] = useState(old ? old.queues === null : true);
  const [some, setSome] = useState(new Set(old?.queues ?? []));
  const form = useForm("a-", { account: say("field.account"), name: say("field.name"), role: say("field.role"), password: say("field.password"), agent: say("field.agent"), queues: say("field.queues") });

  const submit = (): void => {
    const found: Record<string, string> = {};
    if (!old && !account.trim()) found["account"] = say("field.empty");
    if (!name.trim()) found["name"] = say("field.empty");
    if ((!old || password) && password.length < SHORTEST) found["password"] = say("field.short", { n: SHORTEST });
    const body = { name: name.trim(), role, agent: agent || null, queues: all ? null : [...some], ...(password ? { password } : {}) };
    void form.send(
      () => (old ? send("PATCH", `/accounts/${encodeURIComponent(old.account)}`, shape, body) : send("POST", "/accounts", shape, { account: account.trim(), ...body })),
      onDone,
      found,
    );
  };

  const known = agents.some((a) => a.name === agent) || !agent ? agents : [{ name: agent, label: agent }, ...agents];
  return (
    <Dialog
      title={old ? old.name : say("accounts.add")}
      onClose={onClose}
      onSend={submit}
      foot={
        <>
          {old && onTurn && !own ? <button type="button" class={old.disabled ? "btn" : "btn d"} disabled={form.busy} onClick={() => void onTurn()}>{say(old.disabled ? "accounts.enable" : "accounts.disable")}</button> : null}
          <span class="grow" />
          <button type="button" class="btn" onClick={onClose}>{say("do.cancel")}</button>
          <button class="btn p" disabled={form.busy}>{say(old ? "do.save" : "accounts.add")}</button>
        </>
      }
    >
      <div class="stack">
        <Summary faults={form.list} fault={form.fault} turn={form.turn} />
        {old ? null : <TextField id="a-account" label={say("field.account")} value={account} set={setAccount} fault={form.faults["account"]} hint={say("accounts.account.hint")} />}
        <TextField id="a-name" label={say("field.name")} value={name} set={setName} fault={form.faults["name"]} />
        <Choice id="a-role" label={say("field.role")} value={role} set={setRole} options={ROLES.map((r) => ({ value: r, text: say(`role.${r}`) }))} hint={say(`role.${role}.hint`)} fault={form.faults["role"]} />
        <TextField id="a-password" type="password" label={say(old ? "accounts.newpassword" : "field.password")} value={password} set={setPassword} autocomplete="new-password" hint={say(old ? "accounts.newpassword.hint" : "field.password.hint", { n: SHORTEST })} fault={form.faults["password"]} optional={old !== null} />
        <Choice id="a-agent" label={say("field.agent")} value={agent} set={setAgent} options={[{ value: "", text: "–" }, ...known.map((a) => ({ value: a.name, text: a.label }))]} hint={say("field.agent.hint")} fault={form.faults["agent"]} />
        <fieldset class="field">
          <legend>{say("field.queues")}</legend>
          <label class="tick"><input type="checkbox" id="a-queues" checked={all} onChange={(e) => setAll(e.currentTarget.checked)} />{say("field.queues.all")}</label>
          {all ? null : <div class="ticks"><QueueTicks all={queues} ticked={some} tick={setSome} /></div>}
        </fieldset>
      </div>
    </Dialog>
  );
}
