import { expect, test } from "vitest";
import coreEn from "../../src/words/core.en";
import coreFr from "../../src/words/core.fr";
import en from "../../src/words/en";
import fr from "../../src/words/fr";
import deskEn from "../../src/words/desk.en";
import deskFr from "../../src/words/desk.fr";
import listsEn from "../../src/words/lists.en";
import listsFr from "../../src/words/lists.fr";
import moreEn from "../../src/words/more.en";
import moreFr from "../../src/words/more.fr";
import recordingsEn from "../../src/words/recordings.en";
import recordingsFr from "../../src/words/recordings.fr";
import document from "../../../docs/openapi.json";
import { told } from "../../src/api/refusal";
import { form } from "../../src/words";
import { fill } from "../../src/words/fill";
import refusals from "../../src/words/refusals.fr";

const files: Record<string, string> = import.meta.glob("../../src/**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true });
const sources = Object.entries(files).filter(([name]) => !name.includes("/words/")).map(([name, text]) => ({ name, text }));
const code = (document as unknown as { components: { schemas: { Error: { properties: { error: { properties: { code: { enum: string[]; "x-values": Record<string, string[]> } } } } } } } })
  .components.schemas.Error.properties.error.properties.code;
const pairs: [string, Record<string, string>, Record<string, string>][] = [["core", coreEn, coreFr], ["portal", en, fr], ["desk", deskEn, deskFr], ["lists", listsEn, listsFr], ["more", moreEn, moreFr], ["recordings", recordingsEn, recordingsFr]];

test("both languages have the same keys, none twice", () => {
  for (const [, a, b] of pairs) expect(Object.keys(b).sort()).toEqual(Object.keys(a).sort());
  const all = pairs.flatMap(([, a]) => Object.keys(a));
  expect(new Set(all).size).toBe(all.length);
});

test("both languages name the same values and forms", () => {
  const values = (s: string): string[] => [...new Set(s.match(/\{\w+\}/g) ?? [])].sort();
  for (const [, a, b] of pairs) {
    for (const key of Object.keys(a)) expect(values(b[key] ?? ""), key).toEqual(values(a[key] ?? ""));
  }
});

test("no phrase says please or cries out", () => {
  for (const [, a, b] of pairs) for (const s of [...Object.values(a), ...Object.values(b)]) expect(s).not.toMatch(/!|please|veuillez|s’il vous/i);
});

test("French puts a space that does not break before : ; ? % and in quotes", () => {
  for (const b of [...pairs.map(([, , fr]) => fr), refusals]) for (const s of Object.values(b)) {
    expect(s).not.toMatch(/ [:;?!%»]/);
    expect(s).not.toMatch(/« /);
    expect(s).not.toMatch(/[a-zé][;?]/);
    expect(s).not.toMatch(/'/);
  }
});

test("every phrase is used", () => {
  const all = sources.map((f) => f.text).join("\n");
  // Keys made of a stem and a value: the stem is in the source as `stem.${`.
  const stems = new Set([...all.matchAll(/`([\w.]+\.)\$\{/g)].map((m) => m[1]));
  const unused = pairs.flatMap(([, a]) => Object.keys(a)).filter((k) => !all.includes(`"${k}"`) && ![...stems].some((s) => s !== undefined && k.startsWith(s)));
  expect(unused).toEqual([]);
});

test("the wallboard speaks only words it has", () => {
  for (const f of sources.filter((s) => /\/(wall|wall-parts|wall-chart|state|live-state|figure)\.tsx$/.test(s.name))) {
    for (const [, key] of f.text.matchAll(/say\("([\w.]+)"/g)) expect(coreEn, `${f.name}: ${key ?? ""}`).toHaveProperty([key ?? ""]);
  }
});

test("French counts 0 as one, English as many", () => {
  expect(form("{n} appel|{n} appels", 0, new Intl.PluralRules("fr"))).toBe("{n} appel");
  expect(form("{n} call|{n} calls", 0, new Intl.PluralRules("en"))).toBe("{n} calls");
  expect(form("waiting", 3, new Intl.PluralRules("en"))).toBe("waiting");
});

test("values are filled in, unknown ones stay visible", () => {
  expect(fill("{a} of {b}", { a: 1 })).toBe("1 of {b}");
});

test("the first view finds its words in the first books", () => {
  const first = { ...coreEn, ...en };
  const views = /\/(overview|live|login|claim|app|frame|person-menu|helpers|palette|gate|message|field|live-tables|queue-picker|chart|dialog|toast)\.tsx$/;
  for (const f of sources.filter((s) => views.test(s.name))) {
    for (const [, key] of f.text.matchAll(/(?:say|count)\("([\w. ]+)"/g)) expect(first, `${f.name}: ${key ?? ""}`).toHaveProperty([key ?? ""]);
  }
});

test("every refusal of the daemon can be said in French, with the values it sends", () => {
  const { "field.any": _, ...known } = refusals as Record<string, string>;
  expect(code.enum.filter((name) => !(name in known))).toEqual([]);
  for (const [name, phrase] of Object.entries(known)) {
    const named = [...phrase.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? "");
    for (const value of named) if (code.enum.includes(name)) expect(code["x-values"][name], name).toContain(value);
  }
});

test("a French reader never gets the daemon's English sentence, an English one always does", async () => {
  const english = "the password is too short; take at least 10 characters";
  for (const name of [...code.enum, "a code of tomorrow", null]) {
    const values = Object.fromEntries((code["x-values"][name ?? ""] ?? []).map((v) => [v, "10"]));
    for (const field of [true, false]) {
      const french = await told({ message: english, code: name, values }, "fr", field);
      expect(french, String(name)).not.toContain("password");
      expect(french, String(name)).not.toContain("{");
      if (field || (name !== null && code.enum.includes(name))) expect(french, String(name)).not.toBe("");
      expect(await told({ message: english, code: name, values }, "en", field)).toBe("The password is too short; take at least 10 characters.");
    }
  }
});

test("every page brings the books its words are in, with those of the parts it is made of", () => {
  const books: Record<string, Record<string, string>> = { desk: deskEn, lists: listsEn, more: moreEn, recordings: recordingsEn };
  const byPath = new Map(Object.entries(files).map(([name, text]) => [name.replace("../../src/", "").replace(/\.tsx?$/, ""), text]));
  const pages = byPath.get("lib/pages") ?? "";
  const loaders = new Map([...pages.matchAll(/const (\w+) = async[^;]*import\("\.\.\/(pages\/\w+)"/g)].map((m) => [m[1], m[2]]));
  const listed = [...pages.matchAll(/load: (?:(later|withBooks)\()?(?:async \(\) => \(await import\("\.\.\/(pages\/[\w-]+)"\)[^,)]*\)[.\w]*|(\w+))((?:, \w+)*)/g)];
  expect(listed.length).toBeGreaterThan(9);
  const missing = new Set<string>();
  for (const [, how, direct, named, rest] of listed) {
    const page = direct ?? loaders.get(named ?? "");
    if (!page) continue;
    const names = how === "later" ? ["more"] : how ? (rest ?? "").split(", ").filter(Boolean) : [];
    const known = Object.assign({}, coreEn, en, ...names.map((n) => books[n])) as Record<string, string>;
    const seen = new Set<string>();
    const walk = (path: string): void => {
      const text = byPath.get(path);
      if (text === undefined || seen.has(path)) return;
      seen.add(path);
      for (const [, key] of text.matchAll(/(?:say|count)\("([\w. ]+)"/g)) if (!(key !== undefined && key in known)) missing.add(`${page}: ${path}: ${key ?? ""}`);
      const folder = path.slice(0, path.lastIndexOf("/"));
      for (const [, to] of text.matchAll(/(?:from |import\()"(\.[^"]+)"/g)) {
        const target = to?.startsWith("./") ? `${folder}/${to.slice(2)}` : (to ?? "").replace("../", "");
        if (!/^(words|pages)\/|^lib\/(pages|kiosk)$/.test(target)) walk(target);
      }
    };
    walk(page);
  }
  expect([...missing]).toEqual([]);
});
