// Keys of the portal. Pages lend their keys while they are open; the last to lend wins. Single letters work only
// outside fields, and not at all when the person turned them off.

import { useEffect, useRef } from "preact/hooks";

export type Keys = Record<string, () => void>;

const lent: { keys: Keys }[] = [];
let singles = true;
let leader = 0;

export function allowSingles(on: boolean): void {
  singles = on;
}
export const allowsSingles = (): boolean => singles;

/** Lends keys while the caller is on the page. Names are those of `KeyboardEvent.key`; "g x" is `g`, then `x`. */
export function useKeys(keys: Keys): void {
  const held = useRef({ keys });
  held.current.keys = keys;
  useEffect(() => {
    const mine = held.current;
    lent.push(mine);
    return () => void lent.splice(lent.indexOf(mine), 1);
  }, []);
}

function act(name: string): boolean {
  for (let i = lent.length - 1; i >= 0; i -= 1) {
    const found = lent[i]?.keys[name];
    if (found) {
      found();
      return true;
    }
  }
  return false;
}

function inField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName));
}

export function startKeys(): void {
  document.addEventListener("keydown", (e) => {
    if (e.defaultPrevented) return;
    if ((e.ctrlKey || e.metaKey) && !e.altKey && e.key.toLowerCase() === "k") {
      if (act("Ctrl K")) e.preventDefault();
      return;
    }
    if (e.ctrlKey || e.metaKey || e.altKey || inField(e.target) || document.querySelector("dialog[open]")) return;
    if (!singles && e.key.length === 1) return;
    if (e.key === "g") {
      leader = Date.now();
      return;
    }
    const led = Date.now() - leader < 1500;
    leader = 0;
    if (act(led ? `g ${e.key}` : e.key)) e.preventDefault();
  });
}
