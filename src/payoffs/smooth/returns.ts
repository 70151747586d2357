import { add, constant, divide, input, inverseNormal, market, multiply, sqrt, subtract } from "../build.js";
import type { Expression } from "../expression.js";

/** The log-return from the date `after` (−1 is today) to a later one: N(mean, deviation²) given the latent path. */
export function returnLaw(
  after: number,
  date: number,
): { readonly mean: Expression; readonly deviation: Expression } {
  const intervals = Array.from({ length: date - after }, (_, i) => after + 1 + i);
  const means = intervals.map((interval): Expression => market("drift", interval));
  const deviations = intervals.map((interval): Expression => market("deviation", interval));
  return {
    mean: means.reduce(add),
    deviation:
      deviations.length === 1 ? deviations[0]! : sqrt(deviations.map((s) => multiply(s, s)).reduce(add)),
  };
}

/** The standard normal of an interval, from its uniform. */
export function normalOf(interval: number): Expression {
  return inverseNormal(input(interval));
}

/**
 * Standard normals of the intervals 1, 2, … (that of the first interval is left out) by a Brownian bridge over their dates, so that
 * the first uniforms decide where the path ends and the last only its details, as scrambled nets like it.
 * Caflisch, Morokoff and Owen, J. Comput. Finance 1 (1997) 27.
 */
export function bridgedNormals(dates: readonly number[]): readonly Expression[] {
  const times = dates.map((date) => date - dates[0]!);
  const last = dates.length - 1;
  if (last < 1) return [constant(0)];
  let used = 1;
  const motion: Expression[] = [constant(0)];
  motion[last] = multiply(normalOf(used++), Math.sqrt(times[last]!));
  // Midpoints, breadth first.
  const gaps: [number, number][] = [[0, last]];
  for (const [from, to] of gaps) {
    if (to - from < 2) continue;
    const middle = (from + to) >> 1;
    const [before, after] = [times[middle]! - times[from]!, times[to]! - times[middle]!];
    const span = before + after;
    motion[middle] = add(
      add(multiply(motion[from]!, after / span), multiply(motion[to]!, before / span)),
      multiply(normalOf(used++), Math.sqrt((before * after) / span)),
    );
    gaps.push([from, middle], [middle, to]);
  }
  return times.map((time, k) =>
    k === 0 ? constant(0) : divide(subtract(motion[k]!, motion[k - 1]!), Math.sqrt(time - times[k - 1]!)),
  );
}
