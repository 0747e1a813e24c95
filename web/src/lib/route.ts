// The address is the state. Reads it, changes it, and turns clicks on links of the portal into changes. Knows no page.

import { Cell } from "./cell";

export interface Place {
  path: string;
  query: URLSearchParams;
}

function read(): Place {
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}

export const place = new Cell<Place>(read());

/** Goes to an address of the portal. `replace` for changes that Back should not step through. */
export function go(url: string, replace = false): void {
  if (url === location.pathname + location.search + location.hash) return;
  if (replace) history.replaceState(null, "", url);
  else history.pushState(null, "", url);
  place.set(read());
}

/** The present address with some of the query changed; null or an empty list takes a name away. */
export function withQuery(changes: Record<string, string | readonly string[] | null>, at: Place = place.get()): string {
  const query = new URLSearchParams(at.query);
  for (const [name, value] of Object.entries(changes)) {
    query.delete(name);
    if (typeof value === "string") {
      if (value) query.set(name, value);
    } else if (value) for (const v of value) query.append(name, v);
  }
  const tail = query.toString();
  return at.path + (tail ? `?${tail}` : "");
}

/** Addresses the portal does not draw itself: the wallboards are a page of their own, the API is no page. */
function foreign(path: string): boolean {
  return path.startsWith("/wall/") || path.startsWith("/api/");
}

export function startRouter(): void {
  addEventListener("popstate", () => place.set(read()));
  document.addEventListener("click", (e) => {
    if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
    const link = e.target instanceof Element ? e.target.closest("a") : null;
    if (!link || link.origin !== location.origin || link.target || link.hasAttribute("download")) return;
    if (foreign(link.pathname) || link.getAttribute("href")?.startsWith("#")) return;
    e.preventDefault();
    go(link.pathname + link.search + link.hash);
  });
}
