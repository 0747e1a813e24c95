// Whether the page is live, in the header of every page: "Live", or since when not.

import { useCell } from "../lib/cell";
import { at } from "../lib/format";
import { link, live } from "../lib/live";
import { sayCore as say } from "../words";
import { Sign } from "./sign";

export function LiveState() {
  const state = useCell(link);
  const now = useCell(live);
  if (state.at === "off") return null;
  if (state.at === "silent") {
    return (
      <span class="link stale" role="status">
        <Sign name="warn" small />
        <span>{say("link.silent", { time: at(state.since, "hms") })}</span>
      </span>
    );
  }
  const source = now?.source.state;
  if (source === "missing" || source === "unreadable") {
    return (
      <span class="link stale" role="status">
        <Sign name="warn" small />
        <span>{say(`source.${source}`)}</span>
      </span>
    );
  }
  // Without the link nobody knows who rings; "off" is an office that has none.
  const ami = now?.ami ?? null;
  if (ami && (ami.state === "down" || ami.state === "stale")) {
    return (
      <span class="link stale" role="status">
        <Sign name="warn" small />
        <span>{say("link.ami", { time: at(ami.since, "hms") })}</span>
      </span>
    );
  }
  return (
    <span class="link" role="status">
      <Sign name={state.at === "live" ? "okc" : "refresh"} small />
      <span>{say(state.at === "live" ? "link.live" : "link.opening")}</span>
    </span>
  );
}
