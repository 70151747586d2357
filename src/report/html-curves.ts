import type { LadderRow, PassRow } from "../executors/extra-runs.js";
import { escaped } from "./html-text.js";
import { scale, type Tick, ticks } from "./ticks.js";
import { withError } from "./with-error.js";

const WIDTH = 320;
const HEIGHT = 180;
const EDGE = { top: 10, right: 10, bottom: 34, left: 66 };

/** A mark of a chart: where it stands, and its interval. */
type Mark = Omit<LadderRow, "spot"> & { readonly at: number };

interface Axis {
  /** What stands below, and is said of each mark. */
  readonly name: string;
  readonly ticks: (marks: readonly Mark[]) => readonly Tick[];
  readonly scale: (value: number) => number;
}

const SPOT: Axis = {
  name: "spot",
  ticks: (marks) => ticks(marks[0]!.at, marks.at(-1)!.at, 3),
  scale: (value) => value,
};
const PATHS: Axis = {
  name: "paths",
  ticks: (marks) =>
    marks.map(({ at }) => ({ value: at, label: at >= 1024 ? `${Math.round(at / 1024)}k` : String(at) })),
  scale: Math.log2,
};

/** A chart per underlying and Greek: the book against the spot, with 95 % intervals. */
export function ladderCharts(rows: readonly LadderRow[]): string {
  return charts(
    rows.map(({ spot, ...row }) => ({ ...row, at: spot })),
    SPOT,
  );
}

/** The same against the number of paths. */
export function convergenceCharts(rows: readonly PassRow[]): string {
  return charts(
    rows.map(({ paths, ...row }) => ({ ...row, at: paths })),
    PATHS,
  );
}

function charts(marks: readonly Mark[], axis: Axis): string {
  const groups = new Map<string, Mark[]>();
  for (const mark of marks) {
    const title = `${mark.underlying}: ${mark.greek} (${mark.unit})`;
    groups.set(title, [...(groups.get(title) ?? []), mark]);
  }
  return `<div class="charts">${[...groups].map(([title, group]) => chart(title, group, axis)).join("")}</div>`;
}

function chart(title: string, marks: readonly Mark[], axis: Axis): string {
  const [first, last] = [axis.scale(marks[0]!.at), axis.scale(marks.at(-1)!.at)];
  const [low, high] = [
    Math.min(...marks.map((mark) => mark.low)),
    Math.max(...marks.map((mark) => mark.high)),
  ];
  const margin = (high - low) * 0.06 || Math.abs(high) * 0.01 || 1;
  const range = [low - margin, high + margin] as const;
  const across = [EDGE.left + 6, WIDTH - EDGE.right - 6] as const;
  const x = (at: number) =>
    scale(axis.scale(at), first === last ? [first - 1, first + 1] : [first, last], across).toFixed(1);
  const y = (value: number) => scale(value, range, [HEIGHT - EDGE.bottom, EDGE.top]).toFixed(1);
  const grid = ticks(...range, 4).map(
    ({ value, label }) =>
      `<line class="axis" x1="${EDGE.left}" x2="${WIDTH - EDGE.right}" y1="${y(value)}" y2="${y(value)}"/><text x="${EDGE.left - 6}" y="${Number(y(value)) + 4}" text-anchor="end">${label}</text>`,
  );
  const below = axis
    .ticks(marks)
    .map(
      ({ value, label }) =>
        `<text x="${x(value)}" y="${HEIGHT - EDGE.bottom + 14}" text-anchor="middle">${label}</text>`,
    );
  const drawn = marks.map((mark) => {
    const tip = `${axis.name} ${Number(mark.at.toPrecision(6))}: ${withError(mark.value, mark.standardError)} ${mark.unit}`;
    return `<g><title>${escaped(tip)}</title><line class="mark" x1="${x(mark.at)}" x2="${x(mark.at)}" y1="${y(mark.low)}" y2="${y(mark.high)}"/><circle class="mark" cx="${x(mark.at)}" cy="${y(mark.value)}" r="2.5"/></g>`;
  });
  const line = marks.map(({ at, value }) => `${x(at)},${y(value)}`);
  return `<figure><figcaption>${escaped(title)}</figcaption><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="100%" role="img" aria-label="${escaped(title)} against ${axis.name}, with 95 % intervals">${grid.join("")}${below.join("")}<text class="soft" x="${WIDTH - EDGE.right}" y="${HEIGHT - 4}" text-anchor="end">${axis.name}</text><polyline class="curve" points="${line.join(" ")}"/>${drawn.join("")}</svg></figure>`;
}
