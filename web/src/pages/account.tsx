// One's own account: name, look of the portal, password, and where one is logged in.

import { useState } from "preact/hooks";
import { nothing, send } from "../api/client";
import { me as meShape, type Me } from "../api/wire";
import { sessions as sessionShape } from "../api/wire-system";
import { useCell } from "../lib/cell";
import { now } from "../lib/clock";
import { useForm } from "../lib/form";
import { civilDay, when } from "../lib/format";
import { useLoad } from "../lib/load";
import { SHORTEST } from "../lib/password";
import { me, welcome } from "../lib/session";
import { Choice, Summary, TextField } from "../parts/field";
import { Icon } from "../parts/icon";
import { Failed, Skeleton } from "../parts/message";
import { Head, Panel } from "../parts/panel";
import { leave } from "../parts/person-menu";
import { Table } from "../parts/table";
import { toast } from "../parts/toast";
import { say } from "../words";

export function AccountPage() {
  const person = useCell(me);
  if (!person) return null;
  return (
    <>
      <Head
        title={say("page.me")}
        note={`${person.account}, ${say(`role.${person.role}`)}`}
        acts={<button type="button" class="btn" onClick={() => void leave()}><Icon name="out" />{say("do.logout")}</button>}
      />
      <div class="cols">
        <div class="c6 stack"><Person person={person} /><Sessions /></div>
        <div class="c6 stack"><Password /></div>
      </div>
    </>
  );
}

function Person({ person }: { person: Me }) {
  const [name, setName] = useState(person.name);
  const [language, setLanguage] = useState(person.language);
  const [theme, setTheme] = useState(person.theme);
  const [density, setDensity] = useState(person.density);
  const [keys, setKeys] = useState(person.single_keys);
  const form = useForm("m-", { name: say("field.name"), language: say("field.language"), theme: say("me.theme"), density: say("me.density") });
  const submit = (e: Event): void => {
    e.preventDefault();
    const found: Record<string, string> = name.trim() ? {} : { name: say("field.empty") };
    void form.send(() => send("PATCH", "/me", meShape, { name: name.trim(), language, theme, density, single_keys: keys }), async (next) => {
      await welcome(next);
      toast(say("me.saved"));
    }, found);
  };
  return (
    <Panel title={say("me.person")}>
      <form class="in stack" onSubmit={submit} noValidate>
        <Summary faults={form.list} fault={form.fault} turn={form.turn} />
        <TextField id="m-name" label={say("field.name")} value={name} set={setName} autocomplete="name" fault={form.faults["name"]} />
        <div class="grid2">
          <Choice id="m-language" label={say("field.language")} value={language} set={setLanguage} options={[{ value: "en", text: "English", lang: "en" }, { value: "fr", text: "Français", lang: "fr" }]} />
          <Choice id="m-theme" label={say("me.theme")} value={theme} set={setTheme} options={[{ value: "auto", text: say("me.theme.auto") }, { value: "light", text: say("me.theme.light") }, { value: "dark", text: say("me.theme.dark") }]} />
          <Choice id="m-density" label={say("me.density")} value={density} set={setDensity} options={[{ value: "compact", text: say("me.density.compact") }, { value: "normal", text: say("me.density.normal") }, { value: "comfortable", text: say("me.density.comfortable") }]} />
        </div>
        <label class="tick"><input type="checkbox" checked={keys} onChange={(e) => setKeys(e.currentTarget.checked)} />{say("me.keys")}</label>
        <div class="row"><button class="btn p" disabled={form.busy}>{say("do.save")}</button></div>
      </form>
    </Panel>
  );
}

function Password() {
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const form = useForm("w-", { old: say("me.password.old"), new: say("me.password.new") });
  const submit = (e: Event): void => {
    e.preventDefault();
    const found: Record<string, string> = {};
    if (!old) found["old"] = say("field.empty");
    if (next.length < SHORTEST) found["new"] = say("field.short", { n: SHORTEST });
    void form.send(() => send("POST", "/me/password", nothing, { old, new: next }), () => {
      setOld("");
      setNext("");
      toast(say("me.password.saved"));
    }, found);
  };
  return (
    <Panel title={say("field.password")}>
      <form class="in stack" onSubmit={submit} noValidate>
        <Summary faults={form.list} fault={form.fault} turn={form.turn} />
        <input class="vh" tabIndex={-1} aria-hidden="true" autoComplete="username" value={me.get()?.account ?? ""} readOnly />
        <TextField id="w-old" type="password" label={say("me.password.old")} value={old} set={setOld} autocomplete="current-password" fault={form.faults["old"]} />
        <TextField id="w-new" type="password" label={say("me.password.new")} value={next} set={setNext} autocomplete="new-password" hint={say("field.password.hint", { n: SHORTEST })} fault={form.faults["new"]} />
        <div class="row"><button class="btn" disabled={form.busy}>{say("me.password.do")}</button></div>
      </form>
    </Panel>
  );
}

function Sessions() {
  const loaded = useLoad("/me/sessions", sessionShape);
  const form = useForm("s-", {});
  const today = civilDay(now());
  const list = loaded.data?.sessions ?? [];
  const end = (id: string): void => void form.send(() => send("DELETE", `/me/sessions/${encodeURIComponent(id)}`, nothing), () => {
    toast(say("me.ended"));
    loaded.again();
  });
  return (
    <Panel title={say("me.sessions")}>
      {form.fault ? <div class="in"><Summary faults={[]} fault={form.fault} turn={form.turn} /></div> : null}
      {loaded.fault ? <Failed fault={loaded.fault} again={loaded.again} /> : !loaded.data ? <Skeleton rows={2} cols={3} /> : (
        <Table
          caption={say("me.sessions")}
          rows={list}
          keyOf={(s) => s.id}
          cols={[
            { id: "agent", head: say("me.browser"), look: "name", cell: (s) => <>{browserText(s.agent)} {s.current ? <span class="pill o"><Icon name="okc" small />{say("me.this")}</span> : null}<span class="sub">{s.address}</span></> },
            { id: "seen", head: say("me.seen"), look: "nw sec", cell: (s) => when(s.last_seen, today) },
            { id: "end", head: <span class="vh">{say("me.end")}</span>, look: "n", cell: (s) => (s.current ? null : <button type="button" class="btn xs" disabled={form.busy} aria-label={say("me.end.of", { browser: browserText(s.agent), time: when(s.created, today) })} onClick={() => end(s.id)}>{say("me.end")}</button>) },
          ]}
        />
      )}
    </Panel>
  );
}

/** "Firefox, Linux" out of a browser's long name; the start of the name where nothing is known in it. */
export function browserText(agent: string): string {
  const browser = ["Edg", "OPR", "Firefox", "Chrome", "Safari"].find((b) => agent.includes(b));
  const system = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"].find((s) => agent.includes(s));
  const name = browser === "Edg" ? "Edge" : browser === "OPR" ? "Opera" : browser;
  return [name, system].filter(Boolean).join(", ") || agent.slice(0, 40) || "–";
}
