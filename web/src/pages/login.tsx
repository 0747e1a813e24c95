// Log-in. Names no person, and says the same whether the account or the password is wrong.

import { useState } from "preact/hooks";
import { send } from "../api/client";
import { me as meShape } from "../api/wire";
import { useForm } from "../lib/form";
import { hello, welcome } from "../lib/session";
import { Summary, TextField } from "../parts/field";
import { Gate } from "../parts/gate";
import { say } from "../words";

export function LoginPage() {
  const [account, setAccount] = useState("");
  const [password, setPassword] = useState("");
  const form = useForm("l-", { account: say("field.account"), password: say("field.password") });

  const submit = (e: Event): void => {
    e.preventDefault();
    const found: Record<string, string> = {};
    if (!account.trim()) found["account"] = say("field.empty");
    if (!password) found["password"] = say("field.empty");
    void form.send(() => send("POST", "/session", meShape, { account: account.trim(), password }), welcome, found);
  };

  return (
    <Gate title={say("login.title")}>
      <form onSubmit={submit} noValidate>
        <div>
          <h1>{say("login.title")}</h1>
          <p class="sec">{say("login.to", { office: hello.get()?.office ?? "" })}</p>
        </div>
        <Summary faults={form.list} fault={form.fault} turn={form.turn} wrong={say("login.wrong")} />
        <TextField id="l-account" label={say("field.account")} value={account} set={setAccount} autocomplete="username" fault={form.faults["account"]} />
        <TextField id="l-password" label={say("field.password")} type="password" value={password} set={setPassword} autocomplete="current-password" fault={form.faults["password"]} />
        <button class="btn p" disabled={form.busy}>{say("do.login")}</button>
        <p class="sm sec">{say("login.forgotten")}</p>
      </form>
    </Gate>
  );
}
