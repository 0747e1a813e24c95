// The call-event service and the link's state as Chromium sees them, with a scripted Asterisk at the other end.
// Started by `./dev test e2e`; SWITCHROOM names the binary. Cases run in order and share one box.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { startBox } from "./box.mjs";
import { settled, watch } from "./look.mjs";
import { startPeer } from "./peer.mjs";

const PERSON = { account: "claire", name: "Claire Marchand", password: "correct horse 7 battery", language: "en" };
const PAGES = ["/", "/live", "/desk", "/supervision", "/walls", "/reports", "/calls", "/system/health", "/system/accounts", "/system/audit", "/system/backups", "/me", "/wall"];

let peer, box, browser, page, complaints;

const chromiumPath = () => execFileSync("sh", ["-c", "command -v chromium || command -v chromium-browser || command -v google-chrome"], { encoding: "utf8" }).trim();

before(async () => {
  assert.ok(process.env.SWITCHROOM, "SWITCHROOM must name the binary");
  peer = await startPeer();
  box = await startBox(process.env.SWITCHROOM, 0, async (folder) => {
    await writeFile(join(folder, "secret"), "none\n");
    await writeFile(join(folder, "queue_log"), "");
    return `[log]\npath = "${folder}/queue_log"\n[ami]\nport = ${peer.port}\nuser = "e2e"\nsecret_file = "${folder}/secret"\n`;
  });
  const args = process.getuid() === 0 ? ["--no-sandbox"] : [];
  browser = await chromium.launch({ executablePath: chromiumPath(), args });
  page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB" })).newPage();
  page.setDefaultTimeout(30_000);
  complaints = watch(page, box.origin);
  // The claim's answer carries the session's cookie into the browser.
  const claimed = await page.context().request.post(`${box.origin}/api/v1/claim`, { data: { code: box.claimCode(), ...PERSON } });
  assert.equal(claimed.status(), 200, await claimed.text());
  await page.goto(`${box.origin}/`);
  await settled(page);
  await page.waitForFunction(() => fetch("/api/v1/office").then((answer) => answer.json()).then((office) => office.ami.state === "up"));
});

after(async () => {
  await browser?.close();
  const code = await box?.stop();
  peer?.close();
  assert.equal(code, 0, `the daemon ends well when asked to:\n${box?.said.slice(-2000)}`);
});

const status = (value) => peer.say("ExtensionStatus", { Exten: "201", Context: "inside", Hint: "PJSIP/201", Status: value, StatusText: "x" });

/** Subscribes from the page; gives the subscription's id. */
const subscribe = () =>
  page.evaluate(async () => {
    const me = await (await fetch("/api/v1/me")).json();
    const made = await fetch("/api/v1/subscriptions", {
      method: "POST",
      headers: { "content-type": "application/json", "x-csrf-token": me.csrf },
      body: JSON.stringify({ agents: ["201"], queues: ["sales"] }),
    });
    return (await made.json()).id;
  });

/** Opens a transport in the page; what it hears is kept in `window.heard`. */
const listen = (kind, id, cursor) =>
  page.evaluate(
    ({ kind, id, cursor }) => {
      window.heard = [];
      const path = `/api/v1/subscriptions/${id}/events${cursor ? `?cursor=${cursor}` : ""}`;
      if (kind === "websocket") {
        window.line = new WebSocket(`ws://${location.host}${path}`);
        window.line.onmessage = (e) => window.heard.push(JSON.parse(e.data));
      } else {
        window.line = new EventSource(path);
        for (const type of ["snapshot", "extensionStatus", "link", "gap"]) window.line.addEventListener(type, (e) => window.heard.push({ ...JSON.parse(e.data), id: e.lastEventId }));
      }
    },
    { kind, id, cursor },
  );

const heard = (type, value) => page.waitForFunction(({ type, value }) => window.heard.find((e) => e.type === type && (value === null || e.status === value)), { type, value });

for (const kind of ["websocket", "eventsource"]) {
  test(`a page follows events by ${kind} with its session and goes on where it was`, async () => {
    status(0);
    const id = await subscribe();
    await listen(kind, id);
    await heard("snapshot", null);
    status(1);
    const seen = await (await heard("extensionStatus", "inuse")).jsonValue();
    assert.equal(seen.agent, "201");
    // Away for three changes, then back with the place it had reached.
    await page.evaluate(() => window.line.close());
    for (const value of [0, 8, 16]) {
      status(value);
      await page.waitForTimeout(100);
    }
    await listen(kind, id, `${seen.epoch}.${seen.seq}`);
    await heard("extensionStatus", "onhold");
    const missed = await page.evaluate(() => window.heard.map((e) => e.status ?? e.type));
    assert.deepEqual(missed, ["not_inuse", "ringing", "onhold"], "what was missed, once and in order, without a snapshot");
    await page.evaluate(() => window.line.close());
  });
}

test("a socket of another account's subscription is refused", async () => {
  const ended = await page.evaluate(
    () => new Promise((done) => {
      const line = new WebSocket(`ws://${location.host}/api/v1/subscriptions/nobody/events`);
      line.onerror = () => done("refused");
      line.onopen = () => done("open");
    }),
  );
  assert.equal(ended, "refused");
  complaints.splice(0);
});

test("when Asterisk falls silent every page says so, and takes it back", async () => {
  for (const path of PAGES) {
    await page.goto(box.origin + path);
    await settled(page);
    await page.locator(".link:not(.stale)").first().waitFor();
    peer.hush();
    const begun = Date.now();
    await page.locator(".link.stale").first().waitFor();
    console.log(`${path}: stale after ${((Date.now() - begun) / 1000).toFixed(1)} s of silence at most`);
    peer.speak();
    status(path.length % 2);
    await page.locator(".link:not(.stale)").first().waitFor();
  }
  assert.deepEqual(complaints.splice(0), []);
});
