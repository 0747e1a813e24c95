// Filters of reports and calls: which there are, and how they are read from and written to the address. Pure.

export type FilterId =
  | "queue" | "agent" | "direction" | "answered" | "cause" | "caller" | "call_id" | "wait_min" | "wait_max" | "talk_min" | "talk_max" | "number" | "held";

export const REPORT_FILTERS: readonly FilterId[] = ["queue", "agent", "direction", "caller"];
export const CALL_FILTERS: readonly FilterId[] = ["queue", "agent", "direction", "answered", "cause", "caller", "call_id", "wait_min", "wait_max", "talk_min", "talk_max"];

export const RECORDING_FILTERS: readonly FilterId[] = ["queue", "agent", "number", "held"];

/** Filters that are lengths of time. */
export const SECONDS: readonly FilterId[] = ["wait_min", "wait_max", "talk_min", "talk_max"];

/** Filters that may hold several values. */
const MANY: readonly FilterId[] = ["queue", "agent"];

export type Filters = Partial<Record<FilterId, readonly string[]>>;

export function filtersOf(query: URLSearchParams, allowed: readonly FilterId[]): Filters {
  const found: Filters = {};
  for (const id of allowed) {
    const values = query.getAll(id).filter(Boolean);
    if (values.length) found[id] = MANY.includes(id) ? values : values.slice(-1);
  }
  return found;
}

/** The changes of the address that put these filters in place of all others. */
export function filterChanges(filters: Filters, allowed: readonly FilterId[]): Record<string, readonly string[] | null> {
  const changes: Record<string, readonly string[] | null> = { marker: null, page: null };
  for (const id of allowed) changes[id] = filters[id] ?? null;
  return changes;
}

export function without(filters: Filters, id: FilterId): Filters {
  const { [id]: _gone, ...rest } = filters;
  return rest;
}
