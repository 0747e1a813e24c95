// A stand-in for the daemon, for looking at the app and for its tests: the API with an invented office, a live
// stream, and the built app with the daemon's content policy. Plain node, no state kept.

import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as office from "./office.mjs";
import * as people from "./people.mjs";
import * as recordings from "./recordings.mjs";

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const POLICY = "default-src 'self'; style-src 'self'; media-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'";
const nowSec = () => Math.floor(Date.now() / 1000);

/**
 * Starts the stand-in. `options` may be changed while it runs: `loggedIn`, `claimed`, `role`, `language`, `theme`,
 * `times` (as many agents), `silent` (the live stream says nothing), `broken` (paths that answer 503), `session` (seconds left).
 */
export function start(port = 0, options = {}) {
  const now = nowSec();
  const state = { loggedIn: true, claimed: true, silent: false, broken: [], made: [], acts: [], views: [{ name: "Lost this week", address: "/calls?p=week&answered=no" }], columns: {}, kiosks: [{ id: 1, name: "Hall", account: "maud.kerjean", queues: ["sales"], created: now - 900000, last_used: now - 120 }], born: now, ...options };
  const server = createServer((req, res) => route(req, res, state));
  return new Promise((ready) => server.listen(port, "127.0.0.1", () => ready({ server, state, url: `http://127.0.0.1:${server.address().port}` })));
}

function json(res, status, body, headers = {}) {
  res.writeHead(status, { "content-type": "application/json", "cache-control": "no-store", ...headers });
  res.end(body === null ? undefined : JSON.stringify(body));
}

function fault(res, status, kind, message, fields) {
  const told = fields ? { fields: Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, { message: text }])) } : {};
  return json(res, status, { error: { kind, message, ...told } });
}

function route(req, res, state) {
  const url = new URL(req.url, "http://mock");
  if (!url.pathname.startsWith("/api/")) return file(res, url.pathname);
  const path = url.pathname.replace("/api/v1", "");
  if (state.broken.some((p) => path.startsWith(p))) return fault(res, 503, "unavailable", "The report took longer than 5 s.");
  if (path === "/live/events" || path === "/kiosk/events") return stream(req, res, state, url);
  if (path.startsWith("/media/")) return recordings.media(req, res);
  let text = "";
  req.on("data", (part) => (text += part));
  req.on("end", () => answer(req.method, path, url.searchParams, text ? JSON.parse(text) : {}, req, res, state));
}

function answer(method, path, query, body, req, res, state) {
  const now = nowSec();
  if (path === "/kiosk" && method === "POST") return /^(0a)+$/.test(body.token) ? json(res, 200, { name: "Hall", language: state.language ?? "en", office: "Quai 9 Marine, Nantes", zone: office.ZONE, demo: false, now }) : json(res, 401, { error: { kind: "denied", code: "kiosk.closed", message: "this address opens no wallboard any more; ask for a new one" } });
  const open = path === "/hello" || path === "/session" || path === "/claim" || path.startsWith("/kiosk/");
  if (!open && !state.loggedIn) return fault(res, 401, "denied", "Log in first.");
  if (method !== "GET" && !["/session", "/claim"].includes(path) && req.headers["x-csrf-token"] !== "csrf-of-the-mock") return fault(res, 403, "denied", "The page is out of date.");
  switch (`${method} ${path}`) {
    case "GET /hello": return json(res, 200, { claimed: state.claimed, version: "0.1.0", office: "Quai 9 Marine, Nantes", zone: office.ZONE, language: "en", demo: false, now });
    case "POST /session":
      if (body.password !== "correct harbour lamp") return fault(res, 401, "denied", "account or password is wrong");
      state.loggedIn = true;
      return json(res, 200, people.person(state, now));
    case "DELETE /session": state.loggedIn = false; return json(res, 204, null);
    case "POST /claim":
      if (body.code !== "K7QM2X") return fault(res, 400, "invalid", "The claim code is wrong.", { code: "This is not the code on the console" });
      Object.assign(state, { claimed: true, loggedIn: true });
      return json(res, 200, people.person(state, now));
    case "GET /me": return json(res, 200, people.person(state, now));
    case "PATCH /me": Object.assign(state, body); return json(res, 200, { ...people.person(state, now), ...body });
    case "POST /me/password": return body.old === "correct harbour lamp" ? json(res, 204, null) : fault(res, 400, "invalid", "The old password is wrong.", { old: "This is not your password" });
    case "GET /me/sessions": return json(res, 200, { sessions: people.sessions(now) });
    case "GET /queues": return json(res, 200, { queues: office.queueNames });
    case "GET /agents": return json(res, 200, { agents: office.agentNames });
    case "GET /reports": return json(res, 200, { groups: office.groups });
    case "GET /calls": return json(res, 200, calls(query, state, now));
    case "GET /health": return json(res, 200, people.health(now));
    case "GET /backups": return json(res, 200, { backups: [...state.made, { name: "switchroom-2026-11-20.db", at: now - 40000, bytes: 43210000 }] });
    case "POST /backups": { const made = { name: `switchroom-${now}.db`, at: now, bytes: 43300000 }; state.made.push(made); return json(res, 200, made); }
    case "GET /audit": return json(res, 200, { rows: people.audit(now), next: null });
    case "GET /accounts": return json(res, 200, { accounts: people.accounts });
    case "POST /accounts": return body.account === "karl.bauer" ? fault(res, 409, "conflict", "karl.bauer belongs to Karl Bauer.", { account: "karl.bauer belongs to Karl Bauer" }) : json(res, 200, { language: "en", disabled: false, last_login: null, ...body });
  }
  const recorded = recordings.answer(method, path, query, body, state, now);
  if (recorded) return json(res, ...recorded);
  if (path === "/desk/recalls") return json(res, 200, { recalls: [{ number: "0445556677", dial: "90445556677", name: "Anna Frei", queue: "sales", since: state.born - 900, last: state.born - 300, wait: 41, tries: 2 }] });
  if (path === "/desk/marks") return json(res, 200, { outcome: "Quote", tag: "VIP", features: ["warranty"] });
  if (path === "/desk") return json(res, 200, office.desk(state.agent ?? null, state.born, state.away));
  if (path.startsWith("/actions/")) {
    state.acts.push({ path: path.slice(9), body });
    if (state.refuse) return json(res, 409, { error: { kind: "conflict", code: "action.refused", values: { answer: "Channel specified does not exist." }, message: "Channel specified does not exist." } });
    return json(res, 200, { state: "done", id: null, message: "", space: path.endsWith("/park") ? "701" : null });
  }
  if (path === "/me/views") return method === "GET" ? json(res, 200, { views: state.views }) : json(res, 200, keepView(state, body));
  if (path.startsWith("/me/views/")) { state.views = state.views.filter((v) => v.name !== decodeURIComponent(path.slice(10))); return json(res, 204, null); }
  if (path === "/me/columns") return json(res, 200, { columns: state.columns });
  if (path.startsWith("/me/columns/")) { state.columns = { ...state.columns, [decodeURIComponent(path.slice(12))]: body.columns }; return json(res, 204, null); }
  if (path === "/kiosks" && method === "GET") return json(res, 200, { kiosks: state.kiosks });
  if (path === "/kiosks") { const kiosk = { id: state.kiosks.length + 1, name: body.name, account: "maud.kerjean", queues: body.queues, created: now, last_used: null }; state.kiosks.push(kiosk); return json(res, 200, { kiosk, address: `/wall/kiosk#k=${"0a".repeat(32)}` }); }
  if (path.startsWith("/kiosks/")) { state.kiosks = state.kiosks.filter((k) => String(k.id) !== path.slice(8)); return json(res, 204, null); }
  if (path === "/kiosk/hours") return json(res, 200, office.report("traffic-hour", "2026-11-20", "2026-11-21", now));
  if (path.startsWith("/reports/")) {
    const of = office.report(decodeURIComponent(path.slice(9)), query.get("from"), query.get("to"), now);
    return json(res, 200, query.get("compare") ? office.compared(of) : of);
  }
  if (path.endsWith("/close")) return json(res, 200, { closed: true });
  if (path.startsWith("/calls/")) return path === "/calls/none" ? fault(res, 404, "not_found", "There is no such call.") : json(res, 200, office.detail(decodeURIComponent(path.slice(7)), state.born));
  if (path.startsWith("/accounts/")) return json(res, 200, { ...people.accounts.find((a) => a.account === decodeURIComponent(path.slice(10))), ...body });
  if (path.startsWith("/me/sessions/")) return json(res, 204, null);
  return fault(res, 404, "not_found", "There is no such thing.");
}

const ami = (state) => ({ state: state.away ? "down" : "up", since: state.born, detail: null });

function keepView(state, view) {
  state.views = [...state.views.filter((v) => v.name !== view.name), view];
  return view;
}

function calls(query, state, now) {
  const limit = Number(query.get("limit") ?? 50);
  const from = Number(query.get("marker") ?? 0);
  const all = Array.from({ length: office.CALLS_IN_ALL }, (_, i) => office.call(i, state.born)).filter((c) => (!query.get("answered") || (query.get("answered") === "yes") === c.answered) && (!query.get("queue") || query.getAll("queue").includes(c.queue)) && (!query.get("caller") || c.number === query.get("caller")) && (!query.get("agent") || c.agent === query.get("agent")));
  const rows = all.slice(from, from + limit);
  const answered = all.filter((c) => c.answered).length;
  return { header: { from: now - 50000, to: now, zone: office.ZONE, generated_at: now }, rows, next: from + limit < all.length ? String(from + limit) : null, total: all.length, summary: { offered: all.length, answered, lost: all.length - answered } };
}

function stream(req, res, state, url) {
  const wanted = (url.searchParams.get("queues") ?? "").split(",").filter(Boolean);
  res.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  let seq = nowSec() * 1000;
  const say = (event, data) => {
    if (!state.silent) res.write(`${data.seq ? `id: ${data.seq}\n` : ""}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  say("snapshot", office.snapshot(seq, nowSec(), state.born, wanted, state.times, ami(state)));
  const timer = setInterval(() => {
    const now = nowSec();
    const whole = office.snapshot(seq, now, state.born, wanted, state.times, ami(state));
    seq += 1;
    if (state.moving && seq % 2) {
      const answered = whole.total.answered + (seq % 7);
      say("change", { seq, now, total: { ...whole.total, answered } });
    } else say("beat", { now, source: whole.source });
  }, 1000);
  req.on("close", () => clearInterval(timer));
}

function file(res, path) {
  const asset = path.startsWith("/assets/") ? path : path.startsWith("/wall/") ? "/wall.html" : "/index.html";
  const name = join(DIST, asset);
  if (!existsSync(name) || asset.includes("..")) {
    res.writeHead(404);
    return res.end();
  }
  res.writeHead(200, { "content-type": TYPES[extname(name)] ?? "application/octet-stream", "content-security-policy": POLICY, "x-content-type-options": "nosniff" });
  createReadStream(name).pipe(res);
}
