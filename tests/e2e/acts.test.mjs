// Every action of the supervision and the desk page, pressed once in Chromium; what reaches a scripted Asterisk is looked at.
// Started by `./dev test e2e`; SWITCHROOM names the binary. Cases run in order and share one box.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { startBox } from "./box.mjs";
import { findings, settled, sideways, watch } from "./look.mjs";
import { startPeer } from "./peer.mjs";

const ME = "Claire Marchand";
const BRUNO = "Bruno Keller";
const PERSON = { account: "claire", name: ME, password: "correct horse 7 battery", language: "en" };
const PICTURES = process.env.SWITCHROOM_PICTURES ?? null;

let peer, box, browser, page, complaints, csrf;

const chromiumPath = () => execFileSync("sh", ["-c", "command -v chromium || command -v chromium-browser || command -v google-chrome"], { encoding: "utf8" }).trim();

/** A day in an office: 4.1 gave up; caller 1.1 waits in sales, 2.1 talks with Bruno, 3.1 with Claire; nobody is on support. */
function log() {
  const now = Math.floor(Date.now() / 1000);
  return [
    `${now - 300}|MANAGER|sales|${ME}|ADDMEMBER|`,
    `${now - 300}|MANAGER|sales|${BRUNO}|ADDMEMBER|`,
    `${now - 200}|MANAGER|support|${BRUNO}|ADDMEMBER|`,
    `${now - 199}|MANAGER|support|${BRUNO}|REMOVEMEMBER|`,
    `${now - 100}|4.1|sales|NONE|ENTERQUEUE||0155504|1`,
    `${now - 90}|4.1|sales|NONE|ABANDON|1|1|10`,
    `${now - 60}|2.1|sales|NONE|ENTERQUEUE||0155502|1`,
    `${now - 50}|2.1|sales|${BRUNO}|CONNECT|10|2.2|3`,
    `${now - 40}|3.1|sales|NONE|ENTERQUEUE||0155503|1`,
    `${now - 30}|3.1|sales|${ME}|CONNECT|10|3.2|3`,
    `${now - 20}|1.1|sales|NONE|ENTERQUEUE||0155501|1`,
    "",
  ].join("\n");
}

const channel = (name, id, more = {}) => ({ Channel: name, ChannelState: 6, ChannelStateDesc: "Up", Uniqueid: id, Linkedid: id.replace(/2$/, "1"), ...more });
const member = (name, device, queue) => ({ Queue: queue, MemberName: name, Interface: device, StateInterface: device, Membership: "dynamic", Penalty: 1, CallsTaken: 0, LastCall: 0, InCall: 0, Status: 1, Paused: 0 });

/** Says events and waits until the daemon has taken them in. */
async function tell(...events) {
  const count = () => page.evaluate(() => fetch("/api/v1/health").then((answer) => answer.json()).then((health) => health.ami.events));
  const wanted = (await count()) + events.length;
  for (const [name, fields] of events) peer.say(name, fields);
  await page.waitForFunction((wanted) => fetch("/api/v1/health").then((answer) => answer.json()).then((health) => health.ami.events >= wanted), wanted);
}

const talks = (caller, id, name, device) => {
  const far = channel(`PJSIP/trunk-${id}`, `${id}.1`, { CallerIDNum: caller });
  const near = channel(`${device}-${id}`, `${id}.2`);
  const dest = Object.fromEntries(Object.entries(near).map(([key, value]) => [`Dest${key}`, value]));
  const attempt = { ...far, ...dest, Queue: "sales", MemberName: name, Interface: device };
  const bridge = { BridgeUniqueid: `b${id}`, BridgeType: "basic", BridgeTechnology: "simple_bridge" };
  return [
    ["Newchannel", far], ["Newchannel", near], ["QueueCallerJoin", { ...far, Queue: "sales", Position: 1, Count: 1 }],
    ["AgentCalled", attempt], ["QueueCallerLeave", { ...far, Queue: "sales", Position: 1, Count: 0 }],
    ["AgentConnect", { ...attempt, HoldTime: 10, RingTime: 3 }],
    ["BridgeEnter", { ...bridge, ...near }], ["BridgeEnter", { ...bridge, ...far }],
  ];
};

before(async () => {
  assert.ok(process.env.SWITCHROOM, "SWITCHROOM must name the binary");
  // As the shipped manager.conf has it.
  peer = await startPeer({ refused: ["PJSIPShowContacts"], lists: { QueueStatus: ["sales", "support"].map((queue) => ["QueueParams", { Queue: queue, Max: 0, Strategy: "ringall", Calls: 0 }]) } });
  box = await startBox(process.env.SWITCHROOM, 0, async (folder) => {
    await writeFile(join(folder, "secret"), "none\n");
    await writeFile(join(folder, "queue_log"), log());
    return [
      "[log]", `path = "${folder}/queue_log"`, "[ami]", `port = ${peer.port}`, 'user = "e2e"', `secret_file = "${folder}/secret"`,
      "[actions]", 'recorder = ""', 'outcomes = ["Sold"]', 'tags = ["vip"]', 'features = ["gift"]', 'screen = "https://vnc.example/${extension}"',
      "[office.queues.support]", "[office.pauses.lunch]", "",
    ].join("\n");
  });
  const args = process.getuid() === 0 ? ["--no-sandbox"] : [];
  browser = await chromium.launch({ executablePath: chromiumPath(), args });
  page = await (await browser.newContext({ viewport: { width: 1440, height: 1000 }, locale: "en-GB" })).newPage();
  page.setDefaultTimeout(30_000);
  complaints = watch(page, box.origin);
  const request = page.context().request;
  const claimed = await request.post(`${box.origin}/api/v1/claim`, { data: { code: box.claimCode(), ...PERSON } });
  assert.equal(claimed.status(), 200, await claimed.text());
  csrf = (await claimed.json()).csrf;
  const named = await request.patch(`${box.origin}/api/v1/accounts/claire`, { data: { agent: ME }, headers: { "x-csrf-token": csrf } });
  assert.ok(named.ok(), await named.text());
  await page.goto(`${box.origin}/`);
  await settled(page);
  await page.waitForFunction(() => fetch("/api/v1/office").then((answer) => answer.json()).then((office) => office.ami.state === "up"));
  const waiting = channel("PJSIP/trunk-1", "1.1", { CallerIDNum: "0155501" });
  await tell(
    ...["201", "202", "203"].map((exten) => ["ExtensionStatus", { Exten: exten, Context: "inside", Hint: `PJSIP/${exten}`, Status: 0, StatusText: "Idle" }]),
    ...["201", "202", "203"].map((exten) => ["DeviceStateChange", { Device: `PJSIP/${exten}`, State: "NOT_INUSE" }]),
    ["QueueMemberAdded", member(ME, "PJSIP/201", "sales")], ["QueueMemberAdded", member(BRUNO, "PJSIP/202", "sales")],
    ...talks("0155502", "2", BRUNO, "PJSIP/202"), ...talks("0155503", "3", ME, "PJSIP/201"),
    ["Newchannel", waiting], ["QueueCallerJoin", { ...waiting, Queue: "sales", Position: 1, Count: 1 }],
  );
});

after(async () => {
  await browser?.close();
  const code = await box?.stop();
  peer?.close();
  assert.equal(code, 0, `the daemon ends well when asked to:\n${box?.said.slice(-2000)}`);
});

/** Presses, and waits for the action with these fields, and for the page to say that it is done. */
async function press(click, action, wanted = {}) {
  const from = peer.asked.length;
  await click();
  const fits = (asked) => asked.Action === action && Object.entries(wanted).every(([key, value]) => (value instanceof RegExp ? value.test(asked[key] ?? "") : asked[key] === value));
  for (let look = 0; !peer.asked.slice(from).some(fits); look++) {
    const sent = JSON.stringify(peer.asked.slice(from).filter((asked) => asked.Action !== "Ping"));
    assert.ok(look < 300, `no ${action} ${JSON.stringify(wanted)} came, but ${sent}; the page says: ${(await page.locator("p.said").allTextContents()).join(" / ")}`);
    await page.waitForTimeout(50);
  }
  await page.locator("p.said", { hasText: "done" }).first().waitFor();
}

const button = (within, name) => () => within.getByRole("button", { name, exact: true }).click();
/** Parking is done when Asterisk has said where. */
async function parks(within, name, id) {
  const from = peer.asked.length;
  await button(within, "Park")();
  while (!peer.asked.slice(from).some((asked) => asked.Action === "Park" && asked.Channel === name)) await page.waitForTimeout(50);
  peer.say("ParkedCall", { ParkeeChannel: name, ParkeeUniqueid: id, ParkeeLinkedid: id, Parkinglot: "default", ParkingSpace: 701, ParkingTimeout: 45, ParkingDuration: 0 });
  await page.locator("p.said", { hasText: "701" }).first().waitFor();
}

/** What cannot be taken back is pressed twice. */
const twice = (within, name) => async () => {
  await within.getByRole("button", { name, exact: true }).click();
  await within.getByRole("button", { name: "press again" }).click();
};

async function picture(name) {
  if (!PICTURES) return;
  await mkdir(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}

async function good(where) {
  assert.deepEqual(await findings(page), [], where);
  assert.equal(await sideways(page), 0, where);
  assert.deepEqual(complaints.splice(0), [], where);
}

test("supervision: an empty queue takes one line and a busy one shows who does what", async () => {
  await page.goto(`${box.origin}/supervision`);
  await settled(page);
  await page.getByText("Nobody is logged on to this queue.").waitFor();
  await page.getByRole("button", { name: "Pick 0155501" }).waitFor();
  await picture("supervision");
  await good("supervision");
});

test("supervision: what stands in the rows", async () => {
  await press(button(page, "Pick 0155501"), "Redirect", { Channel: "PJSIP/trunk-1" });
  await press(button(page, `Listen to ${BRUNO}`), "Originate", { Channel: "PJSIP/201", Application: "ChanSpy", Data: /^PJSIP\/202-2/ });
});

test("supervision: the dialog of a waiting caller", async () => {
  await page.getByRole("button", { name: "Actions for 0155501" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Extension or number").fill("203");
  await picture("call-waiting");
  await good("the dialog of a waiting caller");
  await press(button(dialog, "Send there"), "Redirect", { Channel: "PJSIP/trunk-1", Exten: "203" });
  await press(button(dialog, "To the front"), "QueueChangePriorityCaller", { Queue: "sales" });
  await press(button(dialog, "Pick"), "Redirect", { Channel: "PJSIP/trunk-1" });
  await press(twice(dialog, "Hang up"), "Hangup", { Channel: "PJSIP/trunk-1" });
  // Its end was lost: no word of Asterisk will come.
  await dialog.getByRole("button", { name: "Close by hand" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Actions for 0155501" }).waitFor({ state: "detached" });
});

test("supervision: the dialog of a caller in talk", async () => {
  await page.getByRole("button", { name: "Actions for 0155502" }).click();
  const dialog = page.getByRole("dialog");
  await press(button(dialog, "Record"), "MixMonitor", { Channel: /PJSIP\/(trunk|202)-2/ });
  await tell(["MixMonitorStart", channel("PJSIP/trunk-2", "2.1")]);
  await press(button(dialog, "Mute"), "MixMonitorMute", { State: "1" });
  await press(button(dialog, "Unmute"), "MixMonitorMute", { State: "0" });
  await press(button(dialog, "Stop recording"), "StopMixMonitor");
  await press(() => dialog.getByLabel("Outcome").selectOption("Sold"), "QueueLog", { Uniqueid: "2.1", Event: "CALLSTATUS", Message: /Sold/ });
  await press(() => dialog.getByLabel("Tag").selectOption("vip"), "QueueLog", { Uniqueid: "2.1", Message: /vip/ });
  await press(() => dialog.getByLabel("Feature").selectOption("gift"), "QueueLog", { Uniqueid: "2.1", Message: /gift/ });
  await picture("call-talking");
  await good("the dialog of a caller in talk");
  await dialog.getByLabel("Extension or number").fill("203");
  await press(button(dialog, "Send there"), "Redirect", { Exten: "203" });
  await press(twice(dialog, "Hang up"), "Hangup", { Channel: /PJSIP\/(trunk|202)-2/ });
  await parks(dialog, "PJSIP/trunk-2", "2.1");
  await page.keyboard.press("Escape");
});

test("supervision: the dialog of an agent", async () => {
  await page.getByRole("link", { name: `Actions for ${BRUNO}` }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("link", { name: "Open screen" }).waitFor();
  const [plus, remove] = await Promise.all([dialog.getByRole("button", { name: "More penalty in sales" }).boundingBox(), dialog.getByRole("button", { name: "Remove from sales" }).boundingBox()]);
  assert.ok(remove.x - (plus.x + plus.width) >= 8, "a finger's breadth between more penalty and removing");
  await picture("agent");
  await good("the dialog of an agent");
  await press(button(dialog, "Listen"), "Originate", { Application: "ChanSpy" });
  await press(button(dialog, "Whisper"), "Originate", { Application: "ChanSpy" });
  await press(button(dialog, "Barge in"), "Originate", { Application: "ChanSpy" });
  const spy = [...peer.asked].reverse().find((asked) => asked.Action === "Originate" && asked.Application === "ChanSpy");
  await tell(["Newchannel", channel("PJSIP/201-spy", spy.ChannelId)]);
  await press(button(dialog, "Stop listening"), "Hangup", { Channel: "PJSIP/201-spy" });
  await dialog.getByLabel("Reason").selectOption("lunch");
  await press(button(dialog, "Pause"), "QueuePause", { Interface: "PJSIP/202", Reason: "lunch" });
  await tell(["QueueMemberPause", { ...member(BRUNO, "PJSIP/202", "sales"), Paused: 1, PausedReason: "lunch" }]);
  await press(button(dialog, "End pause"), "QueuePause", { Interface: "PJSIP/202" });
  await press(button(dialog, "More penalty in sales"), "QueuePenalty", { Interface: "PJSIP/202", Queue: "sales", Penalty: "2" });
  await press(button(dialog, "Less penalty in sales"), "QueuePenalty", { Interface: "PJSIP/202", Penalty: "0" });
  await dialog.getByLabel("Text to the phone").fill("Back at two");
  await press(button(dialog, "Send"), "MessageSend", { To: /202/ });
  await press(twice(dialog, "Remove from sales"), "QueueRemove", { Queue: "sales", Interface: "PJSIP/202" });
  await page.keyboard.press("Escape");
});

test("supervision: an agent is added", async () => {
  await page.getByRole("button", { name: "Add agent to support" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Agent").fill(BRUNO);
  await dialog.getByLabel("Penalty").fill("3");
  await press(button(dialog, "Add agent"), "QueueAdd", { Queue: "support", Interface: "PJSIP/202", MemberName: BRUNO, Penalty: "3" });
  await dialog.getByRole("button", { name: "Close", exact: true }).last().click();
  await good("after an agent was added");
});

test("desk: what is done with one's own call", async () => {
  await page.goto(`${box.origin}/desk`);
  await settled(page);
  const call = page.locator(".calling");
  await call.getByLabel("Extension or number").fill("203");
  await picture("desk");
  await good("desk");
  await press(button(call, "Transfer"), "BlindTransfer", { Exten: "203" });
  await press(button(call, "Ask first"), "Atxfer", { Exten: "203" });
  await press(button(call, "Take back"), "CancelAtxfer");
  await press(button(call, "Record"), "MixMonitor", { Channel: /-3$/ });
  await tell(["MixMonitorStart", channel("PJSIP/trunk-3", "3.1")]);
  await press(button(call, "Mute"), "MixMonitorMute", { State: "1" });
  await press(button(call, "Unmute"), "MixMonitorMute", { State: "0" });
  await press(button(call, "Stop recording"), "StopMixMonitor");
  await press(() => call.getByLabel("Outcome").selectOption("Sold"), "QueueLog", { Uniqueid: "3.1", Event: "CALLSTATUS" });
  await press(() => call.getByLabel("Tag").selectOption("vip"), "QueueLog", { Uniqueid: "3.1" });
  await press(() => call.getByLabel("Feature").selectOption("gift"), "QueueLog", { Uniqueid: "3.1" });
  await press(twice(call, "Hang up"), "Hangup", { Channel: /-3$/ });
  await parks(call, "PJSIP/trunk-3", "3.1");
});

test("desk: pauses, queues and dialling out", async () => {
  const panel = (title) => page.locator("section, .panel").filter({ has: page.getByRole("heading", { name: title, exact: true }) }).last();
  await press(button(panel("Pause"), "lunch"), "QueuePause", { Interface: "PJSIP/201", Reason: "lunch" });
  await page.getByLabel("Number", { exact: true }).fill("0155599");
  await page.getByLabel("Campaign").fill("autumn");
  await press(button(panel("Dial"), "Dial"), "Originate", { Channel: "PJSIP/201", Exten: "0155599", Account: "autumn" });
  await page.getByLabel("support").check();
  await press(button(panel("My queues"), "Log on"), "QueueAdd", { Queue: "support", Interface: "PJSIP/201" });
  await tell(["QueueMemberPause", { ...member(ME, "PJSIP/201", "sales"), Paused: 1, PausedReason: "lunch" }]);
  await press(button(panel("Pause"), "End the pause"), "QueuePause", { Interface: "PJSIP/201" });
  await press(twice(panel("My queues"), "Log off from all"), "QueueRemove", { Interface: "PJSIP/201" });
  await good("desk, all pressed");
});

test("desk: whoever was rung back is no more to be rung back", async () => {
  await tell(["QueueMemberPause", { ...member(ME, "PJSIP/201", "sales"), Paused: 0 }]);
  await page.reload();
  await settled(page);
  const row = page.locator(".chk li", { hasText: "0155504" });
  await press(() => row.getByRole("button").click(), "Originate", { Channel: "PJSIP/201", Exten: "0155504" });
  const now = Math.floor(Date.now() / 1000);
  await appendFile(join(box.folder, "queue_log"), `${now - 2}|8.1|q-out|${ME}|CALLOUTBOUND||0155504\n${now - 1}|8.1|q-out|${ME}|CONNECT|1|8.2|1\n${now}|8.1|q-out|${ME}|COMPLETEAGENT|1|1|1\n`);
  await row.waitFor({ state: "detached", timeout: 60_000 });
});

test("health: a list that is refused as shipped is no alarm", async () => {
  await page.goto(`${box.origin}/system/health`);
  await settled(page);
  await page.getByText("Addresses of telephones are not told").first().waitFor();
  assert.equal(await page.getByText("Questions Asterisk refused").count(), 0);
  await picture("health");
  await good("health");
});
