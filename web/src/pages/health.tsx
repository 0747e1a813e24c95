// Health: from the log to the reports, the database, memory; what was not understood, with samples. Asks each 10 s.

import type { ComponentChildren } from "preact";
import { health as shape, type Health } from "../api/wire-system";
import { at, bytes, civilDay, int, longSpan, when } from "../lib/format";
import { useLoad } from "../lib/load";
import { may } from "../lib/session";
import { Icon } from "../parts/icon";
import { Failed, Note, Skeleton } from "../parts/message";
import { Head, Panel } from "../parts/panel";
import { count, say, type Key } from "../words";

const EVERY = 10;
/** A log this long without a record deserves a look while calls are open, in seconds. */
const QUIET = 3600;
/** Bytes not yet read that are worth a sign. */
const BEHIND = 100_000;
/** Records of the tracker on their way that are worth a sign. */
const WAITING = 100;
/** Milliseconds an event may be behind our clock. */
const LATE = 2000;
/** Days after which a backup is old. */
const OLD_BACKUP = 8 * 86_400;

type Mark = "ok" | "watch" | "act";

interface Check {
  mark: Mark;
  what: ComponentChildren;
  note: ComponentChildren;
  value: ComponentChildren;
}

export function HealthPage() {
  const loaded = useLoad("/health", shape, {}, EVERY);
  const h = loaded.data;
  return (
    <>
      <Head
        title={say("page.health")}
        note={h ? say("health.note", { version: h.version, up: longSpan(h.now - h.started), time: at(h.now, "hms"), every: EVERY }) : null}
        acts={may("backup.create") ? <a class="btn p" href="/system/backups"><Icon name="disk" />{say("page.backups")}</a> : null}
      />
      {loaded.fault && h ? <Note level="w" role="status">{say("health.old")}</Note> : null}
      {h ? <Content h={h} /> : loaded.fault ? <Failed alone fault={loaded.fault} again={loaded.again} /> : <Panel title={say("page.health")}><Skeleton rows={6} cols={2} /></Panel>}
    </>
  );
}

function Content({ h }: { h: Health }) {
  const flow = [...flowChecks(h), ...linkChecks(h), ...trackerChecks(h)];
  const store = storeChecks(h);
  const all = [...flow, ...store];
  const bad = all.filter((c) => c.mark !== "ok");
  const worst = bad.some((c) => c.mark === "act") ? "a" : "w";
  return (
    <div class="stack">
      {bad.length ? (
        <Note level={worst}>
          <b>{count("health.bad", bad.length, int(bad.length))}</b> {bad.map((c, i) => <span key={i}>{c.what}{i < bad.length - 1 ? ", " : "."} </span>)}
        </Note>
      ) : null}
      <div class="cols">
        <div class="c7 stack">
          <Panel title={say("health.flow")}><Checks list={flow} /></Panel>
          <Samples h={h} />
        </div>
        <div class="c5 stack">
          <Panel title={say("health.store")}><Checks list={store} /></Panel>
          <Panel title={say("health.now")}><Checks list={nowChecks(h)} /></Panel>
        </div>
      </div>
    </div>
  );
}

function Checks({ list }: { list: readonly Check[] }) {
  return (
    <ul class="chk">
      {list.map((c, i) => (
        <li key={i}>
          <span class={c.mark}>
            <Icon name={c.mark === "ok" ? "okc" : c.mark === "watch" ? "warn" : "stop8"} />
            {c.mark === "ok" ? null : <span class="vh">{say(c.mark === "watch" ? "level.w" : "level.a")}</span>}
          </span>
          <div>
            {c.what}
            <div class="sub">{c.note}</div>
          </div>
          <div class="v">{c.value}</div>
        </li>
      ))}
    </ul>
  );
}

function flowChecks(h: Health): Check[] {
  const { log, counts } = h;
  const behind = log.size !== null && log.offset !== null ? Math.max(0, log.size - log.offset) : null;
  const age = log.last_record === null ? null : h.now - log.last_record;
  const strange = counts.unknown + counts.malformed;
  return [
    {
      mark: log.state === "following" ? "ok" : log.state === "waiting" ? "watch" : "act",
      what: say(`health.log.${log.state}`),
      note: <><span class="mono">{log.path}</span> {log.detail}</>,
      value: behind === null ? "–" : say("health.behind", { bytes: bytes(behind) }),
    },
    {
      mark: behind !== null && behind > BEHIND ? "watch" : "ok",
      what: say("health.position"),
      note: log.offset === null ? "–" : say("health.position.note", { offset: int(log.offset), size: int(log.size), inode: log.inode === null ? "–" : String(log.inode) }),
      value: log.size === null ? "–" : bytes(log.size),
    },
    {
      mark: age !== null && age > QUIET && h.open.calls > 0 ? "watch" : "ok",
      what: say("health.last"),
      note: log.file_age === null ? "" : say("health.last.note", { time: longSpan(log.file_age) }),
      value: age === null ? "–" : say("health.ago", { time: longSpan(age) }),
    },
    { mark: "ok", what: say("health.records"), note: say("health.records.note", { lines: int(counts.lines), duplicates: int(counts.duplicates), old: int(counts.too_old) }), value: int(counts.records) },
    {
      mark: strange ? "watch" : "ok",
      what: say("health.strange"),
      note: say("health.strange.note", { malformed: int(counts.malformed), unknown: int(counts.unknown) }),
      value: int(strange),
    },
  ];
}

const IGNORED = [
  "duplicate entry", "duplicate closing", "duplicate connect", "loss while talking", "hold outside talk", "late annotation", "unknown call",
  "unpause without pause", "logoff without login", "pause without session", "reason without pause", "member already added", "member not added", "too many", "told twice",
] as const;

/** Why a record was passed over: the daemon's own word (`HoldOutsideTalk`) in the reader's. */
function ignoredText(name: string): string {
  const plain = name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  const known = IGNORED.find((one) => one === plain);
  const key: Key | null = known ? `ignored.${known}` : null;
  return key ? say(key) : name;
}

/** The connection to Asterisk's manager interface; nothing where none is wanted. */
function linkChecks(h: Health): Check[] {
  const link = h.ami;
  if (!link || link.state === "off") return [];
  // The manager user as shipped may not ask for this, on purpose (docs/configuration.md): nothing to watch.
  const asShipped = (question: string) => question.startsWith("PJSIPShowContacts:");
  const refused = link.refused.filter((question) => !asShipped(question));
  const checks: Check[] = [
    {
      mark: link.state === "up" ? "ok" : link.state === "down" ? "act" : "watch",
      what: say(`health.ami.${link.state}`),
      note: link.detail ?? (link.version ? say("health.ami.version", { version: link.version }) : say("health.ami.noversion")),
      value: say("health.for", { time: longSpan(Math.max(0, h.now - link.since)) }),
    },
    {
      mark: link.dropped ? "watch" : "ok",
      what: say("health.ami.events"),
      note: link.dropped ? say("health.ami.dropped", { n: int(link.dropped) }) : say("health.ami.rate", { n: int(link.events_per_second) }),
      value: int(link.events),
    },
  ];
  if (refused.length) checks.push({ mark: "watch", what: say("health.ami.refused"), note: refused.join("; "), value: int(refused.length) });
  if (link.refused.some(asShipped)) checks.push({ mark: "ok", what: say("health.ami.contacts"), note: say("health.ami.contacts.note"), value: "–" });
  return checks;
}

/** What Asterisk does not log; nothing where it is not tracked. */
function trackerChecks(h: Health): Check[] {
  const t = h.tracker;
  if (!t) return [];
  const written = Object.values(t.records).reduce((sum, n) => sum + n, 0);
  const verbs = Object.entries(t.records).sort((a, b) => b[1] - a[1]).map(([verb, n]) => `${verb} ${int(n)}`);
  return [
    {
      mark: t.state === "aside" || t.state === "off" ? "watch" : "ok",
      what: say(`health.tracker.${t.state}`),
      note: t.other ? say("health.tracker.other", { host: t.other }) : say("health.tracker.note", { open: int(t.open), channels: int(t.channels), sink: t.sink }),
      value: int(t.open),
    },
    {
      mark: t.lost ? "act" : t.waiting > WAITING ? "watch" : "ok",
      what: say("health.tracker.records"),
      note: <>{t.lost ? say("health.tracker.lost", { n: int(t.lost) }) : say("health.tracker.records.note", { recovered: int(t.recovered), duplicates: int(t.duplicates), waiting: int(t.waiting) })} {verbs.length ? <span class="mono">{verbs.join(", ")}</span> : null}</>,
      value: int(written),
    },
    {
      mark: Math.abs(t.lag_ms) > LATE ? "watch" : "ok",
      what: say("health.tracker.link"),
      note: say("health.tracker.link.note", { bytes: bytes(t.bytes), unknown: int(t.unknown), quiet: int(t.quiet), connections: int(t.connections), restarts: int(t.restarts) }),
      value: say("health.tracker.lag", { n: int(t.lag_ms) }),
    },
  ];
}

function storeChecks(h: Health): Check[] {
  const d = h.database;
  const today = civilDay(h.now);
  const perCall = d.stints > 0 ? say("health.percall", { n: int(Math.round(d.bytes / d.stints)) }) : "";
  return [
    {
      mark: d.damaged ? "act" : "ok",
      what: say(d.damaged ? "health.db.damaged" : "health.db"),
      note: d.damaged ?? `${count("health.db.note", d.stints, int(d.stints))} ${perCall}`,
      value: bytes(d.bytes + d.wal_bytes),
    },
    { mark: "ok", what: say("health.reach"), note: d.detail_days === 0 ? say("health.reach.ever") : say("health.reach.note", { days: int(d.detail_days) }), value: d.oldest === null ? "–" : at(d.oldest, "date") },
    { mark: "ok", what: say("health.commit"), note: say("health.commit.note", { bytes: bytes(d.written_today) }), value: when(d.last_commit, today) },
    {
      mark: d.last_backup === null || h.now - d.last_backup > OLD_BACKUP ? "watch" : "ok",
      what: say("health.backup"),
      note: d.last_backup === null ? say("health.backup.none") : say("health.ago", { time: longSpan(h.now - d.last_backup) }),
      value: when(d.last_backup, today),
    },
  ];
}

function nowChecks(h: Health): Check[] {
  return [
    { mark: "ok", what: say("health.memory"), note: say("health.memory.note"), value: bytes(h.memory.rss) },
    { mark: "ok", what: say("health.open"), note: say("health.open.note", { sessions: int(h.open.sessions), pauses: int(h.open.pauses) }), value: int(h.open.calls) },
    { mark: "ok", what: say("health.streams"), note: say("health.streams.note"), value: int(h.live_streams) },
  ];
}

function Samples({ h }: { h: Health }) {
  const today = civilDay(h.now);
  const verbs = Object.entries(h.unknown_verbs).sort((a, b) => b[1] - a[1]);
  const ignored = Object.entries(h.counts.ignored).filter(([, n]) => n > 0).sort((a, b) => b[1] - a[1]);
  if (!h.malformed.length && !h.unknown.length && !ignored.length) return null;
  const lines = [
    ...h.malformed.map((m) => ({ at: m.at, head: `${when(m.at, today)}  ${say("health.sample.at", { position: int(m.position) })}  ${m.reason}`, line: m.line })),
    ...h.unknown.map((u) => ({ at: u.at, head: `${when(u.at, today)}  ${say("health.sample.verb", { verb: u.verb })}`, line: u.line })),
  ].sort((a, b) => b.at - a.at);
  return (
    <Panel title={say("health.strange")} side={<span class="sm mut">{verbs.slice(0, 4).map(([v, n]) => `${v} ${int(n)}`).join(", ")}</span>}>
      <div class="in stack">
        {lines.length ? <pre class="log" tabIndex={0} role="region" aria-label={say("health.samples")}>{lines.map((l) => `${l.head}\n  ${l.line}`).join("\n")}</pre> : null}
        {ignored.length ? <p class="sm sec">{say("health.ignored", { list: ignored.map(([name, n]) => `${ignoredText(name)}: ${int(n)}`).join("; ") })}</p> : null}
      </div>
    </Panel>
  );
}
