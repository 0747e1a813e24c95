// First run: the code on the console makes the first administrator.

import { useState } from "preact/hooks";
import { send } from "../api/client";
import { me as meShape, type Lang } from "../api/wire";
import { useForm } from "../lib/form";
import { language } from "../lib/format";
import { SHORTEST } from "../lib/password";
import { hello, speak, welcome } from "../lib/session";
import { Choice, Summary, TextField } from "../parts/field";
import { Gate } from "../parts/gate";
import { say } from "../words";

export function ClaimPage() {
  const [code, setCode] = useState("");
  const [name, setName] = useState("");
  const [account, setAccount] = useState("");
  const [password, setPassword] = useState("");
  const [lang, setLang] = useState<Lang>(language());
  const form = useForm("c-", {
    code: say("claim.code"), name: say("field.name"), account: say("field.account"), password: say("field.password"), language: say("field.language"),
  });

  const submit = (e: Event): void => {
    e.preventDefault();
    const found: Record<string, string> = {};
    for (const [field, value] of Object.entries({ code, name, account })) if (!value.trim()) found[field] = say("field.empty");
    if (password.length < SHORTEST) found["password"] = say("field.short", { n: SHORTEST });
    const body = { code: code.trim(), name: name.trim(), account: account.trim(), password, language: lang };
    void form.send(() => send("POST", "/claim", meShape, body), async (person) => {
      const first = hello.get();
      if (first) hello.set({ ...first, claimed: true });
      await welcome(person);
    }, found);
  };

  return (
    <Gate title={say("claim.title")}>
      <form onSubmit={submit} noValidate>
        <div>
          <h1>{say("claim.title")}</h1>
          <p class="sec">{say("claim.text")}</p>
        </div>
        <Summary faults={form.list} fault={form.fault} turn={form.turn} />
        <TextField id="c-code" label={say("claim.code")} value={code} set={setCode} autocomplete="one-time-code" look="code" hint={say("claim.code.hint")} fault={form.faults["code"]} />
        <TextField id="c-name" label={say("field.name")} value={name} set={setName} autocomplete="name" fault={form.faults["name"]} />
        <TextField id="c-account" label={say("field.account")} value={account} set={setAccount} autocomplete="username" hint={say("claim.account.hint")} fault={form.faults["account"]} />
        <TextField id="c-password" label={say("field.password")} type="password" value={password} set={setPassword} autocomplete="new-password" hint={say("field.password.hint", { n: SHORTEST })} fault={form.faults["password"]} />
        <Choice
          id="c-language"
          label={say("field.language")}
          value={lang}
          set={(l) => {
            setLang(l);
            void speak(l);
          }}
          options={[{ value: "en", text: "English", lang: "en" }, { value: "fr", text: "Français", lang: "fr" }]}
        />
        <button class="btn p" disabled={form.busy}>{say("claim.do")}</button>
      </form>
    </Gate>
  );
}
