// What the link to Asterisk means for a page that acts on it: said above, where it is not well.

import type { AmiLink } from "../api/live-wire";
import { at } from "../lib/format";
import { retry } from "../lib/live";
import { say } from "../words";
import { Icon } from "./icon";
import { Note } from "./message";

/** `silent` is since when the box says nothing. */
export function AmiState({ ami, silent }: { ami: AmiLink | null; silent: number | null }) {
  if (silent !== null) {
    return (
      <Note level="w" role="status" act={<button type="button" class="btn xs" onClick={retry}><Icon name="refresh" small />{say("do.now")}</button>}>
        <b>{say("link.silent", { time: at(silent, "hms") })}.</b> {say("live.silent")}
      </Note>
    );
  }
  if (!ami || ami.state === "up" || ami.state === "resyncing") return null;
  if (ami.state === "off") return <Note level="w" role="status">{say("ami.off")}</Note>;
  return <Note level="a" role="status"><b>{say("ami.down", { time: at(ami.since, "hms") })}</b> {say("ami.down.text")}</Note>;
}
