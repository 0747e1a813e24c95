// People and system of the invented office: who is logged in, accounts, audit rows, health.

const ALL = ["self.edit", "names.view", "live.view", "walls.view", "callers.view", "reports.view", "calls.view", "calls.export", "calls.close", "health.view", "backup.create", "audit.view", "accounts.manage", "kiosks.manage", "agent.self", "calls.make", "calls.pick", "calls.transfer", "calls.hangup", "calls.record", "calls.mark", "calls.listen", "calls.whisper", "calls.barge", "members.manage", "members.pause", "text.send", "screens.view", "office.view", "recordings.play", "recordings.own", "recordings.download", "markers.add", "markers.delete", "recordings.hold", "recordings.delete", "recordings.keys", "recordings.erase", "listens.view"];
const RIGHTS = { administrator: ALL, supervisor: ALL.slice(0, 9), agent: ["self.edit", "names.view", "live.view", "walls.view", "reports.own", "calls.own", "agent.self", "calls.make", "calls.pick", "callers.view"], user: ["self.edit"] };

export function person(options, now) {
  const role = options.role ?? "administrator";
  return {
    account: "maud.kerjean", name: "Maud Kerjean", role, language: options.language ?? "en", theme: options.theme ?? "auto", density: "normal", single_keys: true,
    agent: options.agent ?? null, queues: null, rights: RIGHTS[role], csrf: "csrf-of-the-mock", session_expires: now + (options.session ?? 28800), office: "Quai 9 Marine, Nantes", zone: "Europe/Paris", demo: false,
  };
}

export const accounts = [
  { account: "maud.kerjean", name: "Maud Kerjean", role: "administrator", language: "en", agent: null, queues: null, disabled: false, last_login: 1795180000 },
  { account: "nolwenn.riou", name: "Nolwenn Riou", role: "supervisor", language: "fr", agent: null, queues: ["sales", "after-sales"], disabled: false, last_login: 1795100000 },
  { account: "karl.bauer", name: "Karl Bauer", role: "agent", language: "fr", agent: "Karl Bauer", queues: ["after-sales"], disabled: false, last_login: null },
  { account: "yann.lebihan", name: "Yann Le Bihan", role: "supervisor", language: "fr", agent: null, queues: ["sales"], disabled: true, last_login: 1780000000 },
];

export function audit(now) {
  const row = (id, account, action, object, old, next) => ({ id, at: now - id * 900, account, address: "192.0.2.17", action, object, old, new: next });
  return [row(1, "maud.kerjean", "login", "maud.kerjean", null, null), row(2, "maud.kerjean", "account.change", "yann.lebihan", "enabled", "disabled"), row(3, "maud.kerjean", "backup.create", "switchroom-2026-11-20.db", null, null), row(4, "nolwenn.riou", "login.failed", "nolwenn.riou", null, null)];
}

export function sessions(now) {
  return [
    { id: "s1", created: now - 3600, last_seen: now - 5, address: "192.0.2.17", agent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36", current: true },
    { id: "s2", created: now - 90000, last_seen: now - 40000, address: "198.51.100.4", agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) Safari/605.1", current: false },
  ];
}

export function health(now) {
  return {
    now, started: now - 3564000, version: "0.1.0",
    log: { state: "following", path: "/var/log/asterisk/queue_log", last_record: now - 3, last_read: now, detail: null, offset: 18402117, size: 18402117, inode: 262917, file_age: 3 },
    counts: { lines: 221404, records: 221310, unknown: 1, malformed: 3, duplicates: 88, too_old: 2, ignored: { "event not needed": 12 } },
    unknown: [{ at: now - 90000, verb: "REQUEUED", line: "1795098314|1795098288.1874|sales|Local/203@members|REQUEUED|1|14" }],
    malformed: [{ at: now - 1800, position: 18211904, reason: "five bars expected, three found", line: "1795179731|1795179702.2071|after-sales|" }],
    unknown_verbs: { REQUEUED: 1 },
    database: { path: "/var/lib/switchroom/switchroom.db", bytes: 43210000, wal_bytes: 800000, stints: 412306, oldest: now - 40000000, newest: now - 3, last_commit: now - 1, last_backup: now - 40000, written_today: 9100000, detail_days: 400, damaged: null },
    memory: { rss: 8700000 }, open: { calls: 10, sessions: 12, pauses: 2 }, live_streams: 14,
    ami: { state: "up", since: now - 86400, detail: null, version: "22.10.1", system: "", events: 184203, events_per_second: 12, dropped: 0, refused: ["PJSIPShowContacts: permission denied"] },
  };
}
