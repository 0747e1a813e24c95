// The pages there are: address, right, group, words, keys, and the chunk that draws each. The only list of them.

import type { ComponentType } from "preact";
import type { Me } from "../api/wire";
import type { IconName } from "../parts/icon";
import { addBook, type Books, type Key } from "../words";
import { LISTEN, SUPERVISE } from "./rights";
import { fits } from "./route-paths";

export type Params = Record<string, string>;
export type PageView = ComponentType<{ params: Params }>;
export type Group = "home" | "live" | "reports" | "recordings" | "system" | "me";

export interface Page {
  path: string;
  group: Group;
  title: Key;
  /** One of these must be allowed; none: everybody who is logged in. */
  rights: readonly string[];
  /** In the sidebar. */
  listed: boolean;
  icon: IconName;
  load: () => Promise<PageView>;
}

const more = { en: () => import("../words/more.en"), fr: () => import("../words/more.fr") };

const desk = { en: () => import("../words/desk.en"), fr: () => import("../words/desk.fr") };
const lists = { en: () => import("../words/lists.en"), fr: () => import("../words/lists.fr") };
const recordings = { en: () => import("../words/recordings.en"), fr: () => import("../words/recordings.fr") };

/** A page behind the first view: its words come with it. */
const withBooks = (load: () => Promise<PageView>, ...books: Books[]) => async (): Promise<PageView> =>
  (await Promise.all([load(), ...books.map((b) => addBook(b))]))[0];
const later = (load: () => Promise<PageView>) => withBooks(load, more);

const account = async (): Promise<PageView> => (await import("../pages/account")).AccountPage;
const reports = async (): Promise<PageView> => (await import("../pages/reports")).ReportsPage;
const report = async (): Promise<PageView> => (await import("../pages/report")).ReportPage;
const calls = async (): Promise<PageView> => (await import("../pages/calls")).CallsPage;
const call = async (): Promise<PageView> => (await import("../pages/call")).CallPage;

/** All reports, or those over oneself. */
export const REPORTS: readonly string[] = ["reports.view", "reports.own"];
export const CALLS: readonly string[] = ["calls.view", "calls.own"];

export const PAGES: readonly Page[] = [
  { path: "/", group: "home", title: "page.home", rights: [], listed: true, icon: "home", load: async () => (await import("../pages/overview")).OverviewPage },
  { path: "/live", group: "live", title: "page.live", rights: ["live.view"], listed: true, icon: "live", load: async () => (await import("../pages/live")).LivePage },
  { path: "/desk", group: "live", title: "page.desk", rights: ["agent.self"], listed: true, icon: "phone", load: withBooks(async () => (await import("../pages/desk")).DeskPage, lists, more, desk) },
  { path: "/supervision", group: "live", title: "page.supervision", rights: SUPERVISE, listed: true, icon: "people", load: withBooks(async () => (await import("../pages/supervision")).SupervisionPage, more, desk) },
  { path: "/walls", group: "live", title: "page.walls", rights: ["walls.view"], listed: true, icon: "screen", load: later(async () => (await import("../pages/walls")).WallsPage) },
  { path: "/reports", group: "reports", title: "page.reports", rights: REPORTS, listed: true, icon: "bars", load: withBooks(reports, lists) },
  { path: "/reports/:block", group: "reports", title: "page.report", rights: REPORTS, listed: false, icon: "bars", load: withBooks(report, lists) },
  { path: "/calls", group: "reports", title: "page.calls", rights: CALLS, listed: true, icon: "phone", load: withBooks(calls, lists) },
  { path: "/calls/:id", group: "reports", title: "page.call", rights: CALLS, listed: false, icon: "phone", load: withBooks(call, lists, more, recordings) },
  { path: "/recordings", group: "recordings", title: "page.recordings", rights: LISTEN, listed: true, icon: "wave", load: withBooks(async () => (await import("../pages/recordings")).RecordingsPage, lists, more, recordings) },
  { path: "/system/health", group: "system", title: "page.health", rights: ["health.view"], listed: true, icon: "system", load: later(async () => (await import("../pages/health")).HealthPage) },
  { path: "/system/accounts", group: "system", title: "page.accounts", rights: ["accounts.manage"], listed: true, icon: "people", load: later(async () => (await import("../pages/accounts")).AccountsPage) },
  { path: "/system/audit", group: "system", title: "page.audit", rights: ["audit.view"], listed: true, icon: "key", load: later(async () => (await import("../pages/audit")).AuditPage) },
  { path: "/system/backups", group: "system", title: "page.backups", rights: ["backup.create"], listed: true, icon: "disk", load: later(async () => (await import("../pages/backups")).BackupsPage) },
  { path: "/system/recordings", group: "system", title: "page.store", rights: ["recordings.keys", "recordings.erase"], listed: true, icon: "lock", load: withBooks(async () => (await import("../pages/store")).StorePage, lists, more, recordings) },
  { path: "/me", group: "me", title: "page.me", rights: [], listed: false, icon: "person", load: later(account) },
];

export const GROUPS: readonly { id: Group; title: Key; icon: IconName; leader: string }[] = [
  { id: "home", title: "page.home", icon: "home", leader: "h" },
  { id: "live", title: "group.live", icon: "live", leader: "l" },
  { id: "reports", title: "group.reports", icon: "bars", leader: "r" },
  { id: "recordings", title: "group.recordings", icon: "wave", leader: "e" },
  { id: "system", title: "group.system", icon: "system", leader: "s" },
];

export function pageAt(path: string): { page: Page; params: Params } | null {
  for (const page of PAGES) {
    const params = fits(path, page.path);
    if (params) return { page, params };
  }
  return null;
}

export function permitted(page: Page, me: Me | null): boolean {
  return me !== null && (page.rights.length === 0 || page.rights.some((r) => me.rights.includes(r)));
}

/** The pages of a group this person may open from the sidebar. */
export function pagesOf(group: Group, me: Me | null): Page[] {
  return PAGES.filter((p) => p.group === group && p.listed && permitted(p, me));
}
