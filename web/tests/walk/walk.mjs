// Walks through the built app in a real browser on the stand-in, mostly by keys: first run, log-in, the pages, the
// filters, freezing, going silent and coming back, forms with faults, the end of a session. `npm run walk`.
// Each step is a sentence; the first that is not so ends its walk, and the script with it.

import { strict as is } from "node:assert";
import { chromium } from "playwright-core";
import { start } from "../mock/server.mjs";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: FLAGS });

async function walk(name, options, steps, view = {}) {
  const mock = await start(0, options);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB", reducedMotion: "reduce", ...view });
  const tab = await context.newPage();
  tab.setDefaultTimeout(8000);
  const errors = [];
  tab.on("pageerror", (e) => errors.push(e.message));
  try {
    await steps(tab, mock);
    is.deepEqual(errors, []);
    console.log(`ok  ${name}`);
  } finally {
    await context.close();
    mock.server.closeAllConnections();
    mock.server.close();
  }
}

const title = (tab) => tab.title();
const path = (tab) => new URL(tab.url()).pathname + new URL(tab.url()).search;
const focused = (tab) => tab.evaluate(() => document.activeElement?.id || document.activeElement?.textContent?.trim() || document.activeElement?.tagName);

await walk("the first run claims the box and leads home", { claimed: false, loggedIn: false }, async (tab, mock) => {
  await tab.goto(`${mock.url}/calls`);
  await tab.getByRole("heading", { name: "This box is new" }).waitFor();
  is.equal(path(tab), "/claim");
  await tab.getByRole("button", { name: "Claim and go on" }).click();
  await tab.getByText("4 things to correct").waitFor();
  is.match(await title(tab), /^Error: /);
  await tab.getByRole("link", { name: /^Claim code:/ }).click();
  is.equal(await focused(tab), "c-code");
  await tab.keyboard.type("WRONG1");
  await tab.fill("#c-name", "Maud Kerjean");
  await tab.fill("#c-account", "maud.kerjean");
  await tab.fill("#c-password", "correct harbour lamp");
  await tab.keyboard.press("Enter");
  await tab.getByText("This is not the code on the console").first().waitFor();
  is.equal(await tab.inputValue("#c-name"), "Maud Kerjean");
  await tab.fill("#c-code", "K7QM2X");
  await tab.keyboard.press("Enter");
  await tab.getByRole("heading", { level: 1, name: /Maud/ }).waitFor();
  is.equal(path(tab), "/");
});

await walk("log-in says the same for a wrong account and password, then leads where one wanted to go", { loggedIn: false }, async (tab, mock) => {
  await tab.goto(`${mock.url}/calls?p=week&answered=no`);
  await tab.getByRole("heading", { name: "Log in" }).waitFor();
  await tab.fill("#l-account", "maud.kerjean");
  await tab.fill("#l-password", "wrong");
  await tab.keyboard.press("Enter");
  await tab.getByRole("alert").getByText("Account or password is not right.").waitFor();
  await tab.fill("#l-password", "correct harbour lamp");
  await tab.keyboard.press("Enter");
  await tab.getByRole("heading", { level: 1, name: "Calls" }).waitFor();
  is.equal(path(tab), "/calls?p=week&answered=no");
});

await walk("keys go everywhere and the focus follows", {}, async (tab, mock) => {
  await tab.goto(mock.url);
  await tab.getByRole("heading", { level: 1 }).waitFor();
  await tab.keyboard.press("Tab");
  is.equal(await focused(tab), "Skip to content");
  await tab.keyboard.press("Enter");
  is.equal(await focused(tab), "main");
  for (const [keys, page] of [["g l", "Real time"], ["g c", "Calls"], ["g r", "All reports"], ["g s", "Health"], ["g h", "Home"]]) {
    for (const key of keys.split(" ")) await tab.keyboard.press(key);
    await tab.waitForFunction((t) => document.title.startsWith(t), page);
    is.equal(await focused(tab), "main");
  }
  await tab.keyboard.press("?");
  await tab.getByRole("dialog", { name: "Keys" }).waitFor();
  await tab.keyboard.press("Escape");
  is.equal(await tab.getByRole("dialog").count(), 0);
  await tab.keyboard.press("Control+k");
  await tab.getByRole("combobox").waitFor();
  await tab.keyboard.type("karl");
  await tab.getByRole("option", { name: /Karl Bauer/ }).waitFor();
  await tab.keyboard.press("Enter");
  await tab.getByRole("heading", { level: 1, name: "Calls" }).waitFor();
  is.equal(path(tab), "/calls?agent=Karl+Bauer".replace("+", "%20"));
});

await walk("every control is reached by Tab and shows that it has the focus", {}, async (tab, mock) => {
  for (const page of ["/", "/live", "/calls", "/me", "/reports/overview-queue"]) {
    await tab.goto(mock.url + page);
    await tab.waitForTimeout(700);
    const controls = await tab.evaluate(() => [...document.querySelectorAll("a[href], button:not([disabled]), input, select, [tabindex='0']")].filter((e) => e.offsetParent !== null && e.tabIndex >= 0).length);
    const seen = new Set();
    for (let i = 0; i < controls + 5; i += 1) {
      await tab.keyboard.press("Tab");
      const at = await tab.evaluate(() => {
        const e = document.activeElement;
        if (!e || e === document.body) return null;
        const style = getComputedStyle(e);
        e.dataset.walked ??= String(Math.random());
        return { id: e.dataset.walked, marked: style.boxShadow !== "none" || style.outlineStyle !== "none", name: e.outerHTML.slice(0, 90) };
      });
      if (!at) continue;
      is.ok(at.marked, `${page}: no mark of focus on ${at.name}`);
      seen.add(at.id);
    }
    is.ok(seen.size >= controls, `${page}: ${seen.size} of ${controls} controls reached`);
  }
});

await walk("filters and period are the address, and Back undoes them", {}, async (tab, mock) => {
  await tab.goto(`${mock.url}/calls`);
  await tab.getByText("241 calls").waitFor();
  await tab.keyboard.press("f");
  await tab.getByRole("dialog", { name: "Filters" }).waitFor();
  await tab.getByRole("checkbox", { name: "After-sales" }).check();
  await tab.selectOption("#f-answered", "no");
  await tab.getByRole("button", { name: "Show" }).click();
  await tab.waitForURL(/queue=after-sales/);
  await tab.getByRole("button", { name: "Remove Answered no" }).click();
  await tab.waitForFunction(() => !location.search.includes("answered"));
  await tab.goBack();
  await tab.getByRole("button", { name: "Remove Answered no" }).waitFor();
  await tab.keyboard.press("[");
  await tab.waitForURL(/p=yesterday/);
  await tab.getByRole("button", { name: /Yesterday/ }).click();
  await tab.fill("#p-typed", "next week");
  await tab.keyboard.press("Enter");
  await tab.getByText(/Not understood/).waitFor();
  await tab.fill("#p-typed", "-7d");
  await tab.keyboard.press("Enter");
  await tab.waitForURL(/from=\d{4}-\d\d-\d\d&to=/);
});

await walk("a long list comes page by page", {}, async (tab, mock) => {
  await tab.goto(`${mock.url}/calls?limit=100`);
  await tab.getByText("241 calls").waitFor();
  const first = await tab.locator(".calls tbody tr a").first().textContent();
  await tab.getByRole("link", { name: "Next" }).click();
  await tab.waitForURL(/marker=100/);
  await tab.waitForFunction((t) => document.querySelector(".calls tbody tr a")?.textContent !== t, first);
  await tab.getByRole("button", { name: "Previous" }).click();
  await tab.waitForFunction((t) => document.querySelector(".calls tbody tr a")?.textContent === t, first);
  await tab.keyboard.press("j");
  await tab.keyboard.press("j");
  await tab.keyboard.press("Enter");
  await tab.waitForURL(/\/calls\/\d+/);
  await tab.getByRole("heading", { name: "Timeline" }).waitFor();
});

await walk("freezing holds the figures, a key catches up", { moving: true }, async (tab, mock) => {
  await tab.goto(`${mock.url}/live`);
  await tab.getByRole("heading", { name: "Queues" }).waitFor();
  await tab.keyboard.press("z");
  await tab.getByText(/Frozen \d\d:\d\d:\d\d/).waitFor();
  const before = await tab.locator("tr.all").textContent();
  await tab.getByText(/[1-9]\d* changes behind/).waitFor();
  is.equal(await tab.locator("tr.all").textContent(), before);
  await tab.keyboard.press("z");
  await tab.getByText(/Figures of the day since/).waitFor();
});

await walk("silence is said within 5 seconds, timers stop, and it heals by itself", {}, async (tab, mock) => {
  await tab.goto(`${mock.url}/live`);
  await tab.getByRole("heading", { name: "Queues" }).waitFor();
  mock.state.silent = true;
  const from = Date.now();
  await tab.getByRole("banner").getByText(/Not live since \d\d:\d\d:\d\d/).waitFor();
  is.ok(Date.now() - from < 7500, `said after ${Date.now() - from} ms`);
  const timer = tab.locator("tr.all .tm");
  const stood = await timer.textContent();
  await tab.waitForTimeout(2200);
  is.equal(await timer.textContent(), stood);
  mock.state.silent = false;
  await tab.locator(".top .link", { hasText: /^Live$/ }).waitFor();
  await tab.waitForFunction((t) => document.querySelector("tr.all .tm")?.textContent !== t, stood);
});

await walk("the link comes back after the box was away", {}, async (tab, mock) => {
  await tab.goto(`${mock.url}/live`);
  await tab.getByRole("heading", { name: "Queues" }).waitFor();
  // The browser's own pause before it comes back is a few seconds: the silence shows, then goes.
  mock.state.silent = true;
  mock.server.closeAllConnections();
  await tab.getByRole("banner").getByText(/Not live since/).waitFor();
  mock.state.silent = false;
  await tab.locator(".top .link", { hasText: /^Live$/ }).waitFor();
});

await walk("the filter by queue is in the address and survives a reload", {}, async (tab, mock) => {
  await tab.goto(`${mock.url}/live`);
  await tab.getByRole("button", { name: /Queues All/ }).click();
  await tab.getByRole("checkbox", { name: "Sales", exact: true }).check();
  await tab.getByRole("button", { name: "Show" }).click();
  await tab.waitForURL(/queues=sales/);
  await tab.waitForFunction(() => document.querySelectorAll("main .t tbody")[0]?.children.length === 1);
  await tab.reload();
  await tab.waitForFunction(() => document.querySelectorAll("main .t tbody")[0]?.children.length === 1);
});

await walk("a form keeps what was typed when it is refused", {}, async (tab, mock) => {
  await tab.goto(`${mock.url}/system/accounts`);
  await tab.getByRole("link", { name: "Add account" }).click();
  const box = tab.getByRole("dialog", { name: "Add account" });
  await box.waitFor();
  await tab.fill("#a-account", "karl.bauer");
  await tab.fill("#a-name", "Karl B.");
  await tab.fill("#a-password", "correct harbour lamp");
  await box.getByRole("button", { name: "Add account" }).click();
  await box.getByText("karl.bauer belongs to Karl Bauer").first().waitFor();
  is.equal(await tab.inputValue("#a-password"), "correct harbour lamp");
  await tab.fill("#a-account", "karl.b");
  await box.getByRole("button", { name: "Add account" }).click();
  await tab.getByText("Karl B. can log in now").waitFor();
  is.equal(await tab.getByRole("dialog").count(), 0);
});

await walk("language and theme change at once and are kept", {}, async (tab, mock) => {
  await tab.goto(`${mock.url}/me`);
  await tab.selectOption("#m-language", "fr");
  await tab.selectOption("#m-theme", "dark");
  await tab.getByRole("button", { name: "Save" }).click();
  await tab.getByRole("heading", { level: 1, name: "Mon compte" }).waitFor();
  is.equal(await tab.evaluate(() => `${document.documentElement.lang} ${document.documentElement.dataset.theme}`), "fr dark");
  await tab.reload();
  await tab.getByRole("heading", { level: 1, name: "Mon compte" }).waitFor();
});

await walk("the end of the session is warned of, and one key stays", { session: 119 }, async (tab, mock) => {
  await tab.goto(mock.url);
  await tab.getByRole("dialog", { name: "Your session is about to end" }).waitFor();
  mock.state.session = 3600;
  await tab.keyboard.press("Enter");
  await tab.waitForFunction(() => !document.querySelector("dialog[open]"));
});

await walk("log-out leads to the gate", {}, async (tab, mock) => {
  await tab.goto(mock.url);
  await tab.getByRole("button", { name: /Maud Kerjean/ }).click();
  await tab.getByRole("button", { name: "Log out" }).click();
  await tab.getByRole("heading", { name: "Log in" }).waitFor();
  is.equal(path(tab), "/login");
});

await walk("people see only what they may use", { role: "agent" }, async (tab, mock) => {
  await tab.goto(mock.url);
  await tab.getByRole("heading", { level: 1 }).waitFor();
  is.deepEqual(await tab.locator(".side > ul > li > a").allTextContents().then((t) => t.map((x) => x.replace(/\d.*/, "").trim())), ["Home", "Live", "Reports"]);
  await tab.goto(`${mock.url}/system/health`);
  await tab.getByText("An administrator can give you access.").waitFor();
});

await walk("the wallboard turns its pages, Space holds them", { times: 3 }, async (tab, mock) => {
  await tab.goto(`${mock.url}/wall/all`);
  await tab.getByText(/Page 1 of \d/).waitFor();
  await tab.keyboard.press("ArrowRight");
  await tab.getByText(/Page 2 of \d/).waitFor();
  await tab.keyboard.press("Space");
  await tab.getByText(/Page 2 of \d, held/).waitFor();
  is.equal(await tab.evaluate(() => document.scrollingElement.scrollHeight <= innerHeight), true);
  await tab.waitForTimeout(3200);
  is.equal(await tab.evaluate(() => getComputedStyle(document.querySelector("main")).cursor), "none");
}, { viewport: { width: 1280, height: 720 } });

await walk("a telephone shows cards, a bar of pages, and everything behind More", {}, async (tab, mock) => {
  await tab.goto(`${mock.url}/live`);
  await tab.getByRole("heading", { name: "Queues" }).waitFor();
  is.equal(await tab.getByRole("table", { name: "Queues" }).getByRole("row").count() > 4, true);
  await tab.getByRole("button", { name: "More" }).click();
  await tab.getByRole("dialog", { name: "More" }).getByRole("link", { name: "Health" }).click();
  await tab.waitForURL(/system\/health/);
  is.equal(await tab.getByRole("dialog").count(), 0);
}, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

await walk("an agent pauses with a reason, marks the call, and hangs up only when sure", { role: "agent", agent: "Karl Bauer" }, async (tab, mock) => {
  await tab.goto(`${mock.url}/desk`);
  await tab.getByText("Fabienne Roussel").first().waitFor();
  await tab.getByRole("button", { name: "Lunch" }).click();
  await tab.getByText("Lunch: done.").waitFor();
  await tab.selectOption("#mk-outcome", "Quote");
  await tab.getByText("Outcome: done.").waitFor();
  await tab.getByRole("button", { name: "Hang up" }).click();
  is.equal(mock.state.acts.filter((a) => a.path === "hangup").length, 0);
  await tab.getByRole("button", { name: "Hang up: press again" }).click();
  await tab.getByText("Hang up: done.").waitFor();
  is.deepEqual(mock.state.acts.map((a) => a.path), ["pause", "outcome", "hangup"]);
  is.deepEqual(mock.state.acts[0].body, { reason: "Lunch" });
  is.equal(mock.state.acts[1].body.code, "Quote");
});

await walk("an agent logs on to the queues ticked, and a refusal stands where it was asked", { role: "agent", agent: "Karl Bauer" }, async (tab, mock) => {
  await tab.goto(`${mock.url}/desk`);
  is.equal(await tab.getByRole("button", { name: "Log on", exact: true }).isDisabled(), true);
  await tab.getByLabel(/^Sales/).check();
  await tab.getByRole("button", { name: "Log on", exact: true }).click();
  await tab.getByText("Log on: done.").waitFor();
  is.deepEqual(mock.state.acts.at(-1), { path: "logon", body: { queues: ["sales"] } });
  mock.state.refuse = true;
  await tab.fill("#d-number", "0261914766");
  await tab.keyboard.press("Enter");
  await tab.getByRole("alert").filter({ hasText: "Channel specified does not exist." }).waitFor();
  is.equal(await tab.inputValue("#d-number"), "0261914766");
});

await walk("a supervisor listens, picks, opens an agent by its address and adds one with penalty", {}, async (tab, mock) => {
  await tab.goto(`${mock.url}/supervision`);
  await tab.getByRole("button", { name: "Listen" }).first().click();
  await tab.getByText(/^Listen to .*: done/).waitFor();
  await tab.getByRole("button", { name: "Pick" }).first().click();
  await tab.getByText(/^Pick .*: done/).waitFor();
  await tab.getByRole("link", { name: "Actions for Karl Bauer" }).first().click();
  await tab.getByRole("dialog").waitFor();
  is.equal(path(tab), "/supervision?agent=Karl+Bauer");
  await tab.getByRole("button", { name: "More penalty in After-sales" }).click();
  await tab.getByText("Penalty in After-sales: done.").waitFor();
  is.deepEqual(mock.state.acts.at(-1), { path: "penalty", body: { agent: "Karl Bauer", queue: "after-sales", penalty: 1 } });
  await tab.getByRole("button", { name: "Remove" }).click();
  await tab.getByRole("button", { name: /press again/ }).click();
  await tab.getByText("Remove from After-sales: done.").waitFor();
  await tab.keyboard.press("Escape");
  await tab.getByRole("dialog").waitFor({ state: "detached" });
  is.equal(path(tab), "/supervision");
  await tab.locator(".head").getByRole("button", { name: "Add agent" }).click();
  await tab.fill("#sa-agent", "Karl Bauer");
  await tab.fill("#sa-penalty", "2");
  await tab.keyboard.press("Enter");
  await tab.getByText("Add agent: done.").waitFor();
  is.deepEqual(mock.state.acts.at(-1), { path: "logon", body: { agent: "Karl Bauer", queues: ["sales"], penalty: 2 } });
});

await walk("a lost link to Asterisk is said in the header of every page, and above what acts", { away: true }, async (tab, mock) => {
  for (const at of ["/", "/live", "/supervision", "/calls"]) {
    await tab.goto(mock.url + at);
    await tab.locator("header.top .stale").waitFor();
  }
  await tab.goto(`${mock.url}/supervision`);
  await tab.getByText(/^No link to Asterisk since/).waitFor();
});

await browser.close();
