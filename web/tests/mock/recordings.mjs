// Recordings of the invented office: rows, pictures, markers, and a sound that is really there and can be fetched by ranges.

const SECONDS = 571;
const RATE = 8000;

/** A tone for who speaks: the agent high, the caller low; silence on hold. */
function sound() {
  const frames = SECONDS * RATE;
  const bytes = Buffer.alloc(44 + frames * 4);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(36 + frames * 4, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(2, 22);
  bytes.writeUInt32LE(RATE, 24);
  bytes.writeUInt32LE(RATE * 4, 28);
  bytes.writeUInt16LE(4, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(frames * 4, 40);
  return bytes;
}
let kept = null;
const wav = () => (kept ??= sound());

const loud = (i, who) => (i > 430 && i < 540 ? 0 : Math.max(0, Math.sin(i / 31 + who * 3)) * (0.35 + 0.65 * Math.abs(Math.sin(i * 1.7 + who))));
function peaks(who) {
  const bytes = Buffer.alloc(2000);
  for (let i = 0; i < 1000; i += 1) {
    const height = Math.round(loud(i, who) * 110);
    bytes.writeInt8(-height, i * 2);
    bytes.writeInt8(height, i * 2 + 1);
  }
  return bytes.toString("base64");
}

const may = (state) => ({ play: !state.restricted, download: true, mark: true, delete: true, hold: true, listens: true });

export function row(state, id = "7352000", more = {}) {
  const started = state.born - 1100;
  return {
    id, call: "41", call_id: "1795180367.2114", started, stopped: started + SECONDS, duration: SECONDS, queue: "after-sales", agent: "Karl Bauer", number: "0639986190",
    direction: "in", leg: "mix", kind: "queue", codec: "pcm_s16le", size: wav().length, state: "sealed", lock: state.lock ?? "open", held: false, hold_reason: null,
    hold_until: null, keep_until: started + 180 * 86400, note: null, restricted: false, markers: 2, listened: 2, muted: [[500, 520]], hold: [[248, 308]], may: may(state), ...more,
  };
}

const MARKERS = [
  { id: "1", at: 67.2, length: 0, text: "Order number given", colour: "blue", author: "maud.kerjean", created: 0, may_change: true },
  { id: "2", at: 417, length: 12, text: "Asks for refund", colour: "red", author: "karl.bauer", created: 0, may_change: false },
];

/** The answer to a request about recordings, or null where it is about something else: [status, body]. */
export function answer(method, path, query, body, state, now) {
  state.marks ??= MARKERS.map((m) => ({ ...m }));
  if (/^\/calls\/[^/]+\/recordings$/.test(path)) return [200, { rows: state.norecording ? [] : [row(state)] }];
  if (path === "/recordings") {
    const rows = [row(state), row(state, "7352001", { lock: "locked", agent: "Emma Fisher", number: null, markers: 0 }), row(state, "7352002", { lock: "plain", state: "plain", held: true, queue: null, kind: "demand", call: null }), row(state, "7352003", { state: "growing", lock: "plain", duration: null, stopped: null, markers: 0 })];
    return [200, { header: { from: now - 90000, to: now, zone: "Europe/Paris", generated_at: now }, rows: state.norecording ? [] : rows, next: null }];
  }
  if (path === "/recordings/keys") {
    const key = { fingerprint: "3f9a0c77d1e2b845", created: now - 9e6, state: state.lock === "locked" ? "locked" : "open", passphrase: true, exported: false, current: true };
    return method === "GET" ? [200, { keys: state.nokey ? [] : [key], sealing: !state.nokey }] : [200, key];
  }
  if (path.endsWith("/export")) return [200, { name: "recordings-3f9a0c77d1e2b845.key", text: "# created: 2026-11-21T10:00:00Z\n# public key: age1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnzs23v9ccrydpk8qarc0sj9hjuh\nAGE-SECRET-KEY-1QQQSYQCYQ5RQWZQFPG9SCRGWPUGPZYSNZS23V9CCRYDPK8QARC0SXXXXXX\n" }];
  if (path === "/recordings/keys/unlock") return body.passphrase === "salt and seaweed" ? [204, null] : [403, { error: { kind: "denied", message: "the passphrase is another one" } }];
  if (path.startsWith("/recordings/keys/")) return [204, null];
  if (path === "/recordings/storage") {
    return [200, { free: 41e9, low_space: 524288000, low: false, bytes: 12.4e9, states: { sealed: 10432, growing: 2, plain: 31, deleted: 877 }, oldest: now - 90 * 86400, retention_days: 90, due: 12, due_bytes: 14e6, held: 3, manifest: { day: "2026-11-19", days: 90, sound: true, detail: null } }];
  }
  if (path === "/recordings/erase") {
    return [200, { id: body.dry_run ? null : "e-20261120-1", dry_run: body.dry_run, count: { recordings: 2, markers: 3, bytes: 4.1e6, held: 1 }, proofs: [{ recording: "7352000", sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", started: now - 86400 }] }];
  }
  if (path === "/recordings/erasures") return [200, { erasures: [] }];
  const one = /^\/recordings\/(\d+)(?:\/(\w+))?(?:\/(\w+))?$/.exec(path);
  if (!one) return null;
  const [, id, what, which] = one;
  switch (`${method} ${what ?? ""}`) {
    case "GET ": return [200, row(state, id)];
    case "GET wave": return [200, { duration: SECONDS, points: 1000, channels: [peaks(0), peaks(1)], silent: [[247, 308]], muted: [[500, 520]], hold: [[248, 308]] }];
    case "POST link":
      if (state.lock === "locked") return [409, { error: { kind: "conflict", code: "recording.locked", message: "the key of this recording is locked; unlock it first" } }];
      return [200, { url: `/api/v1/media/l1nk/${id}.wav`, expires: now + 900, wave: `/api/v1/recordings/${id}/wave` }];
    case "GET markers": return [200, { markers: [...state.marks].sort((a, b) => a.at - b.at) }];
    case "POST markers": {
      const made = { id: String(state.marks.length + 10), at: body.at_ms / 1000, length: (body.length_ms ?? 0) / 1000, text: body.text, colour: body.colour, author: "maud.kerjean", created: now, may_change: true };
      state.marks.push(made);
      return [200, made];
    }
    case "PATCH markers": {
      const found = state.marks.find((m) => m.id === which);
      Object.assign(found, { at: body.at_ms / 1000, length: (body.length_ms ?? 0) / 1000, text: body.text, colour: body.colour });
      return [200, found];
    }
    case "DELETE markers": state.marks = state.marks.filter((m) => m.id !== which); return [204, null];
    case "GET listens": return [200, { listens: [{ account: "maud.kerjean", name: "Maud Kerjean", address: "192.0.2.7", at: now - 300, seconds: 72 }, { account: "karl.bauer", name: "Karl Bauer", address: "192.0.2.8", at: now - 200, seconds: 12 }] }];
    default: return [204, null];
  }
}

/** The sound behind a link, whole or in part. */
export function media(req, res) {
  const bytes = wav();
  const found = /^bytes=(\d+)-(\d*)$/.exec(req.headers.range ?? "");
  const from = found ? Number(found[1]) : 0;
  const to = found && found[2] ? Math.min(Number(found[2]), bytes.length - 1) : bytes.length - 1;
  res.writeHead(found ? 206 : 200, {
    "content-type": "audio/wav", "accept-ranges": "bytes", "content-length": to - from + 1, etag: '"1"', "cache-control": "no-store",
    ...(found ? { "content-range": `bytes ${from}-${to}/${bytes.length}` } : {}),
  });
  res.end(bytes.subarray(from, to + 1));
}
