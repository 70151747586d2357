import type { Total } from "../analysis/result.js";
import { CHART_WIDTH, type Chart } from "./chart.js";
import { escaped } from "./html-text.js";
import { withError } from "./with-error.js";

const LABEL = 84;
const ROW = 22;

/** One small chart per Greek and unit: the totals of the underlyings as dots with their 95 % intervals. */
export function totalsCharts(totals: readonly Total[]): readonly Chart[] {
  const groups = new Map<string, Total[]>();
  for (const total of totals) {
    if (total.underlying === "*") continue;
    const key = JSON.stringify([total.greek, total.unit]);
    groups.set(key, [...(groups.get(key) ?? []), total]);
  }
  return [...groups.values()].map(chart);
}

function chart(totals: readonly Total[]): Chart {
  const { greek, unit } = totals[0]!;
  const low = Math.min(0, ...totals.map((total) => total.low));
  const high = Math.max(0, ...totals.map((total) => total.high));
  const span = high - low || 1;
  const x = (value: number) => (LABEL + 8 + ((value - low) / span) * (CHART_WIDTH - LABEL - 20)).toFixed(1);
  const height = totals.length * ROW + 26;
  const lines = totals.map((total, i) => {
    const y = i * ROW + 14;
    const tip = `${total.underlying}: ${withError(Number(total.value), total.standardError)} ${total.unit}`;
    return `<g><title>${escaped(tip)}</title><text x="${LABEL}" y="${y + 4}" text-anchor="end">${escaped(short(total.underlying))}</text><line class="mark" x1="${x(total.low)}" x2="${x(total.high)}" y1="${y}" y2="${y}"/><circle class="mark" cx="${x(Number(total.value))}" cy="${y}" r="3"/></g>`;
  });
  const axis = totals.length * ROW + 4;
  const ends = low < 0 && high > 0 ? [low, 0, high] : [low, high];
  // A 0 next to an end would run into its number.
  const crowded = ends.length === 3 && Math.min(-low, high) / span < 0.2;
  const ticks = ends.map((value) => {
    const line = `<line class="axis" x1="${x(value)}" x2="${x(value)}" y1="0" y2="${axis}"/>`;
    if (crowded && value === 0) return line;
    return `${line}<text class="soft" x="${x(value)}" y="${axis + 14}" text-anchor="${anchor(value, ends)}">${String(Number(value.toPrecision(3))).replace("-", "−")}</text>`;
  });
  return {
    ...{ title: greek, unit, height },
    label: `${greek} (${unit}) by underlying, with 95 % intervals`,
    content: `${ticks.join("")}${lines.join("")}`,
  };
}

function anchor(value: number, ends: readonly number[]): string {
  if (value === ends[0]) return "start";
  return value === ends.at(-1) ? "end" : "middle";
}

function short(name: string): string {
  return name.length > 12 ? `${name.slice(0, 11)}…` : name;
}
