// The whole program as a person meets it: the release binary playing the demonstration office, and Chromium.
// Started by `./dev test e2e`; SWITCHROOM names the binary. Cases run in order and share one box and one person.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { startBox } from "./box.mjs";
import { findings, settled, sideways, watch } from "./look.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const PERSON = { name: "Claire Marchand", account: "claire", password: "correct horse 7 battery" };
const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const NARROW = { width: 320, height: 568 };
/** Fast enough that calls enter, are answered and lost while the cases run. */
const SPEED = 20;

let box, browser, context, page, complaints;
/** Whether the first case got in: without a session none of the others says anything. */
let entered = false;

const binary = process.env.SWITCHROOM;
const chromiumPath = () => {
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    try {
      return execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim();
    } catch {
      // not this one
    }
  }
  throw new Error("no chromium on the path; ./dev test e2e installs it");
};

before(async () => {
  assert.ok(binary, "SWITCHROOM must name the binary");
  box = await startBox(binary, SPEED);
  // Root has no user namespaces to build a sandbox from, and containers of CI are root.
  const args = process.getuid() === 0 ? ["--no-sandbox"] : [];
  browser = await chromium.launch({ executablePath: chromiumPath(), args });
  context = await browser.newContext({ viewport: WIDE, locale: "en-GB", timezoneId: "Europe/Paris", reducedMotion: "reduce" });
  page = await context.newPage();
  page.setDefaultTimeout(20_000);
  complaints = watch(page, box.origin);
});

after(async () => {
  await browser?.close();
  const code = await box?.stop();
  assert.equal(code, 0, `the daemon ends well when asked to:\n${box?.said.slice(-2000)}`);
});

beforeEach((t) => {
  if (!entered && !t.name.startsWith("a new box")) throw new Error("nobody could log in: see the first case");
});

const open = async (path) => {
  await page.goto(box.origin + path);
  await settled(page);
};
const heading = () => page.locator("h1").first().innerText();
const quiet = () => assert.deepEqual(complaints.splice(0), [], "the browser complains");

/** Yesterday to tomorrow, as the API takes a period: the demonstration's calls, whatever the hour. */
const period = () => {
  const day = (offset) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
  return `from=${day(-1)}&to=${day(2)}`;
};

/** The API as the logged-in browser: its cookies, its token. */
const api = async (method, path, body) => {
  const me = await (await context.request.get(`${box.origin}/api/v1/me`)).json();
  return context.request.fetch(`${box.origin}/api/v1${path}`, { method, data: body, headers: { "x-csrf-token": me.csrf } });
};

const looksWell = async (what) => {
  assert.deepEqual(await findings(page), [], `axe on ${what}`);
  const extra = await sideways(page);
  assert.ok(extra <= 0, `${what} scrolls ${extra} px sideways`);
};

/** Addresses every person of the first account can open; calls and blocks are added by their own cases. */
const PAGES = ["/", "/live", "/desk", "/supervision", "/reports", "/calls", "/walls", "/system/health", "/system/accounts", "/system/audit", "/system/backups", "/me"];

test("a new box asks for its claim code, refuses a wrong one and takes the right one", async () => {
  await open("/");
  await page.waitForURL("**/claim");
  await looksWell("/claim");
  const fill = async (code, password) => {
    await page.fill("#c-code", code);
    await page.fill("#c-name", PERSON.name);
    await page.fill("#c-account", PERSON.account);
    await page.fill("#c-password", password);
    await page.keyboard.press("Enter");
  };
  await fill("WRONG-CODE", "short");
  await page.getByRole("alert").waitFor();
  assert.match(await page.title(), /^Error/);
  await looksWell("/claim with faults");
  await fill("0000-0000", PERSON.password);
  await page.getByRole("alert").waitFor();

  const code = box.claimCode();
  assert.ok(code, `the console names the claim code:\n${box.said}`);
  await fill(code, PERSON.password);
  await page.waitForURL((url) => !url.pathname.startsWith("/claim"));
  entered = true;
  assert.match(await page.title(), /Switchroom$/);
  const again = await fetch(`${box.origin}/api/v1/claim`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ code, account: "second", name: "Second", password: PERSON.password, language: "en" }) });
  assert.equal(again.status, 409, "a claimed box is not claimed again");
  quiet();
});

test("the first person logs out and in again, and a wrong password is refused in plain words", async () => {
  await api("DELETE", "/session");
  await open("/calls");
  await page.waitForURL(/\/login\?to=/);
  await looksWell("/login");
  await page.fill("#l-account", PERSON.account);
  await page.fill("#l-password", "not the password");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").waitFor();
  await page.fill("#l-password", PERSON.password);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname === "/calls");
  quiet();
});

test("calls of the demonstration arrive", async () => {
  const limit = Date.now() + 30_000;
  for (;;) {
    const calls = await (await context.request.get(`${box.origin}/api/v1/calls?${period()}&limit=5`)).json();
    if (calls.rows?.length >= 3) return;
    assert.ok(Date.now() < limit, `no calls after 30 s: ${JSON.stringify(calls)}`);
    await new Promise((done) => setTimeout(done, 250));
  }
});

for (const language of ["en", "fr"]) {
  test(`every page reads well, ${language === "en" ? "English" : "French"}, light and dark, wide to narrow`, async (t) => {
    const answer = await api("PATCH", "/me", { language });
    assert.equal(answer.status(), 200);
    for (const path of PAGES) {
      await t.test(path, async () => {
        await page.setViewportSize(WIDE);
        await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
        await open(path);
        assert.equal(new URL(page.url()).pathname, path, "the page is there and open to an administrator");
        assert.ok((await heading()).length > 0, "a heading");
        assert.equal(await page.locator("html").getAttribute("lang"), language);
        await looksWell(`${path} wide, light`);
        await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
        await looksWell(`${path} wide, dark`);
        await page.setViewportSize(PHONE);
        await settled(page);
        await looksWell(`${path} on a phone, dark`);
        await page.setViewportSize(NARROW);
        await settled(page);
        const extra = await sideways(page);
        assert.ok(extra <= 0, `${path} at 320 px scrolls ${extra} px sideways`);
        quiet();
      });
    }
  });
}

test("English again for the rest", async () => {
  await api("PATCH", "/me", { language: "en" });
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
});

test("the keyboard reaches everything, with the focus always in sight", async () => {
  await open("/");
  await page.keyboard.press("Tab");
  assert.match(await page.evaluate(() => document.activeElement.textContent), /skip|content/i, "the first stop is the skip link");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");

  await open("/calls");
  const seen = new Set();
  for (let step = 0; step < 200; step++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const at = document.activeElement;
      if (!at || at === document.body) return null;
      at.dataset.e2e ??= String(Math.random());
      const style = getComputedStyle(at);
      const box = at.getBoundingClientRect();
      const ring = style.outlineStyle !== "none" || style.boxShadow !== "none" || at.closest(":focus-within")?.matches(".field, .find, label");
      const visible = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
      return { key: at.dataset.e2e, name: at.outerHTML.slice(0, 120), ring: Boolean(ring), visible };
    });
    if (stop === null || seen.has(stop.key)) break;
    seen.add(stop.key);
    assert.ok(stop.visible, `focus out of sight: ${stop.name}`);
    assert.ok(stop.ring, `focus not shown: ${stop.name}`);
  }
  assert.ok(seen.size >= 10, `only ${seen.size} stops`);

  await page.locator("#main").focus();
  await page.keyboard.press("g");
  await page.keyboard.press("l");
  await page.waitForURL((url) => url.pathname === "/live");
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").waitFor();
  await looksWell("the palette");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  quiet();
});

test("the real-time page moves by itself", async () => {
  await open("/live");
  const main = page.locator("#main");
  const first = await main.innerText();
  await page.waitForFunction((before) => document.querySelector("#main").innerText !== before, first, { timeout: 15_000 });
  await looksWell("/live while it moves");
  quiet();
});

test("a report shows its table and, once in view, its chart; and gives the same as CSV", async () => {
  await open("/reports");
  const links = await page.locator("#main a[href^='/reports/']").evaluateAll((all) => [...new Set(all.map((a) => new URL(a.href).pathname))]);
  assert.ok(links.length >= 5, `blocks are listed: ${links}`);
  let charts = 0;
  for (const path of links.slice(0, 12)) {
    await open(path);
    assert.ok((await heading()).length > 0);
    await page.locator("#main table, #main .empty, #main [class*=empty]").first().waitFor();
    const chart = page.locator("#main canvas").first();
    if (await chart.count()) {
      await chart.scrollIntoViewIfNeeded();
      charts += 1;
    }
    await looksWell(path);
  }
  assert.ok(charts > 0, "at least one block draws a chart");

  const groups = (await (await context.request.get(`${box.origin}/api/v1/reports`)).json()).groups;
  const block = groups[0].blocks[0].id;
  const json = await (await context.request.get(`${box.origin}/api/v1/reports/${block}?${period()}`)).json();
  const csv = await (await context.request.get(`${box.origin}/api/v1/reports/${block}?${period()}&format=csv`)).text();
  assert.equal(csv.trim().split("\n").length, json.rows.length + 1, "a line of titles and a line per row");
  quiet();
});

test("a report stands beside the period before with the columns one wants, and is kept as a view", async () => {
  await open("/reports/traffic-by-hour?p=today");
  await page.locator(".sel select").selectOption("previous");
  await page.waitForURL(/compare=previous/);
  await page.locator("table .sub").first().waitFor();
  assert.match(await page.locator(".kpi .n").first().innerText(), /against/);
  await looksWell("a report beside another period");

  const heads = () => page.locator("table.t th").count();
  /** Report and choice arrive one after the other. */
  const come = (n) => page.waitForFunction((wanted) => document.querySelectorAll("table.t th").length === wanted, n);
  const all = await heads();
  await page.getByRole("button", { name: /^columns/i }).click();
  await page.locator("dialog .ticks input").nth(0).uncheck();
  await page.locator("dialog .ticks input").nth(1).uncheck();
  await looksWell("the choice of columns");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator("dialog").waitFor({ state: "detached" });
  await come(all - 2);
  await page.reload();
  await come(all - 2);

  await page.getByRole("button", { name: /^views/i }).click();
  await page.fill("#v-name", "Today beside yesterday");
  await looksWell("saved views");
  await page.keyboard.press("Enter");
  await page.waitForURL(/cols=/);
  await open("/calls");
  await page.getByRole("button", { name: /^views/i }).click();
  await page.getByRole("link", { name: "Today beside yesterday" }).click();
  await page.waitForURL(/traffic-by-hour.*compare=previous/);
  await come(all - 2);
  await page.getByRole("button", { name: "Today beside yesterday" }).click();
  await page.getByRole("button", { name: "Take away Today beside yesterday" }).click();
  await page.getByText("No view is saved yet.").waitFor();
  await page.keyboard.press("Escape");
  const { rows } = await (await api("GET", "/audit")).json();
  for (const action of ["view.keep", "view.drop"]) assert.ok(rows.some((row) => row.action === action && row.object === "Today beside yesterday"), action);
  quiet();
});

test("rows of the call list are ticked by mouse and key, and taken away as a file", async () => {
  await open(`/calls?${period()}`);
  await page.locator(".tk input").nth(1).click();
  await page.keyboard.press("Escape");
  await page.locator("h1").click();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.getByText("2 ticked").waitFor();
  await looksWell("ticked rows");
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "CSV of these" }).click()]);
  const text = readFileSync(await file.path(), "utf8");
  assert.equal(text.trimEnd().split("\r\n").length, 3, text);
  await page.getByRole("button", { name: "Untick" }).click();
  await page.getByText("2 ticked").waitFor({ state: "detached" });
  quiet();
});

test("a screen with a secret address shows the board to nobody in particular, until it is taken away", async () => {
  await open("/walls");
  await page.getByRole("button", { name: "Add screen" }).click();
  await page.fill("#k-name", "Hall");
  await looksWell("adding a screen");
  await page.keyboard.press("Enter");
  const address = await page.locator("#k-address").inputValue();
  assert.match(address, /\/wall\/kiosk#k=[0-9a-f]{64}$/);
  await looksWell("the address of a screen");
  await page.keyboard.press("Escape");

  const stranger = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
  const screen = await stranger.newPage();
  const said = watch(screen, box.origin);
  await screen.goto(address);
  await screen.locator("main.wall h1").waitFor();
  assert.equal(await screen.locator("main.wall h1").innerText(), "Hall");
  await screen.locator("main.wall .wp").first().waitFor();
  assert.deepEqual(await findings(screen), [], "axe on a screen without a log-in");
  assert.deepEqual(said.splice(0), []);
  for (const path of ["/api/v1/me", "/api/v1/live", "/api/v1/calls", "/api/v1/queues"]) assert.equal((await stranger.request.get(box.origin + path)).status(), 401, path);
  await screen.goto(`${box.origin}/calls`);
  await screen.waitForURL(/\/login/);
  await screen.goto(address);
  await screen.locator("main.wall h1").waitFor();

  await page.reload();
  await page.getByRole("button", { name: "Take away Hall" }).click();
  await page.getByRole("button", { name: "Take away", exact: true }).last().click();
  await page.getByText("Hall is taken away").waitFor();
  await screen.getByText("This address opens no wallboard any more.").waitFor();
  await stranger.close();
  // The log-in page and the screen that went dark ask and are refused: what was looked for.
  complaints.splice(0);
});

test("a French page says in French what the daemon refuses", async () => {
  await api("PATCH", "/me", { language: "fr" });
  await open("/me");
  await page.fill("#w-old", "not my password");
  await page.fill("#w-new", "another good password");
  await page.locator("form").last().getByRole("button", { name: /changer/i }).click();
  await page.getByText("Ce n’est pas votre mot de passe.").first().waitFor();
  await open("/reports/nonsense");
  await page.getByText("Il n’y a pas de rapport nonsense.").waitFor();
  await api("PATCH", "/me", { language: "en" });
  complaints.splice(0);
});

test("the call list leads to a call and its course", async () => {
  await open("/calls");
  const link = page.locator("#main tbody a[href^='/calls/']").first();
  await link.click();
  await page.waitForURL(/\/calls\/.+/);
  await settled(page);
  await looksWell("one call");
  await page.setViewportSize(PHONE);
  await looksWell("one call on a phone");
  await page.setViewportSize(WIDE);
  quiet();
});

test("the wallboard fills a screen without scrolling", async () => {
  const wall = await context.newPage();
  const heard = watch(wall, box.origin);
  for (const size of [{ width: 1280, height: 720 }, { width: 1920, height: 1080 }]) {
    await wall.setViewportSize(size);
    await wall.goto(`${box.origin}/wall/all`);
    await settled(wall);
    await wall.waitForFunction(() => /\d/.test(document.body.innerText));
    assert.deepEqual(await findings(wall), [], "axe on the wallboard");
    const over = await wall.evaluate(() => [document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]);
    assert.ok(over[0] <= 0 && over[1] <= 0, `scrolls by ${over}`);
  }
  assert.deepEqual(heard, []);
  await wall.close();
});

test("the health page tells where the log is read and what was not understood", async () => {
  await open("/system/health");
  const health = await (await context.request.get(`${box.origin}/api/v1/health`)).json();
  assert.equal(health.log.state, "following");
  assert.ok(health.counts.lines > 0 && health.database.bytes > 0, JSON.stringify(health.counts));
  const text = await page.locator("#main").innerText();
  assert.ok(text.includes(health.log.path), "the path of the log is shown");
  quiet();
});

test("bad input is answered in words and changes nothing", async () => {
  const status = async (path) => (await context.request.get(box.origin + path)).status();
  assert.equal(await status(`/api/v1/reports/no-such-block?${period()}`), 404);
  assert.equal(await status("/api/v1/calls?from=not-a-date&to=2026-01-01"), 400);
  assert.equal(await status(`/api/v1/calls?${period()}&limit=-1`), 400);
  assert.equal(await status("/api/v1/calls/no-such-call"), 404);
  assert.equal(await status(`/api/v1/calls?${period()}&marker=%00%20`), 400);
  const untoken = await context.request.fetch(`${box.origin}/api/v1/me`, { method: "PATCH", data: { name: "No token" } });
  assert.equal(untoken.status(), 403, "a change without its token is refused");
  // Refused before it is read whole: as an answer, or by closing while the rest is still on its way.
  const large = await context.request.fetch(`${box.origin}/api/v1/session`, { method: "POST", data: "x".repeat(1 << 18) }).then((answer) => answer.status(), () => "closed");
  assert.ok([400, 413, 415, "closed"].includes(large), `a huge body is refused, not ${large}`);
  await open("/calls/no-such-call");
  assert.ok((await page.locator("#main").innerText()).length > 0);
  await looksWell("a call that is not there");
  await open("/no/such/page");
  await looksWell("a page that is not there");
  complaints.splice(0);
  assert.equal((await (await context.request.get(`${box.origin}/api/v1/me`)).json()).name, PERSON.name);
});

test("a stranger sees nothing but the gate", async () => {
  const stranger = await browser.newContext();
  for (const path of ["/api/v1/me", "/api/v1/live", "/api/v1/calls", "/api/v1/health", "/api/v1/reports"]) {
    assert.equal((await stranger.request.get(box.origin + path)).status(), 401, path);
  }
  const shell = await stranger.request.get(box.origin);
  const policy = shell.headers()["content-security-policy"] ?? "";
  assert.match(policy, /default-src 'none'|default-src 'self'/);
  assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval|\*/);
  await stranger.close();
});

test("the picture of the README is taken", async () => {
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await page.setViewportSize(WIDE);
  await open("/live");
  // A moment with somebody on the telephone says more than one between two calls; none within the time is fine too.
  await page.waitForFunction(() => document.querySelectorAll("#main tbody tr").length >= 12, null, { timeout: 40_000 }).catch(() => {});
  const folder = process.env.SWITCHROOM_PICTURES ?? join(root, "target", "e2e");
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, "portal.png") });
});

test("logging out ends the session", async () => {
  await open("/");
  await page.locator("header.top").getByRole("button").last().click();
  await page.getByRole("button", { name: /log out/i }).or(page.getByRole("menuitem", { name: /log out/i })).first().click();
  await page.waitForURL(/\/login/);
  assert.equal((await context.request.get(`${box.origin}/api/v1/me`)).status(), 401);
});
