// A recording from Asterisk's folder to the ear: sealed by the running program, found in its call's page, heard in
// Chromium, marked, locked and unlocked. Started by `./dev test e2e`; SWITCHROOM names the binary. Cases run in order
// and share one box.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { startBox } from "./box.mjs";
import { findings, settled, sideways, watch } from "./look.mjs";

const PERSON = { account: "claire", name: "Claire Marchand", password: "correct horse 7 battery", language: "en" };
const PASSPHRASE = "seven grey herrings";
const SECONDS = 40;
const RATE = 8000;

let box, browser, context, page, complaints, media, call, recording;

const chromiumPath = () => execFileSync("sh", ["-c", "command -v chromium || command -v chromium-browser || command -v google-chrome"], { encoding: "utf8" }).trim();

/** Two channels: a low tone and a high one by turns, and silence from 20 s to 30 s. */
function sound() {
  const bytes = Buffer.alloc(44 + SECONDS * RATE * 4);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(2, 22);
  bytes.writeUInt32LE(RATE, 24);
  bytes.writeUInt32LE(RATE * 4, 28);
  bytes.writeUInt16LE(4, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(bytes.length - 44, 40);
  for (let i = 0; i < SECONDS * RATE; i += 1) {
    const second = Math.floor(i / RATE);
    if (second >= 20 && second < 30) continue;
    const left = second % 2 === 0;
    bytes.writeInt16LE(Math.round(9000 * Math.sin((i * (left ? 440 : 660) * 2 * Math.PI) / RATE)), 44 + i * 4 + (left ? 0 : 2));
  }
  return bytes;
}

/** The API as the logged-in browser: its cookies, its token. */
const api = async (method, path, body) => {
  const me = await (await context.request.get(`${box.origin}/api/v1/me`)).json();
  const answer = await context.request.fetch(`${box.origin}/api/v1${path}`, { method, data: body, headers: { "x-csrf-token": me.csrf } });
  assert.ok(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`);
  return answer.status() === 204 ? null : answer.json();
};
const day = (offset) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
const recordings = async () => (await api("GET", `/recordings?from=${day(-1)}&to=${day(2)}`)).rows;

before(async () => {
  assert.ok(process.env.SWITCHROOM, "SWITCHROOM must name the binary");
  let folder;
  box = await startBox(process.env.SWITCHROOM, 0, async (made) => {
    folder = made;
    await writeFile(join(folder, "queue_log"), "");
    await mkdir(join(folder, "spool"));
    return `[log]\npath = "${folder}/queue_log"\n[recordings]\nenabled = true\nspool = "${folder}/spool"\nlow_space = 0\n`;
  });
  const args = process.getuid() === 0 ? ["--no-sandbox"] : [];
  browser = await chromium.launch({ executablePath: chromiumPath(), args });
  context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB", reducedMotion: "reduce" });
  page = await context.newPage();
  page.setDefaultTimeout(30_000);
  complaints = watch(page, box.origin);
  media = [];
  page.on("response", (response) => response.url().includes("/media/") && media.push(response.status()));
  const claimed = await context.request.post(`${box.origin}/api/v1/claim`, { data: { code: box.claimCode(), ...PERSON } });
  assert.equal(claimed.status(), 200, await claimed.text());
});

after(async () => {
  await browser?.close();
  const code = await box?.stop();
  assert.equal(code, 0, `the daemon ends well when asked to:\n${box?.said.slice(-2000)}`);
});

const open = async (path) => {
  await page.goto(box.origin + path);
  await settled(page);
};
const looksWell = async (what) => {
  assert.deepEqual(await findings(page), [], `axe on ${what}`);
  assert.ok((await sideways(page)) <= 0, `${what} scrolls sideways`);
  // The folder of the README has its own pictures.
  if (!process.env.SWITCHROOM_PICTURES || process.env.SWITCHROOM_PICTURES.endsWith("docs")) return;
  await mkdir(process.env.SWITCHROOM_PICTURES, { recursive: true });
  await page.screenshot({ path: join(process.env.SWITCHROOM_PICTURES, `recordings-${what.replace(/\W+/g, "-")}.png`), fullPage: true });
};
const audio = (ask) => page.evaluate((asked) => document.querySelector("audio")[asked], ask);
/** Until the sound has gone on by so many seconds from where it is. */
const advanced = async (by) => {
  const from = await audio("currentTime");
  await page.waitForFunction((until) => document.querySelector("audio").currentTime > until, from + by);
};

test("the page of keys makes one with a passphrase, and shows it once for keeping", async () => {
  await open("/system/recordings");
  await page.getByText("No key yet").waitFor();
  await looksWell("no key");
  await page.getByRole("button", { name: "Make a key" }).click();
  await page.fill("#k-passphrase", PASSPHRASE);
  await page.fill("#k-again", "another");
  await page.locator("dialog .btn.p").click();
  await page.getByRole("alert").waitFor();
  await page.fill("#k-again", PASSPHRASE);
  await page.locator("dialog .btn.p").click();
  await page.getByText("seals now").waitFor();
  await page.getByRole("button", { name: /^Export key/ }).click();
  await page.locator("dialog .btn.d.f").click();
  await page.locator("#e-text").waitFor();
  assert.match(await page.inputValue("#e-text"), /AGE-SECRET-KEY-1/);
  await looksWell("key shown");
  assert.ok(await page.locator("dialog .df .btn.p").isDisabled(), "it is not closed by accident");
  await page.locator("dialog .tick input").check();
  await page.locator("dialog .df .btn.p").click();
  await page.getByText("exported").first().waitFor();
  await looksWell("key");
});

test("a recording is sealed when its call is over, and the plain file is gone", async () => {
  const now = Math.floor(Date.now() / 1000);
  const id = `${now - SECONDS}.17`;
  const at = (offset) => now - SECONDS + offset;
  await writeFile(join(box.folder, "spool", `support-${id}.wav`), sound());
  await appendFile(join(box.folder, "queue_log"), [
    `${at(0)}|${id}|support|NONE|ENTERQUEUE||0639986190|1`,
    `${at(3)}|${id}|support|Agent/101|CONNECT|3|${id}|2`,
    `${at(SECONDS - 1)}|${id}|support|Agent/101|COMPLETECALLER|3|${SECONDS - 4}|1`,
    "",
  ].join("\n"));
  const until = Date.now() + 90_000;
  for (;;) {
    recording = (await recordings())[0];
    if (recording?.state === "sealed" && recording.call) break;
    assert.ok(Date.now() < until, `it is sealed: ${JSON.stringify(recording)}\n${box.said.slice(-2000)}`);
    await new Promise((done) => setTimeout(done, 500));
  }
  call = recording.call;
  assert.equal(recording.lock, "open");
  assert.equal(recording.queue, "support");
  assert.ok(Math.abs(recording.duration - SECONDS) < 0.1, `${recording.duration} s`);
  assert.deepEqual(await readdir(join(box.folder, "spool")), []);
  const vault = (await readdir(join(box.folder, "vault"), { recursive: true })).filter((name) => name.endsWith(".age"));
  assert.equal(vault.length, 1);
  assert.match((await readFile(join(box.folder, "vault", vault[0]))).subarray(0, 40).toString(), /^age-encryption\.org\/v1/);
});

test("its call's page plays it: the sound advances, at another speed, from the middle, and past silence", async () => {
  await open(`/calls/${call}`);
  await page.locator(".player .wave").waitFor();
  await page.getByText("sealed, opened for you").waitFor();
  assert.equal(media.length, 0, "no sound is fetched before it is played");
  await looksWell("call");
  const pressed = Date.now();
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await page.waitForFunction(() => document.querySelector("audio").currentTime > 0);
  console.log(`heard ${Date.now() - pressed} ms after the press`);
  await advanced(1);
  assert.ok(Math.abs((await audio("duration")) - SECONDS) < 0.1);
  // The middle by the pointer.
  const wave = await page.locator(".player .wave").boundingBox();
  await page.mouse.click(wave.x + wave.width / 2, wave.y + wave.height / 3);
  await page.waitForFunction(() => document.querySelector("audio").currentTime > 19);
  assert.ok((await audio("currentTime")) < 24);
  await advanced(0.5);
  assert.ok(media.includes(206), `ranges were asked for: ${media.join(" ")}`);
  assert.match(await page.locator(".player .wave").getAttribute("aria-valuetext"), /2\d s of 40 s/);
  // Keys.
  await page.keyboard.press("]");
  await page.keyboard.press("]");
  assert.equal(await audio("playbackRate"), 1.5);
  assert.equal(await audio("preservesPitch"), true);
  const before = await audio("currentTime");
  await page.keyboard.press("ArrowLeft");
  await page.waitForFunction((at) => document.querySelector("audio").currentTime < at - 3, before);
  await page.getByLabel("Skip silence").check();
  // Playing on would get there too, but without a jump.
  await page.evaluate(() => document.querySelector("audio").addEventListener("seeked", (e) => (window.skipped ||= e.target.currentTime > 29)));
  await page.mouse.click(wave.x + wave.width * 0.53, wave.y + wave.height / 3);
  await page.waitForFunction(() => window.skipped);
  await page.locator("h1").first().click();
  await page.keyboard.press(" ");
  await page.waitForFunction(() => document.querySelector("audio").paused);
  assert.deepEqual(complaints.splice(0), [], "the browser complains");
});

test("markers are set, found again by number and time, and deleted; a link leads to a second", async () => {
  await open(`/calls/${call}#t=12`);
  await page.locator(".player .pos").getByText("0:12").waitFor();
  await page.keyboard.press("m");
  await page.fill("#mk-text", "Order number given");
  await page.selectOption("#mk-colour", "blue");
  await looksWell("marker dialog");
  await page.keyboard.press("Enter");
  const go = page.getByRole("button", { name: "To marker 1 at 0:12" });
  await go.waitFor();
  await page.keyboard.press("ArrowRight");
  await page.locator(".player .pos").getByText("0:17").waitFor();
  await page.keyboard.press("Shift+ArrowLeft");
  await page.locator(".player .pos").getByText("0:12").waitFor();
  await page.keyboard.press("ArrowRight");
  await go.click();
  await page.locator(".player .pos").getByText("0:12").waitFor();
  await looksWell("marked");
  await page.getByRole("button", { name: "Change marker 1" }).click();
  await page.getByRole("button", { name: "Delete marker" }).click();
  await page.getByText("No marker yet").waitFor();
  const audit = await api("GET", "/audit?limit=20");
  for (const action of ["marker.delete", "recording.listen", "key.create", "key.export"]) assert.ok(audit.rows.some((row) => row.action === action), action);
  assert.deepEqual(complaints.splice(0), [], "the browser complains");
});

test("the list names it, and plays it in place; on a telephone too", async () => {
  await open("/recordings");
  await page.getByRole("link", { name: /^Listen to/ }).click();
  await page.locator("dialog .player .wave").waitFor();
  await page.locator("dialog").getByRole("button", { name: "Play", exact: true }).click();
  await page.waitForFunction(() => document.querySelector("audio").currentTime > 0.3);
  await looksWell("in place");
  await page.keyboard.press("Escape");
  await page.locator("dialog").waitFor({ state: "detached" });
  await looksWell("list");
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: "dark" });
  for (const [path, what] of [["/recordings", "list on a telephone"], [`/calls/${call}`, "call on a telephone"], ["/system/recordings", "keys on a telephone"]]) {
    await open(path);
    await page.waitForLoadState("networkidle").catch(() => undefined);
    await looksWell(what);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
});

test("with its key locked it says so in words and plays nothing, until the passphrase opens it", async () => {
  await api("POST", "/recordings/keys/lock");
  await open(`/calls/${call}`);
  await page.getByText("sealed, key locked").waitFor();
  assert.equal(await page.getByRole("button", { name: "Play", exact: true }).count(), 0);
  await looksWell("locked");
  await page.getByRole("link", { name: "Unlock" }).click();
  await page.getByRole("button", { name: "Unlock" }).click();
  await page.fill("#u-passphrase", "not this one");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").waitFor();
  await page.fill("#u-passphrase", PASSPHRASE);
  await page.keyboard.press("Enter");
  await page.locator("dialog").waitFor({ state: "detached" });
  await open(`/calls/${call}`);
  await page.getByText("sealed, opened for you").waitFor();
});

test("who may not hear recordings finds neither page nor sound", async () => {
  await api("POST", "/accounts", { account: "anna", name: "Anna", role: "user", password: PERSON.password });
  const other = await browser.newContext({ locale: "en-GB" });
  const login = await other.request.post(`${box.origin}/api/v1/session`, { data: { account: "anna", password: PERSON.password } });
  assert.equal(login.status(), 200);
  for (const path of ["/recordings?from=2026-01-01&to=2030-01-01", `/recordings/${recording.id}`, `/recordings/${recording.id}/wave`]) {
    assert.equal((await other.request.get(`${box.origin}/api/v1${path}`)).status(), 403, path);
  }
  // A link given to one log-in opens nothing in another.
  const link = await api("POST", `/recordings/${recording.id}/link`, { use: "play" });
  assert.equal((await other.request.get(box.origin + link.url)).status(), 403);
  const tab = await other.newPage();
  await tab.goto(`${box.origin}/recordings`);
  await tab.getByText("This is not open to you").first().waitFor();
  assert.equal(await tab.getByRole("link", { name: "Recordings" }).count(), 0);
  await other.close();
});

test("a person is erased only after a look and the name, and the proof stays", async () => {
  await open("/system/recordings");
  await page.fill("#er-who", "0639986190");
  await page.fill("#er-reason", "Request 17");
  await page.getByRole("button", { name: "Look what it would delete" }).click();
  await page.getByText(/Would delete/).waitFor();
  assert.equal((await recordings())[0].state, "sealed", "a look deletes nothing");
  await looksWell("erase");
});
