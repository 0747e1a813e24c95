// Who is here: the person, the office, and what follows from them (language, theme, density, keys). Asks once at
// the start; log-in, claim and the account page hand over a new answer.

import * as api from "../api/client";
import * as wire from "../api/wire";
import { setWords } from "../words";
import { Cell } from "./cell";
import { now, setClock } from "./clock";
import { setFormat } from "./format";
import { allowSingles } from "./keys";
import { unfollow } from "./live";

export type Start = { at: "starting" } | { at: "failed"; fault: api.Fault } | { at: "ready" };

export const start = new Cell<Start>({ at: "starting" });
export const hello = new Cell<wire.Hello | null>(null);
export const me = new Cell<wire.Me | null>(null);

const LANG = "switchroom.language";
const THEME = "switchroom.theme";

/** Whether the person here may do one of these. */
export const may = (...rights: readonly string[]): boolean => rights.some((r) => me.get()?.rights.includes(r) ?? false);

/** Asks who is here. Language before log-in: the one used last on this machine, else the browser's, else the office's. */
export async function begin(): Promise<void> {
  paintTheme(remembered(THEME) ?? "auto", "normal");
  const [first, person] = await Promise.all([api.get("/hello", wire.hello), api.get("/me", wire.me)]);
  if (first.at !== "ok") {
    await speak(browserLang() ?? "en", "UTC");
    start.set(first.at === "failed" ? { at: "failed", fault: first.fault } : { at: "starting" });
    return;
  }
  setClock(first.data.now);
  hello.set(first.data);
  if (person.at === "ok") await welcome(person.data);
  else await speak(remembered(LANG) ?? browserLang() ?? first.data.language, first.data.zone);
  start.set({ at: "ready" });
}

/** Takes over a person: after log-in, claim, or a change of the account. */
export async function welcome(person: wire.Me): Promise<void> {
  api.useToken(person.csrf);
  await speak(person.language, person.zone);
  paintTheme(person.theme, person.density);
  remember(THEME, person.theme);
  allowSingles(person.single_keys);
  me.set(person);
}

export function farewell(): void {
  unfollow();
  api.useToken("");
  me.set(null);
}

export async function logOut(): Promise<void> {
  await api.send("DELETE", "/session", api.nothing);
  farewell();
}

/** Changes the language of the page; the account page also stores it. */
export async function speak(lang: wire.Lang | string, zone?: string): Promise<void> {
  const known: wire.Lang = lang === "fr" ? "fr" : "en";
  api.askIn(known);
  setFormat(known, zone ?? me.get()?.zone ?? hello.get()?.zone ?? "UTC");
  remember(LANG, known);
  document.documentElement.lang = known;
  await setWords(known);
}

/** Seconds until the session ends. */
export function secondsLeft(): number | null {
  const person = me.get();
  return person ? person.session_expires - now() : null;
}

function browserLang(): string | null {
  const first = navigator.languages.find((l) => /^(en|fr)\b/i.test(l));
  return first ? first.slice(0, 2).toLowerCase() : null;
}

export function paintTheme(theme: string, density: string): void {
  const root = document.documentElement;
  if (theme === "auto") delete root.dataset["theme"];
  else root.dataset["theme"] = theme;
  if (density === "normal") delete root.dataset["density"];
  else root.dataset["density"] = density;
}

// A browser may forbid storage; then the choice lasts as long as the page.
function remembered(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}
function remember(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Nothing is lost but convenience.
  }
}
