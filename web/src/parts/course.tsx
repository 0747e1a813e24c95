// The course of a call: one bar of segments in the colours of the states, with words above and times below.

import type { Segment } from "../api/wire-calls";
import { at, span } from "../lib/format";
import { say } from "../words";

const WIDTH = 1080;
/** Narrower segments carry no words: the list below has them. */
const ROOM_FOR_WORDS = 84;
const ROOM_FOR_TIME = 62;

function words(s: Segment): string {
  const time = span(s.to - s.from);
  if (s.kind === "talking") return s.agent ? `${say("state.talking")}, ${s.agent}` : say("state.talking");
  return `${say(s.kind === "ivr" ? "course.ivr" : s.kind === "hold" ? "state.hold" : "state.waiting")} ${time}`;
}

export function Course({ segments }: { segments: readonly Segment[] }) {
  const first = segments[0];
  const last = segments.at(-1);
  if (!first || !last || last.to <= first.from) return null;
  const scale = WIDTH / (last.to - first.from);
  const x = (t: number): number => (t - first.from) * scale;
  const sentence = say("course.say", { parts: segments.map((s) => `${words(s)}${s.kind === "talking" ? ` ${span(s.to - s.from)}` : ""}`).join(", ") });
  let timed = -ROOM_FOR_TIME;
  return (
    <div class="course">
      <svg viewBox={`0 0 ${WIDTH} 58`} role="img" aria-label={sentence}>
        {segments.map((s, i) => {
          const left = x(s.from);
          const width = Math.max(1.5, x(s.to) - left - 1.6);
          // About six units a letter: words that would run into the next segment are left to the list.
          const fits = width >= ROOM_FOR_WORDS && words(s).length * 6.2 < width;
          const time = left - timed >= ROOM_FOR_TIME && WIDTH - left >= ROOM_FOR_TIME;
          if (time) timed = left;
          return (
            <g key={i}>
              <rect class={`x-${s.kind}`} x={left} y="22" width={width} height="14" rx="2" />
              {fits ? <text class="on" x={left} y="14">{words(s)}</text> : null}
              {time ? <text x={left} y="52">{at(s.from, "hms")}</text> : null}
            </g>
          );
        })}
      </svg>
    </div>
  );
}
