// How the wallboard deals its rows onto pages. Pure: heights come in as shares of the smaller side of the screen.

/** Heights in vmin, as the wallboard's sheet draws them. */
const QUEUE_ROW = 5.4;
const AGENT_ROW = 4.9;
const HEAD = 4.6;
/** A chart lower than this says nothing. */
const CHART = 26;

export interface Deal {
  queues: number;
  agents: number;
  chart: boolean;
  pages: number;
}

/** Rows a page holds and how many pages follow, for a body of `height` vmin. */
export function deal(height: number, queues: number, agents: number, chartWanted: boolean): Deal {
  const room = Math.max(1, Math.floor((height - HEAD) / QUEUE_ROW));
  const agentRoom = Math.max(1, Math.floor((height - HEAD) / AGENT_ROW));
  // The chart stays where all queues fit above it; otherwise the queues get the whole height.
  const chart = chartWanted && HEAD + queues * QUEUE_ROW + CHART <= height;
  const pages = Math.max(1, Math.ceil(queues / room), Math.ceil(agents / agentRoom));
  return { queues: room, agents: agentRoom, chart, pages };
}

/** The rows of one page; a list with fewer pages than the board starts again, so that no half stands empty. */
export function dealt<T>(rows: readonly T[], size: number, page: number): readonly T[] {
  const own = Math.max(1, Math.ceil(rows.length / size));
  const start = (page % own) * size;
  return rows.slice(start, start + size);
}
