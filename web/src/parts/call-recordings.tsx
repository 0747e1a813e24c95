// The recordings of one call: the player of one of them, and the choice where there are several.

import { useEffect } from "preact/hooks";
import { callRecordings, type Recording } from "../api/wire-recordings";
import { useCell } from "../lib/cell";
import { at } from "../lib/format";
import { useLoad } from "../lib/load";
import { go, place, withQuery } from "../lib/route";
import { count, say } from "../words";
import { Failed, Skeleton } from "./message";
import { Panel } from "./panel";
import { Player } from "./player";

/** Seconds between two looks at a recording that still grows. */
const LOOK = 10;

export function CallRecordings({ call }: { call: string }) {
  const loaded = useLoad(`/calls/${encodeURIComponent(call)}/recordings`, callRecordings);
  const chosen = useCell(place).query.get("rec");
  const rows = loaded.data?.rows ?? [];
  const shown = rows.find((r) => r.id === chosen) ?? rows[0];
  const growing = rows.some((r) => r.state === "growing");
  useEffect(() => {
    if (!growing) return;
    const timer = window.setInterval(loaded.again, LOOK * 1000);
    return () => window.clearInterval(timer);
  }, [growing]);
  if (loaded.fault) return <Panel title={say("player.title")}><Failed fault={loaded.fault} again={loaded.again} /></Panel>;
  if (!loaded.data) return loaded.slow ? <Panel title={say("player.title")}><Skeleton rows={4} cols={1} /></Panel> : null;
  if (!shown) return <Panel title={say("player.title")}><div class="in"><p class="sec">{say("player.none")}</p></div></Panel>;
  return (
    <>
      {rows.length > 1 ? (
        <div class="row wrap">
          <span class="sm mut">{count("player.several", rows.length, String(rows.length))}</span>
          <span class="seg">{rows.map((r) => <button key={r.id} type="button" aria-pressed={r === shown} onClick={() => go(withQuery({ rec: r.id }), true)}>{pieceText(r)}</button>)}</span>
        </div>
      ) : null}
      <Player key={shown.id} recording={shown} several={rows.length > 1} changed={loaded.again} />
    </>
  );
}

function pieceText(r: Recording): string {
  return r.leg === "mix" ? at(r.started, "hms") : `${at(r.started, "hms")} ${say(`player.leg.${r.leg}`)}`;
}
