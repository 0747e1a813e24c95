// Data of a page: asked when its address changes, kept while the next is on its way, shape of waiting shown late.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { get, type Fault, type Query } from "../api/client";
import type { Shape } from "../api/door";

export interface Loaded<T> {
  data: T | null;
  fault: Fault | null;
  /** Waiting for longer than a blink. */
  slow: boolean;
  again: () => void;
}

const BLINK = 300;

/** Loads `path` with `query`; null asks nothing. `every` asks again after so many seconds while the page is seen. */
export function useLoad<T>(path: string | null, shape: Shape<T>, query: Query = {}, every?: number): Loaded<T> {
  const [state, set] = useState<{ data: T | null; fault: Fault | null; slow: boolean }>({ data: null, fault: null, slow: false });
  const [turn, setTurn] = useState(0);
  const asked = path === null ? null : `${path} ${JSON.stringify(query)}`;
  const last = useRef<string | null>(null);

  useEffect(() => {
    if (path === null) return;
    const stop = new AbortController();
    // Data of another path is of another kind; the same path with another query may stay until the next arrives.
    const kept = last.current === path;
    last.current = path;
    if (!kept) set({ data: null, fault: null, slow: false });
    const late = window.setTimeout(() => set((s) => ({ ...s, slow: true })), BLINK);
    void get(path, shape, query, stop.signal).then((answer) => {
      if (answer.at === "aborted") return;
      window.clearTimeout(late);
      if (answer.at === "ok") set({ data: answer.data, fault: null, slow: false });
      else set((s) => ({ data: s.data, fault: answer.fault, slow: false }));
    });
    return () => {
      window.clearTimeout(late);
      stop.abort();
    };
  }, [asked, turn]);

  const again = useCallback(() => setTurn((n) => n + 1), []);
  useEffect(() => {
    if (!every) return;
    const timer = window.setInterval(() => {
      if (!document.hidden) again();
    }, every * 1000);
    return () => window.clearInterval(timer);
  }, [every]);

  return { ...state, again };
}
