// The portal as a whole: who is here decides between gate and frame, the address decides the page.

import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { onLoggedOut } from "./api/client";
import { useCell } from "./lib/cell";
import { follow } from "./lib/live";
import { learnNames } from "./lib/names";
import { pageAt, permitted, type Page, type PageView } from "./lib/pages";
import { go, place } from "./lib/route";
import { safeTarget } from "./lib/route-paths";
import { begin, farewell, hello, may, me, start } from "./lib/session";
import { useTitle } from "./lib/title";
import { Frame } from "./parts/frame";
import { Helpers } from "./parts/helpers";
import { Empty, Failed } from "./parts/message";
import { Toasts } from "./parts/toast";
import { say, useWords } from "./words";

onLoggedOut(() => {
  if (!me.get()) return;
  farewell();
  go(`/login?to=${encodeURIComponent(location.pathname + location.search + location.hash)}`, true);
});

export function App() {
  useWords();
  const state = useCell(start);
  const first = useCell(hello);
  const person = useCell(me);
  const at = useCell(place);

  // Where one may be follows from who one is: an unclaimed box has only its claim page, a stranger only the gate.
  const wanted = state.at !== "ready" ? at.path
    : first && !first.claimed ? "/claim"
    : !person ? "/login"
    : at.path === "/login" || at.path === "/claim" ? safeTarget(at.query.get("to"))
    : at.path;
  useEffect(() => {
    if (wanted === at.path || state.at !== "ready") return;
    const from = at.path + (at.query.size ? `?${at.query.toString()}` : "") + location.hash;
    go(wanted === "/login" && from !== "/" && at.path !== "/claim" ? `/login?to=${encodeURIComponent(from)}` : wanted, true);
  }, [wanted, at.path, state.at]);

  if (state.at === "starting") return null;
  if (state.at === "failed") return <main id="main"><Failed alone fault={state.fault} again={() => void begin()} /></main>;
  if (wanted !== at.path) return null;
  if (wanted === "/claim") return <Gate page="claim" />;
  if (!person) return <Gate page="login" />;
  return (
    <>
      <Inside />
      <Toasts />
    </>
  );
}

const GATES: Record<"claim" | "login", () => Promise<ComponentType>> = {
  claim: async () => (await import("./pages/claim")).ClaimPage,
  login: async () => (await import("./pages/login")).LoginPage,
};

/** Who is logged in never fetches these. */
function Gate({ page }: { page: "claim" | "login" }) {
  const [shown, show] = useState<{ page: string; View: ComponentType } | null>(null);
  useEffect(() => void GATES[page]().then((View) => show({ page, View })), [page]);
  return shown?.page === page ? <shown.View /> : null;
}

const views = new Map<Page, PageView>();

function Inside() {
  const { path, query } = useCell(place);
  const person = useCell(me);
  const found = pageAt(path);
  const page = found?.page ?? null;
  const allowed = page !== null && permitted(page, person);
  const [view, setView] = useState<{ page: Page; View: PageView } | null>(null);
  const title = useTitle(page ? say(page.title) : say("fault.title.not_found"));

  // One stream for all pages; real time narrows it to the queues its address names.
  const queues = page?.path === "/live" ? (query.get("queues") ?? "") : "";
  useEffect(() => {
    if (may("live.view")) follow(queues.split(",").filter(Boolean));
  }, [person, queues]);
  useEffect(() => {
    if (person) void learnNames(person.rights);
  }, [person]);

  useEffect(() => {
    if (!page || !allowed) return;
    let stay = true;
    const known = views.get(page);
    if (known) setView({ page, View: known });
    else void page.load().then((View) => {
      views.set(page, View);
      if (stay) setView({ page, View });
    });
    return () => {
      stay = false;
    };
  }, [page, allowed]);

  useMoveFocus(path);

  const ready = view && view.page === page && allowed ? view : null;
  return (
    <>
      <Frame page={page} title={title}>
        {page === null ? (
          <NotFound />
        ) : !allowed ? (
          <Refused />
        ) : ready ? (
          <ready.View key={path} params={found?.params ?? {}} />
        ) : null}
      </Frame>
      <Helpers />
    </>
  );
}

/** A new page starts at its top, with the focus at its beginning; a changed query moves nothing. */
function useMoveFocus(path: string): void {
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    window.scrollTo(0, 0);
    document.getElementById("main")?.focus({ preventScroll: true });
  }, [path]);
}

function NotFound() {
  return (
    <>
      <h1 class="vh">{say("fault.title.not_found")}</h1>
      <Empty alone title={say("fault.title.not_found")} acts={<a class="btn" href="/">{say("page.home")}</a>}>{say("fault.page")}</Empty>
    </>
  );
}

function Refused() {
  return (
    <>
      <h1 class="vh">{say("fault.title.denied")}</h1>
      <Empty alone picture="lock" title={say("fault.title.denied")} acts={<a class="btn" href="/">{say("page.home")}</a>}>{say("fault.denied")}</Empty>
    </>
  );
}
