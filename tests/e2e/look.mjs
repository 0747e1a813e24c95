// How a page looks and reads: accessibility by axe, nothing wider than the screen, nothing refused by the browser.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe has to say about the page as it stands: one line per finding, empty when all is well. */
export async function findings(page) {
  // Evaluated by the debugger and not by a script tag, which the content policy would rightly refuse.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")} (${rule.help})`));
}

/** Pixels by which the page can be scrolled sideways, which it never should. */
export const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Collects what the browser complains about: script errors, refused policy, failed requests, foreign hosts. */
export function watch(page, origin) {
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(`script error: ${error.message}`));
  page.on("console", (message) => {
    // A refused API call is reported as an error by the browser; the cases that provoke one say so.
    if (message.type() === "error" && !/status of (4\d\d|503)/.test(message.text())) complaints.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.origin !== origin) complaints.push(`request to ${url.origin}`);
  });
  return complaints;
}

/** Waits until the page has drawn what it loads: a heading, no busy region in sight (charts load when seen), fonts in place. */
export async function settled(page) {
  const drawn = () => document.querySelector("h1") && ![...document.querySelectorAll("[aria-busy=true]")].some((busy) => busy.getBoundingClientRect().top < innerHeight);
  await page.waitForFunction(drawn, null, { timeout: 20_000 });
  await page.evaluate(() => document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))));
}
