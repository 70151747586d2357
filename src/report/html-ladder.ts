import type { LadderRow } from "../executors/ladder.js";
import { escaped } from "./html-text.js";
import { scale, ticks } from "./ticks.js";
import { withError } from "./with-error.js";

const WIDTH = 320;
const HEIGHT = 180;
const EDGE = { top: 10, right: 10, bottom: 34, left: 66 };

/** A chart per underlying and Greek: the book against the spot, with 95 % intervals. */
export function ladderCharts(rows: readonly LadderRow[]): string {
  const charts = new Map<string, LadderRow[]>();
  for (const row of rows) {
    const title = `${row.underlying}: ${row.greek} (${row.unit})`;
    charts.set(title, [...(charts.get(title) ?? []), row]);
  }
  const drawn = [...charts].map(([title, rungs]) => chart(title, rungs));
  return `<div class="charts">${drawn.join("")}</div>`;
}

function chart(title: string, rungs: readonly LadderRow[]): string {
  const spots = rungs.map(({ spot }) => spot);
  const [first, last] = [Math.min(...spots), Math.max(...spots)];
  const [low, high] = [
    Math.min(...rungs.map((rung) => rung.low)),
    Math.max(...rungs.map((rung) => rung.high)),
  ];
  const margin = (high - low) * 0.06 || Math.abs(high) * 0.01 || 1;
  const range = [low - margin, high + margin] as const;
  const x = (spot: number) => scale(spot, [first, last], [EDGE.left + 6, WIDTH - EDGE.right - 6]).toFixed(1);
  const y = (value: number) => scale(value, range, [HEIGHT - EDGE.bottom, EDGE.top]).toFixed(1);
  const grid = ticks(...range, 4).map(
    ({ value, label }) =>
      `<line class="axis" x1="${EDGE.left}" x2="${WIDTH - EDGE.right}" y1="${y(value)}" y2="${y(value)}"/><text x="${EDGE.left - 6}" y="${Number(y(value)) + 4}" text-anchor="end">${label}</text>`,
  );
  const below = ticks(first, last, 3).map(
    ({ value, label }) =>
      `<text x="${x(value)}" y="${HEIGHT - EDGE.bottom + 14}" text-anchor="middle">${label}</text>`,
  );
  const line = rungs.map(({ spot, value }) => `${x(spot)},${y(value)}`);
  const marks = rungs.map((rung) => {
    const tip = `spot ${Number(rung.spot.toPrecision(6))}: ${withError(rung.value, rung.standardError)} ${rung.unit}`;
    return `<g><title>${escaped(tip)}</title><line class="mark" x1="${x(rung.spot)}" x2="${x(rung.spot)}" y1="${y(rung.low)}" y2="${y(rung.high)}"/><circle class="mark" cx="${x(rung.spot)}" cy="${y(rung.value)}" r="2.5"/></g>`;
  });
  return `<figure><figcaption>${escaped(title)}</figcaption><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="100%" role="img" aria-label="${escaped(title)} against the spot, with 95 % intervals">${grid.join("")}${below.join("")}<text class="soft" x="${WIDTH - EDGE.right}" y="${HEIGHT - 4}" text-anchor="end">spot</text><polyline class="curve" points="${line.join(" ")}"/>${marks.join("")}</svg></figure>`;
}
