import { bridgeSteps } from "../../numerics/brownian-bridge.js";
import { add, constant, input, inverseNormal, market, multiply, sqrt, subtract } from "../build.js";
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
 * Standard normals of the intervals 1, 2, … (that of the first interval is left out), from a Brownian bridge over their dates. Input
 * k is the k-th uniform that the bridge uses.
 */
export function bridgedNormals(dates: readonly number[]): readonly Expression[] {
  const times = dates.map((date) => date - dates[0]!);
  const motion: Expression[] = [constant(0)];
  for (const [i, { at, from, fromWeight, to, toWeight, deviation }] of bridgeSteps(times).entries()) {
    const own = multiply(normalOf(i + 1), deviation);
    const left = from === null ? constant(0) : multiply(motion[from]!, fromWeight);
    const right = to === null ? constant(0) : multiply(motion[to]!, toWeight);
    motion[at] = add(add(left, right), own);
  }
  return times.map((time, k) =>
    k === 0
      ? constant(0)
      : multiply(subtract(motion[k]!, motion[k - 1]!), 1 / Math.sqrt(time - times[k - 1]!)),
  );
}
