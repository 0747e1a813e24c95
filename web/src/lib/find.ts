// Search as typed: without accents, in any order, each typed word at the start of a word or within it. Pure.

export function flat(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** How well the text answers the query: 0 not at all; higher is better. Words at the start of a word count more. */
export function score(text: string, query: string): number {
  const hay = flat(text);
  let sum = 1;
  for (const word of flat(query).split(/\s+/).filter(Boolean)) {
    const at = hay.indexOf(word);
    if (at < 0) return 0;
    const start = at === 0 || new RegExp(`[^\\p{L}\\p{N}]${escape(word)}`, "u").test(hay);
    sum += (start ? 4 : 1) + (at === 0 ? 2 : 0);
  }
  return sum;
}

function escape(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** The parts of a text, those that answer the query marked. */
export function marked(text: string, query: string): { text: string; hit: boolean }[] {
  // Positions only agree with the text when taking accents off keeps its length; composed letters do.
  const hay = [...text].map((c) => flat(c).charAt(0) || c).join("");
  const hits = new Array<boolean>(hay.length).fill(false);
  for (const word of flat(query).split(/\s+/).filter(Boolean)) {
    const at = hay.indexOf(word);
    if (at >= 0) hits.fill(true, at, at + word.length);
  }
  const parts: { text: string; hit: boolean }[] = [];
  [...text].forEach((c, i) => {
    const hit = hits[i] ?? false;
    const last = parts.at(-1);
    if (last && last.hit === hit) last.text += c;
    else parts.push({ text: c, hit });
  });
  return parts;
}
