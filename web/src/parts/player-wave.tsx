// The picture of a recording and its slider: the agent above the line, the other side below, muted and hold shaded,
// markers with flag and number.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Marker, Wave } from "../api/wire-recordings";
import { span } from "../lib/format";
import { axisOf, barPath, barsOf, peaksOf, spoken, type Stretch } from "../lib/player";
import { say } from "../words";

const HEIGHT = 134;
const TOP = 12;
const LINE = 64;
const ROOM = 50;
const FOOT = 128;
const STEP = 4.2;

interface Props {
  wave: Wave | null;
  duration: number;
  at: number;
  markers: readonly Marker[];
  seek: (at: number) => void;
}

export function PlayerWave({ wave, duration, at, markers, seek }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(1080);
  const [drag, setDrag] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = new ResizeObserver(([entry]) => setWidth(Math.max(120, Math.round(entry?.contentRect.width ?? 1080))));
    measure.observe(element);
    return () => measure.disconnect();
  }, []);
  const x = (t: number): number => (duration > 0 ? Math.min(width, (t / duration) * width) : 0);
  const to = (e: PointerEvent): void => {
    const place = box.current?.getBoundingClientRect();
    if (place) seek(Math.max(0, Math.min(1, (e.clientX - place.left) / place.width)) * duration);
  };
  return (
    <div
      class="wave"
      ref={box}
      role="slider"
      tabIndex={0}
      aria-label={say("player.position")}
      aria-valuemin={0}
      aria-valuemax={Math.round(duration)}
      aria-valuenow={Math.round(Math.min(at, duration))}
      aria-valuetext={say("player.position.of", { at: timeWords(at), all: timeWords(duration) })}
      onPointerDown={(e) => {
        if (e.button !== 0) return;
        e.currentTarget.setPointerCapture(e.pointerId);
        setDrag(true);
        to(e);
      }}
      onPointerMove={(e) => {
        if (drag) to(e);
      }}
      onPointerUp={() => setDrag(false)}
      onPointerCancel={() => setDrag(false)}
    >
      <svg viewBox={`0 0 ${width} ${HEIGHT + 18}`} aria-hidden="true">
        <Picture wave={wave} width={width} x={x(at)} />
        <Shades stretches={wave?.hold ?? []} look="wv-hold" word={say("player.hold")} x={x} />
        <Shades stretches={wave?.muted ?? []} look="wv-mute" word={say("player.muted")} x={x} />
        {markers.map((m, i) => <Flag key={m.id} marker={m} number={i + 1} x={x(m.at)} to={x(m.at + m.length)} last={x(m.at) > width - 18} />)}
        <path class="wv-at" d={`M${x(at).toFixed(1)} ${TOP - 4}V${FOOT}`} />
        <circle class="wv-at-dot" cx={x(at)} cy={TOP - 4} r="4" />
        {axisOf(duration, width).map((t) => <text key={t} x={x(t)} y={HEIGHT + 14} text-anchor={t === 0 ? "start" : "middle"}>{span(t)}</text>)}
      </svg>
    </div>
  );
}

function timeWords(secs: number): string {
  const { h, m, s } = spoken(secs);
  const parts = [h ? say("player.h", { n: h }) : "", m ? say("player.min", { n: m }) : "", s || (!h && !m) ? say("player.s", { n: s }) : ""];
  return parts.filter(Boolean).join(" ");
}

/** The bars, once pale and once in full up to the present moment. One channel is drawn on both sides of the line. */
function Picture({ wave, width, x }: { wave: Wave | null; width: number; x: number }) {
  if (!wave || wave.channels.length === 0) return <path class="wv-line" d={`M0 ${LINE + 1}H${width}`} />;
  const bars = Math.max(10, Math.floor(width / STEP));
  const step = width / bars;
  // In a recording of two legs the caller is left and the agent right.
  const lower = barsOf(peaksOf(wave.channels[0] ?? ""), bars);
  const upper = wave.channels[1] === undefined ? lower : barsOf(peaksOf(wave.channels[1]), bars);
  const one = wave.channels[1] === undefined;
  const up = barPath(upper, step, LINE, ROOM);
  const down = barPath(lower, step, LINE + 3, -ROOM);
  return (
    <>
      <clipPath id="wv-played"><rect x="0" y="0" width={x} height={HEIGHT} /></clipPath>
      <path class="wv-d pale" d={up} />
      <path class={one ? "wv-d pale" : "wv-d2 pale"} d={down} />
      <g clip-path="url(#wv-played)">
        <path class="wv-d" d={up} />
        <path class={one ? "wv-d" : "wv-d2"} d={down} />
      </g>
    </>
  );
}

function Shades({ stretches, look, word, x }: { stretches: readonly Stretch[]; look: string; word: string; x: (t: number) => number }) {
  return (
    <>
      {stretches.map(([from = 0, to = 0]) => {
        const left = x(from);
        const wide = Math.max(2, x(to) - left);
        return (
          <g key={from}>
            <rect class={look} x={left} y={TOP} width={wide} height={FOOT - TOP - 6} rx="2" />
            {wide > word.length * 6.5 + 8 ? <text x={left + wide / 2} y={LINE + 5} text-anchor="middle">{word}</text> : null}
          </g>
        );
      })}
    </>
  );
}

function Flag({ marker, number, x, to, last }: { marker: Marker; number: number; x: number; to: number; last: boolean }) {
  return (
    <g class={`mk-${marker.colour}`}>
      {to > x + 1 ? <rect class="mk-range" x={x} y={TOP} width={to - x} height={FOOT - TOP} /> : null}
      <path class="mk-pole" d={`M${x.toFixed(1)} ${TOP - 6}V${FOOT}`} />
      <path class="mk-flag" d={last ? `M${x.toFixed(1)} ${TOP - 6}h-16v12h16z` : `M${x.toFixed(1)} ${TOP - 6}h16v12h-16z`} />
      <text class="mk-n" x={x + (last ? -8 : 8)} y={TOP + 4} text-anchor="middle">{number}</text>
    </g>
  );
}
