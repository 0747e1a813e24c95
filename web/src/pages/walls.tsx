// Wallboards: the one of all queues, or one of chosen queues under a title of one's own. The address is the board.

import { useState } from "preact/hooks";
import { useNames } from "../lib/names";
import { TextField } from "../parts/field";
import { may } from "../lib/session";
import { Icon } from "../parts/icon";
import { Kiosks } from "../parts/kiosks";
import { Head, Panel } from "../parts/panel";
import { QueueTicks } from "../parts/queue-picker";
import { say } from "../words";

function boardAddress(title: string, queues: readonly string[], theme: string): string {
  const q = new URLSearchParams();
  if (queues.length) q.set("queues", queues.join(","));
  if (title.trim()) q.set("title", title.trim());
  if (theme !== "dark") q.set("theme", theme);
  return `/wall/${queues.length ? "set" : "all"}${q.size ? `?${q.toString()}` : ""}`;
}

export function WallsPage() {
  const [title, setTitle] = useState("");
  const [ticked, tick] = useState(new Set<string>());
  const [light, setLight] = useState(false);
  const all = useNames().queues;
  const href = boardAddress(title, all.map((q) => q.name).filter((q) => ticked.has(q)), light ? "light" : "dark");
  return (
    <>
      <Head title={say("page.walls")} note={say("walls.note")} acts={<a class="btn p" href="/wall/all"><Icon name="full" />{say("walls.all")}</a>} />
      <div class="cols">
        <Panel title={say("walls.own")} extra="c7" foot={<a class="btn" href={href}><Icon name="screen" />{say("walls.open")}</a>}>
          <div class="in stack">
            <TextField id="w-title" label={say("walls.title")} value={title} set={setTitle} hint={say("walls.title.hint")} max={40} optional />
            <fieldset class="field">
              <legend>{say("pick.title")}</legend>
              {all.length ? <div class="ticks"><QueueTicks all={all} ticked={ticked} tick={tick} /></div> : <p class="sec">{say("live.noqueues")}</p>}
              <p class="hint">{say("walls.none")}</p>
            </fieldset>
            <label class="tick"><input type="checkbox" checked={light} onChange={(e) => setLight(e.currentTarget.checked)} />{say("walls.light")}</label>
          </div>
        </Panel>
        <Panel title={say("walls.each")} extra="c5">
          <ul class="links">
            {all.map((q) => (
              <li key={q.name}><a href={boardAddress(q.label, [q.name], "dark")}>{q.label}</a></li>
            ))}
          </ul>
        </Panel>
        {may("kiosks.manage") ? <Kiosks /> : null}
      </div>
    </>
  );
}
