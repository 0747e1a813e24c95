// Words by key, one language loaded at a time. The wallboard loads only the core words, the portal all of them.

import { Cell, useCell } from "../lib/cell";
import type { Lang } from "../lib/number";
import type core from "./core.en";
import type portal from "./en";

export type CoreKey = keyof typeof core;
export type Key = CoreKey | keyof typeof portal;
type Book = Record<string, string>;
type Values = Record<string, string | number>;

let book: Book = {};
let rules = new Intl.PluralRules("en");
const turned = new Cell(0);

type Books = Record<Lang, () => Promise<Book[]>>;
const wallBooks: Books = {
  en: async () => [(await import("./core.en")).default],
  fr: async () => [(await import("./core.fr")).default],
};
let books: Books = wallBooks;

/** The portal says here where its own words are, so that the wallboard's build never meets them. */
export function useBooks(more: Books): void {
  const both = (lang: Lang) => async (): Promise<Book[]> => (await Promise.all([wallBooks[lang](), more[lang]()])).flat();
  books = { en: both("en"), fr: both("fr") };
}

export async function setWords(lang: Lang): Promise<void> {
  book = Object.assign({}, ...(await books[lang]())) as Book;
  rules = new Intl.PluralRules(lang);
  turned.set(turned.get() + 1);
}

/** Paints again when the language changes. */
export function useWords(): void {
  useCell(turned);
}

/** The phrase of a key, `{names}` filled in. */
export function say(key: Key, values: Values = {}): string {
  return fill(book[key] ?? key, values);
}

/** As `say`, of the words the wallboard has too. */
export const sayCore: (key: CoreKey, values?: Values) => string = say;

/** The phrase for a number: "one|many", `{n}` is the number as text. */
export function count(key: Key, n: number, text: string, values: Values = {}): string {
  return fill(form(book[key] ?? key, n, rules), { n: text, ...values });
}

/** Which of "one|many" fits. French counts 0 as one. */
export function form(phrase: string, n: number, plural: Intl.PluralRules): string {
  const [single = "", many] = phrase.split("|");
  return many === undefined || plural.select(n) === "one" ? single : many;
}

export function fill(phrase: string, values: Values): string {
  return phrase.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
