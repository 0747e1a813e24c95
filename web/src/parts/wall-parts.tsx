// Parts of the wallboard: six figures, the queues, the agents, the hours of today drawn plainly.

import type { ComponentChildren } from "preact";
import type { LiveAgent, LiveQueue } from "../api/live-wire";
import { goal, int, percent, share, span } from "../lib/format";
import { actLimit, readyLevel, shareLevel, waitLevel, type Level } from "../lib/level";
import type { Live } from "../lib/live-model";
import { sayCore as say } from "../words";
import { Sign } from "./sign";
import { hue, Shape } from "./state";

const waited = (q: LiveQueue, now: number): number | null => (q.longest_since === null ? null : Math.max(0, now - q.longest_since));

function Tile({ label, value, unit, note, level = "" }: { label: string; value: string; unit?: string; note: ComponentChildren; level?: Level }) {
  return (
    <div class={`wk ${level}`}>
      <span class="l">
        {level ? <Sign name={level === "a" ? "stop8" : "warn"} /> : null}
        {label}
      </span>
      <span class="v">{value}{unit ? <small> {unit}</small> : null}</span>
      <span class="n">{note}</span>
    </div>
  );
}

const NAMED = 3;

export function WallTiles({ live, now }: { live: Live; now: number }) {
  const t = live.total;
  const queues = [...live.queues.values()];
  const oldest = queues.filter((q) => q.longest_since !== null).sort((a, b) => (a.longest_since ?? 0) - (b.longest_since ?? 0))[0];
  const waiting = queues.filter((q) => q.waiting > 0).sort((a, b) => b.waiting - a.waiting);
  const bare = queues.filter((q) => readyLevel(q));
  const reached = t.within_sla !== null && t.within_sla >= t.sla_goal;
  return (
    <section class="ks" aria-label={say("wall.now")}>
      <Tile label={say("wall.longest")} value={span(oldest ? waited(oldest, now) : null)} level={oldest ? waitLevel(waited(oldest, now), oldest) : ""} note={oldest ? say("wall.limit", { queue: oldest.label, limit: span(actLimit(oldest)) }) : say("wall.none.waiting")} />
      <Tile label={say("col.waiting")} value={int(t.waiting)} note={waiting.slice(0, NAMED).map((q) => `${q.label} ${int(q.waiting)}`).join(", ") || say("wall.none.waiting")} />
      <Tile label={say("col.ready")} value={int(t.ready)} unit={say("of.n", { n: int(t.agents) })} level={bare.length ? "w" : ""} note={bare.length ? say("wall.ready.none", { queues: bare.slice(0, NAMED).map((q) => q.label).join(", ") }) : ""} />
      <Tile label={say("wall.oncalls")} value={int(t.talking_in + t.talking_out)} note={say("wall.oncalls.note", { in: int(t.talking_in), out: int(t.talking_out), ringing: int(t.ringing) })} />
      <Tile label={say("col.within", { s: t.sla_seconds })} value={share(t.within_sla)} {...(t.within_sla === null ? {} : { unit: "%" })} level={shareLevel(t.within_sla, t.sla_goal)} note={say(reached ? "wall.goal.reached" : "wall.goal", { goal: goal(t.sla_goal) })} />
      <Tile label={say("wall.lost")} value={int(t.lost)} note={say("wall.lost.note", { share: percent(t.offered ? (100 * t.lost) / t.offered : null), n: int(t.offered) })} />
    </section>
  );
}

function Marked({ level, children, block = false }: { level: Level; children: ComponentChildren; block?: boolean }) {
  if (!level) return <>{children}</>;
  return (
    <span class={level === "a" ? (block ? "redc" : "redt") : "yelc"}>
      <Sign name={level === "a" ? "stop8" : "warn"} />
      <span class="vh">{say(`level.${level}`)}</span>
      {children}
    </span>
  );
}

export function WallQueues({ queues, now }: { queues: readonly LiveQueue[]; now: number }) {
  const zero = (n: number): ComponentChildren => <span class={n === 0 ? "z" : undefined}>{int(n)}</span>;
  return (
    <section class="wp">
      <table class="wt">
        <thead>
          <tr>
            <th scope="col">{say("col.queue")}</th>
            <th scope="col">{say("col.waiting")}</th>
            <th scope="col">{say("col.longest")}</th>
            <th scope="col">{say("col.ready")}</th>
            <th scope="col">{say("col.answered")}</th>
            <th scope="col">{say("col.lost")}</th>
            <th scope="col">{say("col.within", { s: queues[0]?.sla_seconds ?? 0 })}</th>
          </tr>
        </thead>
        <tbody>
          {queues.map((q) => (
            <tr key={q.name}>
              <td>{q.label}</td>
              <td class="big">{zero(q.waiting)}</td>
              <td>{q.longest_since === null ? <span class="z">–</span> : <Marked level={waitLevel(waited(q, now), q)} block>{span(waited(q, now))}</Marked>}</td>
              <td class="big"><Marked level={readyLevel(q)}>{int(q.ready)}</Marked><small> {say("of.n", { n: int(q.agents) })}</small></td>
              <td>{zero(q.answered)}</td>
              <td>{zero(q.lost)}</td>
              <td><Marked level={shareLevel(q.within_sla, q.sla_goal)}>{percent(q.within_sla)}</Marked></td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function WallAgents({ agents, all, room, now }: { agents: readonly LiveAgent[]; all: number; room: number; now: number }) {
  return (
    <section class="wp">
      <h2>{say("wall.agents")} <span class="push">{say("wall.logged", { n: int(all) })}</span></h2>
      {all === 0 ? <p class="none">{say("wall.noagents")}</p> : null}
      <ul class="wa" style={{ "--rows": room }}>
        {agents.map((a) => (
          <li key={a.name}>
            <Shape state={a.state} extra={hue(a.state)} />
            <b>{a.label}</b>
            <span>{a.state === "paused" && a.pause_code ? a.pause_code : say(`state.${a.state}`)}</span>
            <span class="tm">{span(Math.max(0, now - a.since))}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
