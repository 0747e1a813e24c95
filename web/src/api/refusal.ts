// What the daemon says when it refuses, in the reader's language. It sends an English sentence and a code; French
// words are found by the code, and fetched only when something was refused.

import { fill } from "../words/fill";

export interface Told {
  message: string;
  /** A name that never changes; null where the daemon only knows the kind. */
  code: string | null;
  values: Readonly<Record<string, string>>;
}

/** The sentence for a reader. Empty when there is none in the language: then the kind speaks, or the field's own word. */
export async function told(what: Told, lang: string, field: boolean): Promise<string> {
  if (lang !== "fr") return sentence(what.message);
  const words: Readonly<Record<string, string>> = (await import("../words/refusals.fr")).default;
  const phrase = (what.code === null ? undefined : words[what.code]) ?? (field ? words["field.any"] : undefined);
  return phrase === undefined ? "" : fill(phrase, what.values);
}

/** A clause of the daemon as a sentence. */
function sentence(clause: string): string {
  return clause && clause.charAt(0).toUpperCase() + clause.slice(1) + (/[.?!]$/.test(clause) ? "" : ".");
}
