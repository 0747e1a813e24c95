// A value that can be watched: the only kind of shared state in the app. Holds no rules; who owns a cell sets it.

import { useEffect, useReducer } from "preact/hooks";

export class Cell<T> {
  #value: T;
  readonly #ears = new Set<() => void>();

  constructor(first: T) {
    this.#value = first;
  }

  get(): T {
    return this.#value;
  }

  /** Sets the value and tells the listeners, unless it is the same one. */
  set(next: T): void {
    if (Object.is(next, this.#value)) return;
    this.#value = next;
    for (const ear of [...this.#ears]) ear();
  }

  /** Calls `ear` after every change; the answer stops it. */
  listen(ear: () => void): () => void {
    this.#ears.add(ear);
    return () => this.#ears.delete(ear);
  }
}

/** The value of a cell, painted again whenever it changes. */
export function useCell<T>(cell: Cell<T>): T {
  const [, again] = useReducer((n: number) => n + 1, 0);
  const seen = cell.get();
  useEffect(() => {
    // A change between painting and listening would be missed otherwise.
    if (!Object.is(seen, cell.get())) again(0);
    return cell.listen(() => again(0));
  }, [cell]);
  return seen;
}
