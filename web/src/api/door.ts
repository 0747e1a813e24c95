// Checks data at the door: small shapes that look at a value from outside and either vouch for its type or say
// where it differs. Nothing behind the door asks again.

/** Vouches for a value, or throws `BadShape` naming the place. */
export type Shape<T> = (value: unknown, at: string) => T;
export type Of<S> = S extends Shape<infer T> ? T : never;

export class BadShape extends Error {}

function refuse(at: string, wanted: string): never {
  throw new BadShape(`${at || "answer"}: ${wanted} expected`);
}

export const num: Shape<number> = (v, at) => (typeof v === "number" ? v : refuse(at, "number"));
export const str: Shape<string> = (v, at) => (typeof v === "string" ? v : refuse(at, "text"));
export const bool: Shape<boolean> = (v, at) => (typeof v === "boolean" ? v : refuse(at, "yes or no"));
export const figure: Shape<number | string | null> = (v, at) =>
  v === null || typeof v === "number" || typeof v === "string" ? v : refuse(at, "figure or text");

/** One of the given words. */
export const one =
  <const W extends readonly string[]>(...words: W): Shape<W[number]> =>
  (v, at) =>
    typeof v === "string" && words.includes(v) ? v : refuse(at, words.join(" or "));

/** The shape, or null. A field left out counts as null: the daemon may leave out what it does not know. */
export const maybe =
  <T>(shape: Shape<T>): Shape<T | null> =>
  (v, at) =>
    v === null || v === undefined ? null : shape(v, at);

/** The shape, or not there at all. */
export const optional =
  <T>(shape: Shape<T>): Shape<T | undefined> =>
  (v, at) =>
    v === undefined || v === null ? undefined : shape(v, at);

export const list =
  <T>(shape: Shape<T>): Shape<T[]> =>
  (v, at) =>
    Array.isArray(v) ? v.map((x, i) => shape(x, `${at}[${i}]`)) : refuse(at, "list");

function fields(v: unknown, at: string): [string, unknown][] {
  return typeof v === "object" && v !== null && !Array.isArray(v) ? Object.entries(v) : refuse(at, "object");
}

/** Any names, each holding the shape. */
export const byName =
  <T>(shape: Shape<T>): Shape<Record<string, T>> =>
  (v, at) =>
    Object.fromEntries(fields(v, at).map(([name, x]) => [name, shape(x, `${at}.${name}`)]));

type Fields = Record<string, Shape<unknown>>;
type Built<F extends Fields> = { [K in keyof F]: Of<F[K]> };

/** An object with these fields; others are left behind. */
export const obj =
  <F extends Fields>(shapes: F): Shape<Built<F>> =>
  (v, at) => {
    const given = Object.fromEntries(fields(v, at));
    const built: Record<string, unknown> = {};
    for (const name in shapes) {
      const shape = shapes[name];
      if (shape) built[name] = shape(given[name], at ? `${at}.${name}` : name);
    }
    return built as Built<F>;
  };
