// The hours of today on the wallboard: bars of answered and lost, below them the share in time with its goal. Drawn
// as plain SVG in the measure of its box, so that a screen on the wall needs no chart library.

import { useEffect, useRef, useState } from "preact/hooks";
import { int } from "../lib/format";
import { ceiling, slotLabel, type Series } from "../lib/series";
import { sayCore as say } from "../words";

const LEFT = 40;
const TOP = 8;
const FOOT = 24;
/** Part of the height the share takes, and the gap above it. */
const SHARE = 0.26;
const GAP = 14;
/** Lowest share drawn: under it the line leaves at the foot. */
const FLOOR = 40;

export function WallChart({ series, goal }: { series: Series; goal: number }) {
  const box = useRef<HTMLDivElement>(null);
  const [size, set] = useState<[number, number]>([1100, 300]);
  useEffect(() => {
    const target = box.current;
    if (!target) return;
    // One unit of the picture is a seventieth of the smaller side of the screen, whatever that screen is.
    const measure = (): void => {
      const unit = Math.min(innerWidth, innerHeight) / 700;
      set([Math.max(300, target.clientWidth / unit), Math.max(120, target.clientHeight / unit)]);
    };
    const watcher = new ResizeObserver(measure);
    watcher.observe(target);
    return () => watcher.disconnect();
  }, []);
  const answered = series.answered?.values ?? [];
  const lost = series.lost?.values ?? [];
  const sum = (values: readonly (number | null)[]): string => int(values.reduce<number>((s, v) => s + (v ?? 0), 0));
  return (
    <section class="wp">
      <h2>
        {say("wall.chart")}
        <span class="legend push">
          <span><i class="x1" />{say("col.answered")}</span>
          <span><i class="x2" />{say("col.lost")}</span>
          {series.share ? <span><i class="ln x3" />{series.share.label}</span> : null}
        </span>
      </h2>
      <div class="wall-chart" ref={box}>
        <svg viewBox={`0 0 ${size[0]} ${size[1]}`} role="img" aria-label={say("wall.chart.say", { answered: sum(answered), lost: sum(lost) })}>
          <Drawn series={series} width={size[0]} height={size[1]} goal={goal} />
        </svg>
      </div>
    </section>
  );
}

function Drawn({ series, width, height, goal }: { series: Series; width: number; height: number; goal: number }) {
  const answered = series.answered?.values ?? [];
  const lost = series.lost?.values ?? [];
  const share = series.share?.values ?? null;
  const room = height - TOP - FOOT;
  const bars = share ? room * (1 - SHARE) - GAP : room;
  const foot = TOP + bars;
  const { most, step } = ceiling(Math.max(1, ...answered.map((a, i) => (a ?? 0) + (lost[i] ?? 0))));
  const y = (v: number): number => TOP + bars * (1 - v / most);
  const shareY = (v: number): number => foot + GAP + (height - FOOT - foot - GAP) * (1 - (Math.max(FLOOR, v) - FLOOR) / (100 - FLOOR));
  const slot = (width - LEFT) / Math.max(series.keys.length, 1);
  const bar = Math.min(slot * 0.68, 60);
  const middle = (i: number): number => LEFT + slot * (i + 0.5);
  const every = Math.max(1, Math.ceil((series.keys.length * 56) / (width - LEFT)));
  const line = share?.flatMap((v, i) => (v === null ? [] : [`${middle(i).toFixed(1)},${shareY(v).toFixed(1)}`])) ?? [];
  const ticks = Array.from({ length: Math.round(most / step) + 1 }, (_, i) => i * step);
  return (
    <>
      {ticks.map((v) => (
        <g key={v}>
          <path d={`M${LEFT} ${y(v)}H${width}`} stroke="var(--c-grid)" />
          <text x={LEFT - 8} y={y(v) + 4} text-anchor="end">{int(v)}</text>
        </g>
      ))}
      {series.keys.map((key, i) => {
        const a = answered[i] ?? 0;
        const all = a + (lost[i] ?? 0);
        const x = middle(i) - bar / 2;
        return (
          <g key={key}>
            <rect x={x} y={y(a)} width={bar} height={y(0) - y(a)} fill="var(--c1)" />
            <rect x={x} y={y(all)} width={bar} height={Math.max(0, y(a) - y(all) - 1.5)} fill="var(--c2)" />
            {i % every === 0 ? <text x={middle(i)} y={height - 5} text-anchor="middle">{slotLabel(key)}</text> : null}
          </g>
        );
      })}
      {share ? (
        <>
          <path d={`M${LEFT} ${shareY(goal)}H${width}`} stroke="var(--c-goal)" stroke-dasharray="4 3" />
          <text x={LEFT - 8} y={shareY(goal) + 4} text-anchor="end">{int(goal)}</text>
          <polyline points={line.join(" ")} fill="none" stroke="var(--c3)" stroke-width="2.4" stroke-linejoin="round" />
        </>
      ) : null}
    </>
  );
}
