// The frame: skip link, sidebar or rail, header, bottom bar on phones. Knows the pages, not what they show.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useCell } from "../lib/cell";
import { now, useSecond } from "../lib/clock";
import { at, int } from "../lib/format";
import { live } from "../lib/live";
import { useReportIndex } from "../lib/names";
import { GROUPS, pagesOf, type Group, type Page } from "../lib/pages";
import { place } from "../lib/route";
import { me } from "../lib/session";
import { say } from "../words";
import { Icon } from "./icon";
import { Mark } from "./sign";
import { LiveState } from "./live-state";
import { openPalette } from "./palette-state";
import { PersonMenu, Sheet } from "./person-menu";

interface Props {
  page: Page | null;
  title: string;
  children: ComponentChildren;
}

export function Frame({ page, title, children }: Props) {
  return (
    <>
      <a class="skip" href="#main" onClick={toMain}>{say("skip")}</a>
      <div class="app">
        <Sidebar page={page} />
        <Header page={page} title={title} />
        <main id="main" tabIndex={-1}>{children}</main>
        <BottomBar page={page} />
      </div>
    </>
  );
}

function toMain(e: Event): void {
  e.preventDefault();
  document.getElementById("main")?.focus();
}

function Waiting({ look }: { look: "cnt" | "dot" }) {
  const waiting = useCell(live)?.total.waiting ?? 0;
  if (waiting === 0) return null;
  return (
    <span class={look}>
      {int(waiting)}
      <span class="vh"> {say("nav.waiting")}</span>
    </span>
  );
}

function current(path: string, page: Page): "page" | undefined {
  return path === page.path ? "page" : undefined;
}

function Sidebar({ page }: { page: Page | null }) {
  const person = useCell(me);
  const { path } = useCell(place);
  return (
    <nav class="side" aria-label={say("nav.main")}>
      <a class="brand" href="/" aria-label={say("app.name")}><Mark /><span>{say("app.name")}</span></a>
      <ul>
        {GROUPS.map((g) => {
          const pages = pagesOf(g.id, person);
          const first = pages[0];
          if (!first) return null;
          const open = page?.group === g.id && g.id !== "home";
          return (
            <li key={g.id}>
              <a href={first.path} title={say(g.title)} class={open ? "open" : undefined} aria-current={g.id === "home" ? current(path, first) : undefined}>
                <Icon name={g.icon} />
                <span>{say(g.title)}</span>
                {g.id === "live" ? <Waiting look="cnt" /> : null}
              </a>
              {open ? (
                <ul>
                  {pages.map((p) => (
                    <li key={p.path}>
                      <a href={p.path} aria-current={current(path, p) ?? (p.path !== "/reports" && within(path, p) ? "true" : undefined)}><span>{say(p.title)}</span></a>
                      {p.path === "/reports" ? <ReportGroups path={path} /> : null}
                    </li>
                  ))}
                </ul>
              ) : null}
            </li>
          );
        })}
      </ul>
      <p class="foot">{person?.office}</p>
    </nav>
  );
}

/** The groups of reports, each leading to its first report; the others are tabs there. */
function ReportGroups({ path }: { path: string }) {
  const index = useReportIndex();
  const open = (id: string): boolean => path === `/reports/${encodeURIComponent(id)}`;
  return (
    <>
      {index?.groups.map((g) =>
        g.blocks[0] ? (
          <a key={g.id} href={`/reports/${encodeURIComponent(g.blocks[0].id)}`} aria-current={g.blocks.some((b) => open(b.id)) ? "page" : undefined}><span>{g.label}</span></a>
        ) : null,
      )}
    </>
  );
}

function within(path: string, page: Page): boolean {
  return path.startsWith(`${page.path}/`);
}

function Header({ page, title }: { page: Page | null; title: string }) {
  const group = GROUPS.find((g) => g.id === page?.group);
  return (
    <header class="top">
      <p class="crumbs">
        {group && group.id !== "home" ? (
          <>
            <span class="hide-s">{say(group.title)}</span>
            <span class="sep" aria-hidden="true">/</span>
          </>
        ) : null}
        <b>{title}</b>
      </p>
      <button type="button" class="find" onClick={openPalette}>
        <Icon name="search" small />
        <span>{say("find.hint")}</span>
        <kbd>Ctrl K</kbd>
      </button>
      <LiveState />
      <Clock />
      <PersonMenu />
    </header>
  );
}

function Clock() {
  useSecond();
  return (
    <span class="clock">
      <b>{at(now(), "hm")}</b> <span>{at(now(), "day")}</span>
    </span>
  );
}

/** Five of the pages at most, the rest behind "More". */
const BAR: readonly { path: string; group: Group }[] = [
  { path: "/", group: "home" }, { path: "/live", group: "live" }, { path: "/reports", group: "reports" }, { path: "/calls", group: "reports" },
];

function BottomBar({ page }: { page: Page | null }) {
  const person = useCell(me);
  const [more, setMore] = useState(false);
  const { path } = useCell(place);
  return (
    <nav class="tabs" aria-label={say("nav.bar")}>
      {BAR.map((b) => {
        const p = pagesOf(b.group, person).find((x) => x.path === b.path);
        if (!p) return null;
        return (
          <a key={p.path} href={p.path} aria-current={current(path, p) ?? (page !== null && p.path !== "/" && within(path, p) ? "true" : undefined)}>
            <Icon name={p.icon} />
            {say(p.path === "/live" ? "group.live" : p.path === "/reports" ? "group.reports" : p.title)}
            {p.path === "/live" ? <Waiting look="dot" /> : null}
          </a>
        );
      })}
      <button type="button" aria-haspopup="dialog" onClick={() => setMore(true)}>
        <Icon name="menu" />
        {say("nav.more")}
      </button>
      {more ? <Sheet onClose={() => setMore(false)} /> : null}
    </nav>
  );
}
