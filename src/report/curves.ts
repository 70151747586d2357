import type { LadderRow, PassRow } from "../executors/extra-runs.js";
import { CHART_WIDTH, type Chart } from "./chart.js";
import { escaped } from "./html-text.js";
import { roomAround, scale, type Tick, ticks } from "./ticks.js";
import { withError } from "./with-error.js";

const HEIGHT = 180;
const EDGE = { top: 10, right: 10, bottom: 34, left: 66 };

/** A mark of a chart: where it stands, and its interval. */
type Mark = Omit<LadderRow, "spot"> & { readonly at: number };

interface Axis {
  /** What is said of each mark. */
  readonly name: string;
  /** What stands below. */
  readonly label: (currency: string) => string;
  readonly ticks: (marks: readonly Mark[]) => readonly Tick[];
  readonly scale: (value: number) => number;
}

const SPOT: Axis = {
  name: "spot",
  label: (currency) => `spot, ${currency}`,
  ticks: (marks) => ticks(marks[0]!.at, marks.at(-1)!.at, 3),
  scale: (value) => value,
};
const PATHS: Axis = {
  name: "paths",
  label: () => "paths",
  ticks: (marks) =>
    marks.map(({ at }) => ({ value: at, label: at >= 1024 ? `${Math.round(at / 1024)}k` : String(at) })),
  scale: Math.log2,
};

/** A chart per underlying and Greek: the book against the spot, with 95 % intervals. */
export function ladderCharts(rows: readonly LadderRow[]): readonly Chart[] {
  return charts(
    rows.map(({ spot, ...row }) => ({ ...row, at: spot })),
    SPOT,
  );
}

/** The same against the number of paths. */
export function convergenceCharts(rows: readonly PassRow[]): readonly Chart[] {
  return charts(
    rows.map(({ paths, ...row }) => ({ ...row, at: paths })),
    PATHS,
  );
}

function charts(marks: readonly Mark[], axis: Axis): readonly Chart[] {
  const groups = new Map<string, Mark[]>();
  for (const mark of marks) {
    const key = JSON.stringify([mark.underlying, mark.greek, mark.unit]);
    groups.set(key, [...(groups.get(key) ?? []), mark]);
  }
  return [...groups.values()].map((group) => chart(group, axis));
}

function chart(marks: readonly Mark[], axis: Axis): Chart {
  const { underlying, greek, unit, currency } = marks[0]!;
  const [first, last] = [axis.scale(marks[0]!.at), axis.scale(marks.at(-1)!.at)];
  const [low, high] = [
    Math.min(...marks.map((mark) => mark.low)),
    Math.max(...marks.map((mark) => mark.high)),
  ];
  const range = roomAround(low, high);
  const across = [EDGE.left + 6, CHART_WIDTH - EDGE.right - 6] as const;
  const x = (at: number) =>
    scale(axis.scale(at), first === last ? [first - 1, first + 1] : [first, last], across).toFixed(1);
  const y = (value: number) => scale(value, range, [HEIGHT - EDGE.bottom, EDGE.top]).toFixed(1);
  const grid = ticks(...range, 4).map(
    ({ value, label }) =>
      `<line class="axis" x1="${EDGE.left}" x2="${CHART_WIDTH - EDGE.right}" y1="${y(value)}" y2="${y(value)}"/><text x="${EDGE.left - 6}" y="${Number(y(value)) + 4}" text-anchor="end">${label}</text>`,
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
  const label = `<text class="soft" x="${CHART_WIDTH - EDGE.right}" y="${HEIGHT - 4}" text-anchor="end">${escaped(axis.label(currency))}</text>`;
  const curve = `<polyline class="curve" points="${line.join(" ")}"/>`;
  return {
    ...{ title: `${underlying}: ${greek}`, unit, height: HEIGHT },
    label: `${underlying}: ${greek} (${unit}) against ${axis.label(currency)}, with 95 % intervals`,
    content: `${grid.join("")}${below.join("")}${label}${curve}${drawn.join("")}`,
  };
}
