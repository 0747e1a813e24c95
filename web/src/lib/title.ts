// The title: page, then product. A page may name itself more closely than the list of pages does.

import { useEffect } from "preact/hooks";
import { Cell, useCell } from "./cell";

const own = new Cell<string | null>(null);

/** Title of the page on show; sets the window's title too. */
export function useTitle(general: string): string {
  const title = useCell(own) ?? general;
  useEffect(() => {
    document.title = `${title} · Switchroom`;
  }, [title]);
  return title;
}

/** Names the page while the caller is shown; null leaves the general name. */
export function useOwnTitle(title: string | null): void {
  useEffect(() => {
    own.set(title);
    return () => own.set(null);
  }, [title]);
}
