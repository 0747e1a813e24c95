// Figures as people read them. Pure: the language comes in, text goes out. Null is "–", never 0.

export type Lang = "en" | "fr";
export const NONE = "–";
const NBSP = "\u00a0";

export const localeOf = (lang: Lang): string => (lang === "fr" ? "fr-FR" : "en-GB");

const kept = new Map<string, Intl.NumberFormat>();
function formatOf(lang: Lang, digits: number): Intl.NumberFormat {
  const name = `${lang}${digits}`;
  let format = kept.get(name);
  if (!format) {
    format = new Intl.NumberFormat(localeOf(lang), { minimumFractionDigits: digits, maximumFractionDigits: digits });
    kept.set(name, format);
  }
  return format;
}

/** 1031 → "1,031" / "1 031". */
export function decimal(n: number | null, lang: Lang, digits = 0): string {
  return n === null || !Number.isFinite(n) ? NONE : formatOf(lang, digits).format(n);
}

/** 80.44 → "80.4 %" / "80,4 %", with a space that does not break. */
export function percent(n: number | null, lang: Lang, digits = 1): string {
  const text = decimal(n, lang, digits);
  return text === NONE ? NONE : `${text}${NBSP}%`;
}

const STEPS = ["B", "kB", "MB", "GB", "TB"];
const STEPS_FR = ["o", "ko", "Mo", "Go", "To"];

/** Bytes in steps of 1000, at most one decimal. */
export function bytes(n: number | null, lang: Lang): string {
  if (n === null) return NONE;
  let step = 0;
  let value = n;
  while (value >= 1000 && step < STEPS.length - 1) {
    value /= 1000;
    step += 1;
  }
  const digits = step === 0 || value >= 100 ? 0 : 1;
  return `${decimal(value, lang, digits)}${NBSP}${(lang === "fr" ? STEPS_FR : STEPS)[step] ?? ""}`;
}

/** A telephone number in the groups its country uses; what is not understood stays as stored. */
export function phone(raw: string): string {
  if (/^0[1-9]\d{8}$/.test(raw)) return pairs(raw);
  if (/^\+33[1-9]\d{8}$/.test(raw)) return `+33${NBSP}${raw.charAt(3)}${NBSP}${pairs(raw.slice(4))}`;
  return raw;
}

function pairs(digits: string): string {
  return digits.replace(/\d\d(?=\d)/g, (two) => two + NBSP);
}
