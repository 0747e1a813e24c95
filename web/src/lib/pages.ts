// The pages there are: address, right, group, words, keys, and the chunk that draws each. The only list of them.

import type { ComponentType } from "preact";
import type { Me } from "../api/wire";
import type { IconName } from "../parts/icon";
import type { Key } from "../words";
import { fits } from "./route";

export type Params = Record<string, string>;
export type PageView = ComponentType<{ params: Params }>;
export type Group = "home" | "live" | "reports" | "system" | "me";

export interface Page {
  path: string;
  group: Group;
  title: Key;
  /** What one must be allowed; null: everybody who is logged in. */
  right: string | null;
  /** In the sidebar. */
  listed: boolean;
  icon: IconName;
  load: () => Promise<PageView>;
}


export const PAGES: readonly Page[] = [
  { path: "/", group: "home", title: "page.home", right: null, listed: true, icon: "home", load: async () => (await import("../pages/overview")).OverviewPage },
  { path: "/live", group: "live", title: "page.live", right: "live.view", listed: true, icon: "live", load: async () => (await import("../pages/live")).LivePage },
];

export const GROUPS: readonly { id: Group; title: Key; icon: IconName; leader: string }[] = [
  { id: "home", title: "page.home", icon: "home", leader: "h" },
  { id: "live", title: "group.live", icon: "live", leader: "l" },
  { id: "reports", title: "group.reports", icon: "bars", leader: "r" },
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
  return me !== null && (page.right === null || me.rights.includes(page.right));
}

/** The pages of a group this person may open from the sidebar. */
export function pagesOf(group: Group, me: Me | null): Page[] {
  return PAGES.filter((p) => p.group === group && p.listed && permitted(p, me));
}
