export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** About so many round numbers between two, each written with as many decimals as the step needs. */
export function ticks(low: number, high: number, count: number): readonly Tick[] {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough)!;
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const found: Tick[] = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++) {
    const value = i * step;
    const label = largest >= 1e7 || decimals > 6 ? value.toExponential(1) : value.toFixed(decimals);
    found.push({ value, label: label.replace("-", "−") });
  }
  return found;
}

/** A linear map of one interval onto another. */
export function scale(value: number, from: readonly [number, number], to: readonly [number, number]): number {
  return to[0] + ((value - from[0]) / (from[1] - from[0])) * (to[1] - to[0]);
}
