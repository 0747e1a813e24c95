// The pages and states that are looked at.

export const PAGES = [
  { name: "login", path: "/calls", state: { loggedIn: false } },
  { name: "login-fault", path: "/login", state: { loggedIn: false }, act: async (tab) => {
    await tab.fill("#l-account", "maud.kerjean");
    await tab.fill("#l-password", "not this one");
    await tab.keyboard.press("Enter");
    await tab.waitForTimeout(300);
  } },
  { name: "claim", path: "/", state: { loggedIn: false, claimed: false } },
  { name: "home", path: "/", wait: 1500 },
  { name: "home-user", path: "/", state: { role: "user" } },
  { name: "live", path: "/live" },
  { name: "live-silent", path: "/live", act: async (tab, mock) => {
    mock.state.silent = true;
    await tab.waitForTimeout(7500);
  } },
  { name: "desk", path: "/desk", state: { role: "agent", agent: "Karl Bauer" }, wait: 1200 },
  { name: "desk-paused", path: "/desk", state: { role: "agent", agent: "David Nguyen" }, wait: 1200 },
  { name: "desk-off", path: "/desk", state: { role: "agent", agent: "Nobody yet", away: true }, wait: 1200 },
  { name: "desk-noagent", path: "/desk" },
  { name: "desk-refused", path: "/desk", state: { role: "agent", agent: "Karl Bauer", refuse: true }, act: async (tab) => {
    await tab.locator(".calling .btn.d").click();
    await tab.locator(".calling .btn.d").click();
    await tab.locator(".said[role=alert]").waitFor();
  } },
  { name: "supervision", path: "/supervision", wait: 1200 },
  { name: "supervision-agent", path: "/supervision?agent=Karl+Bauer", wait: 1500 },
  { name: "supervision-call", path: "/supervision", wait: 1200, act: async (tab) => {
    await tab.locator("table button[aria-haspopup]").first().click();
    await tab.waitForTimeout(700);
  } },
  { name: "supervision-add", path: "/supervision", wait: 1200, act: async (tab) => {
    await tab.locator(".head .btn.p").click();
    await tab.waitForTimeout(300);
  } },
  { name: "call-recording", path: "/calls/41#t=177", wait: 900 },
  { name: "call-locked", path: "/calls/41", state: { lock: "locked" }, wait: 600 },
  { name: "call-unrecorded", path: "/calls/41", state: { norecording: true }, wait: 600 },
  { name: "call-marker", path: "/calls/41", wait: 600, act: async (tab) => {
    await tab.locator(".player .ctl .btn").nth(3).click();
    await tab.waitForTimeout(300);
  } },
  { name: "recordings", path: "/recordings", wait: 600 },
  { name: "recordings-none", path: "/recordings?held=yes", state: { norecording: true }, wait: 600 },
  { name: "recordings-open", path: "/recordings?open=7352000", wait: 900 },
  { name: "store", path: "/system/recordings", wait: 600 },
  { name: "store-nokey", path: "/system/recordings", state: { nokey: true }, wait: 600 },
  { name: "live-away", path: "/live", state: { away: true } },
  { name: "walls", path: "/walls" },
  { name: "reports", path: "/reports" },
  { name: "report", path: "/reports/overview-queue?queue=sales&queue=after-sales&direction=in", wait: 1500 },
  { name: "report-hour", path: "/reports/traffic-hour?p=today", wait: 1500 },
  { name: "report-beside", path: "/reports/traffic-hour?p=today&compare=previous", wait: 1500 },
  { name: "report-own", path: "/reports/overview-queue?compare=year-ago&cols=OV-1,OV-2,OV-4", wait: 900 },
  { name: "columns", path: "/reports/overview-queue", act: async (tab) => {
    await tab.click(".panel .btn.xs[aria-haspopup]");
    await tab.waitForTimeout(300);
  } },
  { name: "views", path: "/calls?p=week&answered=no", act: async (tab) => {
    await tab.click(".head .btn[aria-haspopup]");
    await tab.waitForTimeout(300);
  } },
  { name: "ticked", path: "/calls", act: async (tab) => {
    await tab.locator(".tk input").nth(1).click();
    await tab.locator(".tk input").nth(3).click();
    await tab.waitForTimeout(300);
  } },
  { name: "kiosk-made", path: "/walls", act: async (tab) => {
    await tab.click(".c12 .btn[aria-haspopup]");
    await tab.fill("#k-name", "Hall, first floor");
    await tab.click(".df .btn.p");
    await tab.waitForTimeout(400);
  } },
  { name: "report-failed", path: "/reports/overview-queue", state: { broken: ["/reports/overview"] } },
  { name: "calls", path: "/calls" },
  { name: "calls-none", path: "/calls?caller=12345&answered=no" },
  { name: "calls-filter", path: "/calls", act: async (tab) => {
    await tab.click(".chip.add");
    await tab.waitForTimeout(500);
  } },
  { name: "period", path: "/calls", act: async (tab) => {
    await tab.click(".seg button[aria-haspopup]");
    await tab.waitForTimeout(300);
  } },
  { name: "call", path: "/calls/4" },
  { name: "call-open", path: "/calls/open-0", act: async (tab) => {
    await tab.click(".btn.d");
    await tab.waitForTimeout(300);
  } },
  { name: "health", path: "/system/health" },
  { name: "accounts", path: "/system/accounts" },
  { name: "account-add", path: "/system/accounts?open=new+", act: async (tab) => {
    await tab.click(".df .btn.p");
    await tab.waitForTimeout(300);
  } },
  { name: "audit", path: "/system/audit" },
  { name: "backups", path: "/system/backups" },
  { name: "me", path: "/me" },
  { name: "palette", path: "/", act: async (tab) => {
    await tab.keyboard.press("Control+k");
    await tab.waitForTimeout(500);
    await tab.keyboard.type("sa");
    await tab.waitForTimeout(200);
  } },
  { name: "keys", path: "/", act: async (tab) => {
    await tab.keyboard.press("?");
    await tab.waitForTimeout(300);
  } },
  { name: "missing", path: "/nowhere" },
  { name: "refused", path: "/system/accounts", state: { role: "supervisor" } },
  { name: "session-end", path: "/", state: { session: 90 }, wait: 1500 },
  { name: "wall", path: "/wall/all", wall: true, wait: 1500 },
  { name: "wall-away", path: "/wall/all", wall: true, state: { away: true }, wait: 1500 },
  { name: "wall-one", path: "/wall/set?queues=sales&title=Sales+floor", wall: true, wait: 1500 },
  { name: "wall-kiosk", path: `/wall/kiosk#k=${"0a".repeat(32)}`, wall: true, state: { loggedIn: false }, wait: 1500 },
  { name: "wall-closed", path: `/wall/kiosk#k=${"bb".repeat(32)}`, wall: true, state: { loggedIn: false } },
  { name: "wall-stranger", path: "/wall/all", wall: true, state: { loggedIn: false } },
];
