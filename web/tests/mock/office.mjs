// The invented office "Quai 9 Marine, Nantes": live figures, reports, calls. Figures agree with each other: the
// classes of agents add up, the queues add up to the total.

export const ZONE = "Europe/Paris";

const QUEUES = [
  ["sales", "Sales", 6, 96, 88, 8, 83.3, 80],
  ["after-sales", "After-sales", 5, 62, 54, 8, 66.1, 80],
  ["reception", "Reception", 3, 41, 40, 1, 95.1, 90],
  ["accounts", "Accounts", 2, 15, 14, 1, 80.0, 70],
];

const CALLS = [
  ["after-sales", "0261910844", "Menuiserie Hervé", 134, "waiting", null, 1, 1, "Paul Kerviel"],
  ["after-sales", "0639985119", "", 97, "waiting", null, 2, 0, null],
  ["sales", "0639980255", "", 48, "ringing", "Hina Teriitahi", 1, 0, null],
  ["after-sales", "0261916300", "Lycée maritime", 22, "waiting", null, 3, 0, null],
  ["sales", "0353012986", "", 19, "waiting", null, 2, 0, null],
  ["after-sales", "0261911570", "Chantier naval Le Goff", 441, "hold", "Emma Fisher", 1, 0, null, 31, 35],
  ["after-sales", "0639984012", "Fabienne Roussel", 522, "talking", "Karl Bauer", 1, 0, null, 22, 500],
  ["after-sales", "0639987708", "Ferronnerie Audouin", 247, "talking", "Léa Martin", null, 0, null, null, 247],
  ["sales", "0261913321", "Capitainerie du Croisic", 231, "talking", "Aline Morvan", 1, 0, null, 9, 222],
  ["sales", "0261917730", "", 79, "talking", "Jonas Pailleux", 1, 0, null, 14, 65],
];

const AGENTS = [
  ["Emma Fisher", "206", "hold", 35, ["sales", "after-sales"], null, 14],
  ["Karl Bauer", "207", "talking", 500, ["after-sales"], null, 11],
  ["Léa Martin", "210", "talking", 247, ["after-sales"], null, 9],
  ["Aline Morvan", "201", "talking", 222, ["sales"], null, 21],
  ["Jonas Pailleux", "202", "talking", 65, ["sales"], null, 17],
  ["Hina Teriitahi", "203", "ringing", 8, ["sales", "reception"], null, 12],
  ["Sophie Lecomte", "205", "wrapup", 12, ["accounts"], null, 8],
  ["Thomas Girard", "211", "ready", 378, ["reception"], null, 33],
  ["Inès Caron", "212", "ready", 51, ["reception", "accounts"], null, 19],
  ["David Nguyen", "204", "paused", 1330, ["sales"], "Lunch", 16],
  ["Nadia Haddad", "208", "paused", 2882, ["after-sales"], "Training", 6],
  ["Paul Kerviel", "209", "unavailable", 151, ["after-sales"], null, 4],
];

export const queueNames = QUEUES.map(([name, label]) => ({ name, label }));
export const agentNames = AGENTS.map(([name]) => ({ name, label: name }));

/** The live view at `now`, its ages those of `born`. */
export function snapshot(seq, now, born, wanted, times = 1, ami = { state: "up", since: born, detail: null }) {
  const calls = CALLS.map((c, i) => {
    const [queue, number, name, age, state, agent, position, attempts, tried, wait = null, inState = age] = c;
    return {
      id: `c${i}`, call_id: `${born - age}.${2100 + i}`, direction: name === "Ferronnerie Audouin" ? "out" : "in", queue, number, name,
      entered: born - age, state, since: born - inState, wait, agent, position, attempts, last_tried: tried, dnis: "0261910010", ivr: null,
      tag: name === "Fabienne Roussel" ? "VIP" : null,
    };
  }).filter((c) => wanted.length === 0 || wanted.includes(c.queue));
  const staff = Array.from({ length: times }, (_, n) => AGENTS.map(([name, ...rest]) => [n ? `${name} ${n + 1}` : name, ...rest])).flat();
  const agents = staff.map(([name, extension, state, age, queues, code, taken]) => {
    const call = calls.find((c) => c.agent === name);
    return {
      name, label: name, state, since: born - age, direction: call?.direction ?? null, queues, paused_queues: state === "paused" ? queues : [], pause_code: code,
      extension, logged_on: born - 20000, caller: call?.number ?? null, caller_name: call?.name ?? null, call_queue: call?.queue ?? null,
      last_call_end: born - age, last_queue: queues[0], taken, lost_attempts: 1, talk: taken * 220, pause: code ? age : 0, phone: `PJSIP/${extension}`, device: state === "ready" ? "not_inuse" : "inuse",
      seats: queues.map((queue, i) => ({ queue, interface: `PJSIP/${extension}`, dynamic: true, penalty: i, calls_taken: taken - i, paused_since: state === "paused" ? born - age : null, pause_code: code })),
    };
  }).filter((a) => wanted.length === 0 || a.queues.some((q) => wanted.includes(q)));
  const queues = QUEUES.filter(([name]) => wanted.length === 0 || wanted.includes(name)).map(([name, label, , offered, answered, lost, within, goal]) => one(name, label, calls, agents, { offered, answered, lost, within, goal }));
  const sum = (f) => queues.reduce((s, q) => s + q[f], 0);
  const total = { ...one("", "", calls, agents, { offered: sum("offered"), answered: sum("answered"), lost: sum("lost"), within: 80.4, goal: 80 }), name: "*", label: "All" };
  return { seq, now, since: now - (now % 86400) - 3600, source: source(now), ami, total, queues, calls, agents };
}

export function source(now) {
  return { state: "following", path: "/var/log/asterisk/queue_log", last_record: now - 3, last_read: now, detail: null };
}

function one(name, label, allCalls, allAgents, day) {
  const calls = name ? allCalls.filter((c) => c.queue === name) : allCalls;
  const agents = name ? allAgents.filter((a) => a.queues.includes(name)) : allAgents;
  const n = (state) => agents.filter((a) => a.state === state).length;
  const busy = (a) => a.state === "talking" || a.state === "hold";
  const here = agents.filter((a) => busy(a) && (!name || a.call_queue === name)).length;
  const waiting = calls.filter((c) => c.state === "waiting" || c.state === "ringing");
  return {
    name, label, waiting: waiting.length, longest_since: waiting.length ? Math.min(...waiting.map((c) => c.entered)) : null,
    agents: agents.length, ready: n("ready"), ringing: n("ringing"), talking: here, elsewhere: agents.filter(busy).length - here, wrapup: n("wrapup"),
    paused: n("paused"), in_use: 0, unavailable: n("unavailable"), unknown: 0,
    talking_in: calls.filter((c) => c.direction === "in" && (c.state === "talking" || c.state === "hold")).length,
    talking_out: calls.filter((c) => c.direction === "out" && c.state === "talking").length,
    offered: day.offered, answered: day.answered, lost: day.lost, within_sla: day.within, sla_seconds: 20, sla_goal: day.goal,
    avg_wait: 19.6, avg_talk: 219.8, total_talk: 43000, max_wait: 318, estimated_wait: 40,
  };
}

/** The desk of an agent as the live view has it. */
export function desk(agent, born, away) {
  const mine = AGENTS.find(([name]) => name === agent);
  const [, extension = null, state, age, on = []] = mine ?? [];
  const talk = CALLS.find((c) => c[5] === agent);
  const party = (id, device, ext, who, number, name) => ({ id, channel: `${device}-0000001`, device, extension: ext, agent: who, number, name, ringing: false, talking: true, holds_since: null });
  return {
    ami: { state: away ? "down" : "up", since: born, detail: null }, agent, device: mine ? `PJSIP/${extension}` : null, extension, locked: on.length > 0, queues: queueNames, on,
    call: talk ? { id: `${born - age}.1`, state, since: born - age, began: born - age, way: "in", queue: talk[0], lot: null, space: null, recorded: true, variables: {}, parties: [party("1.1", `PJSIP/${extension}`, extension, agent, extension, agent), party("1.2", "PJSIP/line", null, null, talk[1], talk[2])] } : null,
    pauses: ["Coffee", "Lunch", "Training", "Meeting", "Paperwork"], pause_needs_reason: true, outcomes: ["Order", "Quote", "Complaint", "Call-back"], tags: ["VIP", "warranty"], features: ["warranty", "first call"], outcome_needs: { Complaint: ["first call"] },
    popup: "https://crm.example/?caller=${caller}&id=${callid}", popup_opens: false, screen: "https://screens.example/${extension}",
  };
}

// ---- reports ----
const block = (id, label, description, scope) => ({ id, label, description, scope });
export const groups = [
  { id: "overview", label: "Overviews", blocks: [block("overview-queue", "Queues", "Offered, answered, lost and waits of each queue", "queue"), block("overview-agent", "Agents", "Taken calls, lost attempts and talk of each agent", "agent")] },
  { id: "distributions", label: "Hours and days", blocks: [block("traffic-hour", "Traffic by hour", "Calls, service and agents in each hour", "hour"), block("traffic-day", "Traffic by day", "The same for each day", "day")] },
  { id: "sla", label: "Service level", blocks: [block("sla-answered", "Answered within", "How many were answered within t seconds", "step")] },
];

const OVERVIEW = [
  ["OV-1", "Offered", "n"], ["OV-2", "Answered", "n"], ["OV-4", "Lost", "n"], ["OV-3", "Answered, %", "%"], ["OV-10", "Within 20 s, %", "%"],
  ["OV-12", "Average wait", "s"], ["OV-13", "Longest wait", "s"], ["OV-14", "Average talk", "s"], ["OV-15", "Total talk", "s"],
];
const TRAFFIC = [
  ["TA-14", "Offered", "n"], ["TA-15", "Answered", "n"], ["TA-4", "Lost", "n"], ["TA-3", "Within 20 s", "%"], ["TA-1", "Agents, average", "x"], ["TA-8", "Average wait", "s"], ["TA-9", "Average talk", "s"],
];
const HOURS = [[8, 19, 1], [9, 43, 3], [10, 47, 3], [11, 40, 5], [12, 15, 1], [13, 22, 1], [14, 10, 4]];

export function report(id, from, to, now) {
  const cols = id.startsWith("overview") ? OVERVIEW : id.startsWith("traffic") ? TRAFFIC : [["OK-31", "Answered", "n"], ["OK-33", "Share", "%"]];
  const columns = cols.map(([cid, label, unit]) => ({ id: cid, label, unit, description: `${label} of the period` }));
  const traffic = (key, a, l) => ({ key, "TA-14": a + l, "TA-15": a, "TA-4": l, "TA-3": a + l ? Math.max(40, 97 - l * 7) : null, "TA-1": a + l ? 7.25 : 0, "TA-8": a ? 17.4 : null, "TA-9": a ? 219.5 : null });
  const rows = id === "overview-queue"
    ? QUEUES.map(([name, , , o, a, l, w]) => ({ key: name, "OV-1": o * 5, "OV-2": a * 5, "OV-4": l * 5, "OV-3": (100 * a) / o, "OV-10": w, "OV-12": 16 + l, "OV-13": 131 + l * 20, "OV-14": 221 + l * 9, "OV-15": a * 5 * 221 }))
    : id === "overview-agent"
      ? AGENTS.map(([name, , , , , , taken]) => ({ key: name, "OV-1": taken + 2, "OV-2": taken, "OV-4": 0, "OV-3": (100 * taken) / (taken + 2), "OV-10": null, "OV-12": 17, "OV-13": 90, "OV-14": 219, "OV-15": taken * 219 }))
      : id === "traffic-hour"
        ? Array.from({ length: 24 }, (_, h) => { const x = HOURS.find(([y]) => y === h); return traffic(String(h).padStart(2, "0"), x?.[1] ?? 0, x?.[2] ?? 0); })
        : id === "traffic-day"
          ? days(from, to).map((d, i) => traffic(d, 180 + i * 3, 12 + (i % 4)))
          : [0, 5, 10, 15, 20, 30, 60, 120].map((t, i) => ({ key: String(t), "OK-31": 40 + i * 22, "OK-33": 20 + i * 11 }));
  return {
    block: id, label: groups.flatMap((g) => g.blocks).find((b) => b.id === id)?.label ?? id,
    header: { from: Date.parse(`${from}T00:00:00Z`) / 1000, to: Date.parse(`${to}T00:00:00Z`) / 1000, zone: ZONE, generated_at: now, queues: [], agents: [], filters: {}, processed: 1043, short: 12, ratio: 98.8, answered: 947, lost: 84, multi_stint: false, covered_from: null, notes: [] },
    columns, rows,
  };
}

/** The same block beside another period, a tenth less of everything there. */
export function compared(of) {
  const figure = (v) => (typeof v === "number" ? Math.round(v * 9) / 10 : v);
  const rows = of.rows.map((r) => ({ ...Object.fromEntries(Object.entries(r).map(([k, v]) => [k, k === "key" ? v : figure(v)])), ...(/^\d{4}-/.test(r.key) ? { own: "2025" + r.key.slice(4) } : {}) }));
  const differences = of.rows.map((r, i) => Object.fromEntries(Object.entries(r).map(([k, v]) => [k, typeof v === "number" ? v - rows[i][k] : k === "key" ? v : null])));
  const { from, to } = of.header;
  return { ...of, compare: { header: { ...of.header, from: from - (to - from), to: from, answered: 852, lost: 99 }, rows, differences } };
}

function days(from, to) {
  const list = [];
  for (let t = Date.parse(`${from}T00:00:00Z`); t < Date.parse(`${to}T00:00:00Z`) && list.length < 400; t += 86400000) list.push(new Date(t).toISOString().slice(0, 10));
  return list;
}

// ---- calls ----
const PAST = [
  ["in", "0261910844", "Menuiserie Hervé", "after-sales", null, 134, null, "ongoing", true],
  ["in", "0639980255", "", "sales", null, 62, null, "abandon"],
  ["in", "0261917018", "Voilerie Quéméneur", "sales", "Jonas Pailleux", 11, 363, "caller", false, "Quote"],
  ["out", "0639987708", "Ferronnerie Audouin", "after-sales", "Léa Martin", null, 247, "agent", false, "Call-back"],
  ["in", "0639986190", "", "after-sales", "Karl Bauer", 108, 571, "caller", false, "Complaint"],
  ["in", "0261912460", "Port de plaisance", "reception", "Thomas Girard", 5, 38, "blind transfer"],
  ["in", "0353012986", "", "after-sales", null, 291, null, "timeout"],
  ["in", "0261915502", "Cabinet Rault", "reception", null, 30, null, "key press"],
  ["in", "0639981237", "", "after-sales", "Léa Martin", 52, 468, "caller", false, "Complaint"],
  ["in", "0261918314", "Accastillage du Bono", "sales", "Hina Teriitahi", 8, 320, "agent", false, "Order"],
  ["in", "", "", "reception", "Thomas Girard", 4, 52, "caller", false, "Wrong number"],
  ["in", "0261914766", "SNSM Pornic", "after-sales", "Emma Fisher", 35, 724, "caller", false, "Warranty"],
];

export function call(i, now) {
  const [direction, number, name, queue, agent, wait, talk, cause, open = false, outcome = null] = PAST[i % PAST.length];
  const enter = now - 170 - i * 300;
  return {
    id: open && i === 0 ? `open-${i}` : String(enter * 4096 + i), call_id: `${enter}.${2114 + i}`, enter, end: enter + (wait ?? 0) + (talk ?? 0), queue, direction, answered: agent !== null, cause, number, name, agent,
    wait, talk, hold: i === 4 ? 65 : 0, ring: agent ? 6 : null, position: direction === "in" ? 1 + (i % 3) : null, attempts: agent ? 1 : 0, outcome, tag: i === 8 ? "warranty" : null, features: [],
    transfer_to: cause === "blind transfer" ? "203" : null, detail: cause === "key press" ? "1" : null, dnis: "0261910010", ivr: i === 4 ? "welcome/2" : null, stints: i === 4 ? 2 : 1, quality: [], open: open && i === 0,
  };
}

export const CALLS_IN_ALL = 241;

export function detail(id, now) {
  const i = id.startsWith("open-") ? 0 : Math.max(0, Array.from({ length: CALLS_IN_ALL }, (_, n) => n).find((n) => call(n, now).id === id) ?? 4);
  const c = call(i, now);
  const t = c.enter;
  const up = t + (c.wait ?? 0);
  const segments = [{ kind: "ivr", from: t - 32, to: t, agent: null }, { kind: "waiting", from: t, to: up, agent: null }];
  const line = (at, kind, agent, text, more = "", secs = null) => ({ at, kind, agent, text, more, secs });
  const timeline = [line(t - 32, "ivr_start", null, "welcome"), line(t, "enter", null, c.queue, "place 3"), line(t + 20, "no_answer", "Paul Kerviel", "", "", 15)];
  if (c.agent) {
    segments.push({ kind: "talking", from: up, to: up + 200, agent: c.agent }, { kind: "hold", from: up + 200, to: up + 265, agent: c.agent }, { kind: "talking", from: up + 265, to: up + Math.max(270, c.talk), agent: c.agent });
    timeline.push(line(up, "connect", c.agent, "", "", c.wait), line(up + 200, "hold", c.agent, ""), line(up + 265, "unhold", c.agent, "", "", 65), line(up + 300, "tag", c.agent, "warranty"), line(up + (c.talk ?? 0), "end", c.agent, c.cause, "", c.talk), line(up + (c.talk ?? 0) + 30, "outcome", c.agent, "Complaint"));
  } else timeline.push(line(up, "end", null, c.cause));
  return {
    ...c, alias: null, member_id: "PJSIP/207", url: "", ivr_secs: 32, exit_position: 1, segments, timeline,
    others: [
      { id: "1", queue: "sales", enter: t - 200, wait: 160, talk: null, answered: false, cause: "key press", current: false },
      { id: c.id, queue: c.queue, enter: t, wait: c.wait, talk: c.talk, answered: c.answered, cause: c.cause, current: true },
    ],
  };
}
