// Head of a page, panels, tiles: the boxes everything else sits in.

import type { ComponentChildren } from "preact";
import type { Level } from "../lib/level";

export function Head({ title, note, acts }: { title: string; note?: ComponentChildren; acts?: ComponentChildren }) {
  return (
    <div class="head">
      <div>
        <h1>{title}</h1>
        {note ? <p>{note}</p> : null}
      </div>
      {acts ? <div class="acts">{acts}</div> : null}
    </div>
  );
}

export function Panel({ title, side, foot, children, extra = "" }: { title: ComponentChildren; side?: ComponentChildren; foot?: ComponentChildren; children: ComponentChildren; extra?: string }) {
  return (
    <section class={`panel ${extra}`}>
      <header>
        <h2>{title}</h2>
        {side ? <div class="push">{side}</div> : null}
      </header>
      {children}
      {foot ? <footer>{foot}</footer> : null}
    </section>
  );
}

export interface Tile {
  label: ComponentChildren;
  value: string;
  unit?: string | undefined;
  note?: ComponentChildren;
  level?: Level;
  href?: string | undefined;
}

export function Tiles({ tiles }: { tiles: readonly Tile[] }) {
  return (
    <div class="kpis">
      {tiles.map((t, i) => {
        const inside = (
          <>
            <span class="l">{t.label}</span>
            <span class="v">
              {t.value}
              {t.unit ? <small>{t.unit}</small> : null}
            </span>
            <span class="n">{t.note}</span>
          </>
        );
        const look = `kpi ${t.level ?? ""}`;
        return t.href ? <a key={i} class={look} href={t.href}>{inside}</a> : <div key={i} class={look}>{inside}</div>;
      })}
    </div>
  );
}
