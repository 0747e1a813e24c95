// Looks at every page of the built app on the stand-in: pictures at three widths, two themes, two languages, and
// axe-core on each. `npm run look [-- --only live,wall] [--out folder] [--quick]`. Fails on any finding, on sideways scroll, on any
// error in the console, and on any request that leaves the stand-in.

import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { start } from "../mock/server.mjs";
import { PAGES } from "./pages.mjs";

const arg = (name) => { const at = process.argv.indexOf(`--${name}`); return at < 0 ? null : (process.argv[at + 1] ?? ""); };
const only = arg("only")?.split(",");
const out = arg("out") ?? join(tmpdir(), "switchroom-look");
const quick = process.argv.includes("--quick");
mkdirSync(out, { recursive: true });

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: FLAGS });

const VIEWS = quick
  ? [{ width: 1440, theme: "light", language: "en" }, { width: 390, theme: "dark", language: "fr" }]
  : [
      { width: 1440, theme: "light", language: "en" }, { width: 1440, theme: "dark", language: "fr" }, { width: 1024, theme: "light", language: "fr" },
      { width: 390, theme: "light", language: "en" }, { width: 390, theme: "dark", language: "fr" }, { width: 320, theme: "light", language: "fr" },
    ];
const WALLS = [{ width: 1920, height: 1080, theme: "dark", language: "en" }, { width: 1280, height: 720, theme: "light", language: "fr" }, { width: 1080, height: 1920, theme: "dark", language: "fr" }];

let faults = 0;
const complain = (where, what) => { faults += 1; console.log(`${where}: ${what}`); };

for (const page of PAGES.filter((p) => !only || only.includes(p.name))) {
  for (const view of page.wall ? WALLS : VIEWS) await look(page, view);
}
await browser.close();
console.log(faults ? `${faults} findings; pictures in ${out}` : `no finding; pictures in ${out}`);
process.exit(faults ? 1 : 0);

async function look(page, view) {
  const mock = await start(0, { ...page.state, theme: view.theme, language: view.language });
  const context = await browser.newContext({
    viewport: { width: view.width, height: view.height ?? (view.width < 768 ? 844 : 900) }, colorScheme: view.theme, locale: view.language, reducedMotion: "reduce",
    hasTouch: view.width < 768, timezoneId: "America/New_York",
  });
  const tab = await context.newPage();
  const where = `${page.name} ${view.width} ${view.theme} ${view.language}`;
  tab.on("console", (m) => m.type() === "error" && !/Failed to load resource/.test(m.text()) && complain(where, m.text()));
  tab.on("pageerror", (e) => complain(where, e.message));
  tab.on("request", (r) => !r.url().startsWith(mock.url) && !r.url().startsWith("data:") && complain(where, `asks ${r.url()}`));
  const path = page.wall && view.theme === "light" ? `${page.path}${page.path.includes("?") ? "&" : "?"}theme=light` : page.path;
  await tab.goto(mock.url + path);
  await tab.waitForTimeout(page.wait ?? 900);
  if (page.act) await page.act(tab, mock);
  await tab.screenshot({ path: join(out, `${page.name}-${view.theme}-${view.language}-${view.width}.png`), fullPage: !page.wall && view.width >= 768 && !page.act });
  const wide = await tab.evaluate(() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth);
  if (wide > 0) complain(where, `scrolls ${wide} px sideways`);
  await tab.evaluate(axe);
  const found = await tab.evaluate(async () => (await window.axe.run(document, { resultTypes: ["violations"] })).violations.map((v) => `${v.id}: ${v.help} · ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 140)).join(" · ")}`));
  for (const f of found) complain(where, f);
  await context.close();
  mock.server.closeAllConnections();
  await new Promise((done) => mock.server.close(done));
}
