// Draws the plots of a chart with uPlot: bars above, share below, one pointer for both. Colours come from the
// tokens, so the plots are drawn again when the theme turns.

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { slotLabel, type Series } from "../lib/series";

export interface Drawing {
  /** Moves the pointer to a slot. */
  point: (index: number) => void;
  stop: () => void;
}

const TALL = 190;
const LOW = 90;
const NARROW = 480;

export function draw(box: HTMLElement, series: Series, goal: number | null, onRead: (index: number | null) => void): Drawing {
  let plots: uPlot[] = [];
  const key = `chart${Math.random()}`;

  const build = (): void => {
    for (const p of plots) p.destroy();
    box.replaceChildren();
    const width = Math.max(200, box.clientWidth);
    plots = [new uPlot(barOptions(series, width, key, onRead, series.share === null), barData(series), box)];
    if (series.share) plots.push(new uPlot(shareOptions(series, goal, width, key), [indexes(series), series.share.values], box));
  };

  build();
  const sized = new ResizeObserver(() => {
    const width = Math.max(200, box.clientWidth);
    for (const p of plots) if (Math.abs(p.width - width) > 1) p.setSize({ width, height: p.height });
  });
  sized.observe(box);
  const themed = new MutationObserver(build);
  themed.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", build);

  return {
    point: (index) => {
      const p = plots[0];
      if (p) p.setCursor({ left: p.valToPos(index, "x"), top: 1 });
    },
    stop: () => {
      sized.disconnect();
      themed.disconnect();
      dark.removeEventListener("change", build);
      for (const p of plots) p.destroy();
    },
  };
}

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const indexes = (s: Series): number[] => s.keys.map((_, i) => i);
const FONT = "11px system-ui, sans-serif";
const GUTTER = 44;

function barData(s: Series): uPlot.AlignedData {
  const before = s.before ? [s.before] : [];
  if (!s.answered) return [indexes(s), s.other?.values ?? [], ...before];
  const answered = s.answered.values;
  if (!s.lost) return [indexes(s), answered, ...before];
  // The upper part of a stack is drawn as the whole, behind the lower one.
  const whole = s.lost.values.map((v, i) => (v ?? 0) + (answered[i] ?? 0));
  return [indexes(s), whole, answered, ...before];
}

function base(s: Series, width: number, height: number, key: string, labels: boolean): uPlot.Options {
  const every = Math.max(1, Math.ceil((s.keys.length * (width < NARROW ? 54 : 64)) / (width - GUTTER)));
  return {
    width, height,
    legend: { show: false },
    padding: [8, 8, labels ? 0 : 4, 0],
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false }, sync: { key } },
    scales: { x: { time: false, range: [-0.6, s.keys.length - 0.4] } },
    axes: [
      {
        show: labels, size: 24, stroke: token("--c-axis"), font: FONT, grid: { show: false }, ticks: { show: false },
        splits: () => indexes(s).filter((i) => i % every === 0),
        values: (_, splits) => splits.map((i) => slotLabel(s.keys[i] ?? "")),
      },
      { size: GUTTER, stroke: token("--c-axis"), font: FONT, grid: { stroke: token("--c-grid"), width: 1 }, ticks: { show: false } },
    ],
    series: [{}],
  };
}

function barOptions(s: Series, width: number, key: string, onRead: (index: number | null) => void, labels: boolean): uPlot.Options {
  const bars = uPlot.paths.bars?.({ size: [0.68, 46] });
  const fill = (name: string): uPlot.Series => ({ fill: token(name), width: 0, points: { show: false }, ...(bars ? { paths: bars } : {}) });
  const options = base(s, width, TALL, key, labels);
  // The other period is a mark across each bar: told from it by its form, not by its colour alone.
  const line: uPlot.Series = { stroke: token("--c4"), width: 3, points: { show: false }, paths: marks };
  options.series = [{}, ...(s.lost ? [fill("--c2")] : []), fill("--c1"), ...(s.before ? [line] : [])];
  options.scales = { ...options.scales, y: { range: (_, __, max) => [0, Math.max(4, max * 1.05)] } };
  options.hooks = { setCursor: [(u) => onRead(typeof u.cursor.idx === "number" && (u.cursor.left ?? -1) >= 0 ? u.cursor.idx : null)] };
  return options;
}

/** A short line at the height of each value. */
const marks: uPlot.Series.PathBuilder = (u, index, first, last) => {
  const stroke = new Path2D();
  const half = Math.min(23 * devicePixelRatio, (0.38 * u.bbox.width) / Math.max(1, u.data[0].length));
  for (let i = first; i <= last; i += 1) {
    const value = u.data[index]?.[i];
    if (typeof value !== "number") continue;
    const x = u.valToPos(u.data[0][i] ?? i, "x", true);
    const y = u.valToPos(value, "y", true);
    stroke.moveTo(x - half, y);
    stroke.lineTo(x + half, y);
  }
  return { stroke };
};

function shareOptions(s: Series, goal: number | null, width: number, key: string): uPlot.Options {
  const options = base(s, width, LOW, key, true);
  options.series = [{}, { stroke: token("--c3"), width: 2, spanGaps: false, points: { size: 5, fill: token("--c3") } }];
  options.scales = { ...options.scales, y: { range: [0, 105] } };
  const y = options.axes?.[1];
  if (y) y.splits = () => (goal ? [0, goal, 100] : [0, 50, 100]);
  options.hooks = {
    draw: [
      (u) => {
        if (!goal) return;
        const at = u.valToPos(goal, "y", true);
        u.ctx.save();
        u.ctx.strokeStyle = token("--c-goal");
        u.ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
        u.ctx.beginPath();
        u.ctx.moveTo(u.bbox.left, at);
        u.ctx.lineTo(u.bbox.left + u.bbox.width, at);
        u.ctx.stroke();
        u.ctx.restore();
      },
    ],
  };
  return options;
}
