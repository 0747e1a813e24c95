// Weighs the built app as a browser fetches it: what the first view of the portal and the wallboard take, gzip.
// Walks the pages' own links and the static imports of their scripts, then adds what the view asks for by itself.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));
const read = (name) => readFileSync(`${DIST}${name}`, "utf8");

/** What each first view fetches besides its page: the words of one language, and the page's own chunk. */
const VIEWS = [
  { name: "portal, home", page: "/index.html", limit: 60_000, aim: 40_000, also: ["core.fr", "fr", "overview"] },
  { name: "portal, real time", page: "/index.html", limit: 60_000, aim: 40_000, also: ["core.fr", "fr", "live"] },
  { name: "portal, report", page: "/index.html", limit: 60_000, aim: 40_000, also: ["core.fr", "fr", "lists.fr", "report"] },
  { name: "portal, calls", page: "/index.html", limit: 60_000, aim: 40_000, also: ["core.fr", "fr", "lists.fr", "calls"] },
  { name: "wallboard", page: "/wall.html", limit: 40_000, aim: 25_000, also: ["core.fr"] },
  { name: "wallboard without a log-in", page: "/wall.html", limit: 40_000, aim: 25_000, also: ["core.fr", "wall-kiosk", "kiosk"] },
];

let over = 0;
for (const view of VIEWS) {
  const found = new Set([view.page]);
  const scripts = [];
  for (const [, name] of read(view.page).matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) add(name, found, scripts);
  while (scripts.length) follow(scripts.pop(), found, scripts);
  // A view's own chunk is named in the script that loads it.
  for (const chunk of view.also) {
    const name = [...found].filter((f) => f.endsWith(".js")).map((f) => named(f, chunk)).find(Boolean);
    if (!name) throw new Error(`${view.name}: no chunk called ${chunk}`);
    add(name, found, scripts);
    while (scripts.length) follow(scripts.pop(), found, scripts);
  }
  const bytes = [...found].reduce((sum, f) => sum + gzipSync(readFileSync(DIST + f), { level: 9 }).length, 0);
  const verdict = bytes > view.limit ? "TOO LARGE" : bytes > view.aim ? "within the limit, over the aim" : "good";
  if (bytes > view.limit) over += 1;
  if ([...found].some((f) => /chart-draw/.test(f))) {
    console.log(`${view.name}: the chart library is in the first view`);
    over += 1;
  }
  console.log(`${view.name}: ${(bytes / 1000).toFixed(1)} kB of ${view.limit / 1000} kB in ${found.size} files: ${verdict}`);
}
process.exit(over ? 1 : 0);

function add(name, found, scripts) {
  if (found.has(name)) return;
  found.add(name);
  if (name.endsWith(".js")) scripts.push(name);
}

/** Static imports of a script, and the style its dynamic chunk brings. */
function follow(script, found, scripts) {
  for (const [, name] of read(script).matchAll(/(?:from|import)\s*["`]\.\/([^"`]+\.js)["`]/g)) add(`/assets/${name}`, found, scripts);
}

function named(script, chunk) {
  const pattern = new RegExp(`import\\(["\`]\\./(${chunk.replace(".", "\\.")}-[\\w-]{8}\\.js)["\`]\\)`);
  const hit = pattern.exec(read(script));
  return hit ? `/assets/${hit[1]}` : null;
}
