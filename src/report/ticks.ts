import { exponentOf } from "./exponent.js";

export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** About so many round numbers between two, each written with as many decimals as the step needs. */
export function ticks(low: number, high: number, count: number): readonly Tick[] {
  const rough = (high - low) / count;
  const power = Number(`1e${exponentOf(rough)}`);
  const lead = rough / power;
  const step = (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10) * power;
  const decimals = Math.max(0, -exponentOf(step));
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const found: Tick[] = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++) {
    const value = i * step;
    const label = largest >= 1e7 || decimals > 6 ? value.toExponential(1) : value.toFixed(decimals);
    found.push({ value, label: label.replace("-", "−") });
  }
  return found;
}

/** Numbers closer than this share of their size are one to the eye; what differs by rounding must not fill an axis. */
const NARROWEST = 1e-6;

/** What an axis shows for numbers between two: some room around them, and never nothing. */
export function roomAround(low: number, high: number): readonly [number, number] {
  const size = Math.max(Math.abs(low), Math.abs(high));
  const margin = high - low > NARROWEST * size ? (high - low) * 0.06 : size * 0.01 || 1;
  return [low - margin, high + margin];
}

/** A linear map of one interval onto another. */
export function scale(value: number, from: readonly [number, number], to: readonly [number, number]): number {
  return to[0] + ((value - from[0]) / (from[1] - from[0])) * (to[1] - to[0]);
}
