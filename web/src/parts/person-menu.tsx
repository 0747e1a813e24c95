// The person in the header: account and log-out. On phones the same, and all pages, in a sheet from below.

import { useEffect, useRef, useState } from "preact/hooks";
import { useCell } from "../lib/cell";
import { GROUPS, pagesOf } from "../lib/pages";
import { go, place } from "../lib/route";
import { logOut, me } from "../lib/session";
import { say } from "../words";
import { Dialog } from "./dialog";
import { Icon } from "./icon";

export async function leave(): Promise<void> {
  await logOut();
  go("/login");
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  return ((words[0]?.charAt(0) ?? "") + (words.length > 1 ? (words.at(-1)?.charAt(0) ?? "") : "")).toUpperCase();
}

export function PersonMenu() {
  const person = useCell(me);
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (!open) return;
    box.current?.querySelector<HTMLElement>(".pop a")?.focus();
    const away = (e: Event): void => {
      if (e.target instanceof Node && !box.current?.contains(e.target)) setOpen(false);
    };
    document.addEventListener("pointerdown", away);
    document.addEventListener("focusin", away);
    return () => {
      document.removeEventListener("pointerdown", away);
      document.removeEventListener("focusin", away);
    };
  }, [open]);

  if (!person) return null;
  return (
    <div
      class="person"
      ref={box}
      onKeyDown={(e) => {
        if (e.key !== "Escape" || !open) return;
        setOpen(false);
        button.current?.focus();
      }}
    >
      <button ref={button} type="button" class="me" aria-label={`${initials(person.name)}, ${person.name}`} title={person.name} aria-expanded={open} onClick={() => setOpen(!open)}>
        {initials(person.name)}
      </button>
      {open ? (
        <div class="pop">
          <p>
            <b class="md">{person.name}</b>
            <br />
            <span class="sec sm">{person.account}, {say(`role.${person.role}`)}</span>
          </p>
          <a href="/me" onClick={() => setOpen(false)}><Icon name="person" />{say("page.me")}</a>
          <button type="button" onClick={() => void leave()}><Icon name="out" />{say("do.logout")}</button>
        </div>
      ) : null}
    </div>
  );
}

export function Sheet({ onClose }: { onClose: () => void }) {
  const person = useCell(me);
  const { path } = useCell(place);
  const opened = useRef(path);
  useEffect(() => {
    if (path !== opened.current) onClose();
  }, [path]);
  return (
    <Dialog title={say("nav.more")} onClose={onClose} look="sheet">
      {GROUPS.map((g) => {
        const pages = pagesOf(g.id, person);
        if (pages.length === 0) return null;
        return (
          <div key={g.id}>
            {g.id === "home" ? null : <h3>{say(g.title)}</h3>}
            {pages.map((p) => (
              <a key={p.path} href={p.path} aria-current={p.path === path ? "page" : undefined} onClick={onClose}><Icon name={p.icon} />{say(p.title)}</a>
            ))}
          </div>
        );
      })}
      <h3>{person?.name}</h3>
      <a href="/me" onClick={onClose}><Icon name="person" />{say("page.me")}</a>
      <button type="button" onClick={() => void leave()}><Icon name="out" />{say("do.logout")}</button>
    </Dialog>
  );
}
