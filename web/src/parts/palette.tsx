// The palette: pages, queues, agents and acts by typing, without accents and in any order. Loaded when first opened.

import { useEffect, useRef, useState } from "preact/hooks";
import { phone } from "../lib/format";
import { flat, marked, score } from "../lib/find";
import { useNames, useReportIndex } from "../lib/names";
import { CALLS, GROUPS, PAGES, permitted } from "../lib/pages";
import { go } from "../lib/route";
import { may, me, paintTheme, speak } from "../lib/session";
import { frozenAt } from "../lib/view";
import { now } from "../lib/clock";
import { language } from "../lib/format";
import { say, type Key } from "../words";
import { Icon, type IconName } from "./icon";
import { paletteOpen } from "./palette-state";
import { leave } from "./person-menu";

interface Found {
  group: Key;
  icon: IconName;
  text: string;
  /** Where it leads, or what kind it is. */
  side: string;
  run: () => void;
}

const MOST = 6;
const ORDER: readonly Key[] = ["find.calls", "find.queues", "find.agents", "find.acts", "find.pages", "find.reports"];

const close = (): void => paletteOpen.set(false);

function pages(): Found[] {
  return PAGES.filter((p) => !p.path.includes(":") && permitted(p, me.get())).map((p) => ({
    group: "find.pages", icon: p.icon, text: say(p.title), side: say(GROUPS.find((g) => g.id === p.group)?.title ?? "page.me"), run: () => go(p.path),
  }));
}

function acts(): Found[] {
  const theme = document.documentElement.dataset["theme"];
  const dark = theme ? theme === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
  const list: Found[] = [
    { group: "find.acts", icon: "eye", text: say(dark ? "find.light" : "find.dark"), side: say("page.me"), run: () => paintTheme(dark ? "light" : "dark", me.get()?.density ?? "normal") },
    { group: "find.acts", icon: "globe", text: say("find.lang"), side: say("field.language"), run: () => void speak(language() === "en" ? "fr" : "en") },
    { group: "find.acts", icon: "out", text: say("do.logout"), side: say("page.me"), run: () => void leave() },
  ];
  if (may("live.view")) {
    list.push({ group: "find.acts", icon: "pause", text: say("find.freeze"), side: say("group.live"), run: () => {
      go("/live");
      frozenAt.set(frozenAt.get() === null ? now() : null);
    } });
  }
  return list;
}

function calls(typed: string): Found[] {
  const digits = typed.replace(/[\s.-]/g, "");
  if (!may(...CALLS) || !/^\+?\d{3,}$/.test(digits)) return [];
  return [{ group: "find.calls", icon: "phone", text: say("find.number", { number: phone(digits) }), side: say("page.calls"), run: () => go(`/calls?caller=${encodeURIComponent(digits)}`) }];
}

export function Palette() {
  const box = useRef<HTMLDialogElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const names = useNames();
  const queues = may("live.view") ? names.queues : [];
  const agents = may(...CALLS) ? names.agents : [];
  const reports = useReportIndex();

  useEffect(() => {
    const before = document.activeElement;
    const dialog = box.current;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);

  const all: Found[] = [
    ...queues.map((q): Found => ({ group: "find.queues", icon: "live", text: q.label, side: say("find.queue.live"), run: () => go(`/live?queues=${encodeURIComponent(q.name)}`) })),
    ...agents.map((a): Found => ({ group: "find.agents", icon: "person", text: a.label, side: say("find.agent.calls"), run: () => go(`/calls?agent=${encodeURIComponent(a.name)}`) })),
    ...acts(),
    ...pages(),
    ...(reports?.groups ?? []).flatMap((g) => g.blocks.map((b): Found => ({ group: "find.reports", icon: "bars", text: b.label, side: g.label, run: () => go(`/reports/${encodeURIComponent(b.id)}`) }))),
  ];
  const wanted = flat(typed).trim();
  const scored = all.map((f) => ({ f, s: wanted ? score(f.text, typed) : f.group === "find.pages" ? 1 : 0 })).filter((x) => x.s > 0).sort((a, b) => b.s - a.s).map((x) => x.f);
  const shown = [...calls(typed), ...scored];
  const groups = ORDER.map((g) => ({ g, found: shown.filter((f) => f.group === g).slice(0, g === "find.pages" ? 12 : MOST) })).filter((x) => x.found.length);
  const flatList = groups.flatMap((x) => x.found);
  const chosen = Math.min(at, Math.max(0, flatList.length - 1));

  useEffect(() => {
    list.current?.querySelector(".on")?.scrollIntoView({ block: "nearest" });
  }, [chosen, typed]);

  const run = (f: Found | undefined): void => {
    if (!f) return;
    close();
    f.run();
  };
  const key = (e: KeyboardEvent): void => {
    const n = flatList.length;
    if (e.key === "ArrowDown" && n) setAt((chosen + 1) % n);
    else if (e.key === "ArrowUp" && n) setAt((chosen + n - 1) % n);
    else if (e.key === "Enter") run(flatList[chosen]);
    else return;
    e.preventDefault();
  };

  let index = -1;
  return (
    <dialog ref={box} class="dlg pal" aria-label={say("find.title")} onCancel={(e) => {
      e.preventDefault();
      if (typed) setTyped("");
      else close();
    }} onClick={(e) => e.target === box.current && close()}>
      <div class="q">
        <Icon name="search" />
        <input
          role="combobox" aria-label={say("find.title")} aria-expanded={flatList.length > 0} aria-controls="pal-list" aria-autocomplete="list"
          aria-activedescendant={flatList.length ? `pal-${chosen}` : undefined} autoComplete="off" spellcheck={false} placeholder={say("find.hint")}
          value={typed} onInput={(e) => {
            setTyped(e.currentTarget.value);
            setAt(0);
          }} onKeyDown={key}
        />
        <kbd>Esc</kbd>
      </div>
      <div class="found" id="pal-list" role="listbox" aria-label={say("find.title")} ref={list} tabIndex={-1}>
        {groups.map(({ g, found }) => (
          <div key={g} role="group" aria-label={say(g)}>
            <p class="gh" aria-hidden="true">{say(g)}</p>
            {found.map((f) => {
              index += 1;
              const me = index;
              return (
                <div key={f.text + f.side} id={`pal-${me}`} role="option" aria-selected={me === chosen} class={me === chosen ? "op on" : "op"} onClick={() => run(f)} onMouseMove={() => me !== chosen && setAt(me)}>
                  <Icon name={f.icon} />
                  <span>{marked(f.text, typed).map((p, i) => (p.hit ? <mark key={i}>{p.text}</mark> : <span key={i}>{p.text}</span>))}</span>
                  <span class="push">{f.side}</span>
                </div>
              );
            })}
          </div>
        ))}
      </div>
      {flatList.length === 0 ? <p class="in sec" role="status">{say("find.none", { text: typed })}</p> : null}
      <div class="df hide-s">
        <span><kbd>↑</kbd> <kbd>↓</kbd> {say("find.choose")}</span>
        <span><kbd>Enter</kbd> {say("find.do")}</span>
      </div>
    </dialog>
  );
}
