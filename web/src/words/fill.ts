// Phrases with {names} in them.

export type Values = Readonly<Record<string, string | number>>;

/** The phrase with its names filled in; unknown ones stay visible. */
export function fill(phrase: string, values: Values): string {
  return phrase.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
