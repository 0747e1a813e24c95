// Words by key, one language loaded at a time, in books: the core words both pages share, those of the portal, and
// those of its pages behind the first view, of lists and of the rest.

import { Cell, useCell } from "../lib/cell";
import type { Lang } from "../lib/number";
import type core from "./core.en";
import type portal from "./en";
import { fill, type Values } from "./fill";
import type desk from "./desk.en";
import type lists from "./lists.en";
import type more from "./more.en";
import type recordings from "./recordings.en";

export type CoreKey = keyof typeof core;
export type Key = CoreKey | keyof typeof portal | keyof typeof desk | keyof typeof lists | keyof typeof more | keyof typeof recordings;
type Book = Record<string, string>;

let book: Book = {};
let rules = new Intl.PluralRules("en");
const turned = new Cell(0);

export type Books = Record<Lang, () => Promise<{ default: Book }>>;
const books: Books[] = [{ en: () => import("./core.en"), fr: () => import("./core.fr") }];
/** Null until the language is known: nothing is fetched before. */
let language: Lang | null = null;

/** Adds a book the page needs besides the core words; resolves once its words are there. */
export async function addBook(more: Books): Promise<void> {
  if (books.includes(more)) return;
  books.push(more);
  if (!language) return;
  const words = (await more[language]()).default;
  book = { ...book, ...words };
}

export async function setWords(lang: Lang): Promise<void> {
  language = lang;
  const opened = await Promise.all(books.map((b) => b[lang]()));
  book = Object.assign({}, ...opened.map((o) => o.default)) as Book;
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
