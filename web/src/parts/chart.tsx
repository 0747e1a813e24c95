// A chart of calls over slots: bars of answered and lost, under them the share in time with its goal, on one axis.
// The drawing code is fetched when the chart comes into view; a sentence and the table say the same figures.

import { useEffect, useRef, useState } from "preact/hooks";
import { goal as goalText, int, percent } from "../lib/format";
import type { Series } from "../lib/series";
import { say } from "../words";
import type { Drawing } from "./chart-draw";
import { Skeleton } from "./message";

interface Props {
  series: Series;
  goal?: number | null;
  /** Sentence for those who do not see the picture. */
  sentence: string;
}

export function Chart({ series, goal = null, sentence }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const drawing = useRef<Drawing | null>(null);
  const [seen, setSeen] = useState(false);
  const [read, setRead] = useState<number | null>(null);
  const data = JSON.stringify([series, goal]);

  useEffect(() => {
    const target = box.current;
    if (!target) return;
    const watcher = new IntersectionObserver((entries) => {
      if (!entries.some((e) => e.isIntersecting)) return;
      watcher.disconnect();
      setSeen(true);
    });
    watcher.observe(target);
    return () => watcher.disconnect();
  }, []);

  useEffect(() => {
    if (!seen) return;
    let stay = true;
    void import("./chart-draw").then(({ draw }) => {
      if (stay && box.current) drawing.current = draw(box.current, series, goal, setRead);
    });
    return () => {
      stay = false;
      drawing.current?.stop();
      drawing.current = null;
    };
  }, [seen, data]);

  const move = (e: KeyboardEvent): void => {
    const last = series.keys.length - 1;
    const next = { ArrowLeft: Math.max(0, (read ?? last + 1) - 1), ArrowRight: Math.min(last, (read ?? -1) + 1), Home: 0, End: last }[e.key];
    if (next === undefined) return;
    e.preventDefault();
    drawing.current?.point(next);
  };

  return (
    <div class="chart">
      <div class="plots" ref={box} role="img" aria-label={sentence} tabIndex={0} onKeyDown={move}>
        {seen ? null : <Skeleton rows={4} cols={1} />}
      </div>
      <p class="readout sm" role="status">{read === null ? "\u00a0" : readout(series, read)}</p>
    </div>
  );
}

function readout(s: Series, i: number): string {
  const parts = [s.keys[i] ?? ""];
  if (s.answered) parts.push(say("chart.answered", { n: int(s.answered.values[i] ?? 0) }));
  if (s.lost) parts.push(say("chart.lost", { n: int(s.lost.values[i] ?? 0) }));
  if (s.share) parts.push(`${s.share.label} ${percent(s.share.values[i] ?? null)}`);
  if (s.other) parts.push(`${s.other.label} ${int(s.other.values[i] ?? null)}`);
  if (s.before) parts.push(say("compare.then", { n: int(s.before[i] ?? null) }));
  return parts.join(", ");
}

export function Legend({ series, goal, before }: { series: Series; goal?: number | null; before?: string }) {
  return (
    <p class="legend">
      {series.answered ? <span><i class="x1" />{series.answered.label}</span> : null}
      {series.lost ? <span><i class="x2" />{series.lost.label}</span> : null}
      {series.other ? <span><i class="x1" />{series.other.label}</span> : null}
      {series.before ? <span><i class="ln x4" />{before}</span> : null}
      {series.share ? <span><i class="ln x3" />{series.share.label.includes("%") ? series.share.label : `${series.share.label}, %`}</span> : null}
      {series.share && goal ? <span><i class="ln xg" />{say("wall.goal", { goal: goalText(goal) })}</span> : null}
    </p>
  );
}
