// How many agents are in each state: a bar, and the figures under it.

import type { LiveAgent } from "../api/live-wire";
import { mix } from "../lib/live-model";
import { count } from "../words";
import { hue, Shape } from "./state";

export function AgentMix({ agents }: { agents: Iterable<LiveAgent> }) {
  const states = mix(agents);
  return (
    <div class="in">
      <div class="mix" aria-hidden="true">
        {states.map(([state, n]) => (
          <i key={state} class={hue(state)} style={{ "--n": n }} />
        ))}
      </div>
      <div class="mixl">
        {states.map(([state, n]) => (
          <span key={state} class={`st ${hue(state)}`}>
            <Shape state={state} />
            <b>{n}</b> {count(`mix.${state}`, n, "")}
          </span>
        ))}
      </div>
    </div>
  );
}
