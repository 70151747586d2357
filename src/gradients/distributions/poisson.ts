import { exp, log, square } from "../../numerics/elementary.js";
import { logGamma } from "../../numerics/gamma-function.js";
import { type ColumnDistribution, columnDistribution } from "../column-distribution.js";
import { ENDLESS_SUPPORT, MOVES_IN_JUMPS, NO_ENTROPY, NOT_RELAXABLE } from "../reasons.js";

/** Poisson counts. Drawn by inversion of one uniform, so that they keep the evenness of scrambled nets. */
export function poisson({ mean }: { readonly mean: number }): ColumnDistribution {
  const inverse = mean > 0 && mean <= 1e6 ? poissonInverse(mean) : () => Number.NaN;
  return columnDistribution({
    name: "poisson",
    terms: { mean: { kind: "number", meaning: "expected count", unit: "events", above: 0, atMost: 1e6 } },
    values: { mean },
    dimension: 1,
    noise: ["uniform"],
    sample([u], [x]) {
      for (let i = 0; i < x!.length; i++) x![i] = inverse(u![i]!);
    },
    logProb([x], out) {
      for (let i = 0; i < out.length; i++) out[i] = x![i]! * log(mean) - mean - logGamma(x![i]! + 1);
    },
    score([x], [byMean]) {
      for (let i = 0; i < x!.length; i++) byMean![i] = x![i]! / mean - 1;
    },
    scoreJacobian([x], [meanMean]) {
      for (let i = 0; i < x!.length; i++) meanMean![i] = -x![i]! / square(mean);
    },
    pathwise: MOVES_IN_JUMPS,
    // One event more.
    weakDerivative: {
      noise: [],
      pairs: () => 1,
      pair(_, { x: [x] }, { plus: [plus], minus: [minus], weight }) {
        minus!.set(x!);
        for (let i = 0; i < weight.length; i++) plus![i] = x![i]! + 1;
        weight.fill(1);
      },
    },
    support: ENDLESS_SUPPORT,
    relaxable: NOT_RELAXABLE,
    entropy: NO_ENTROPY,
  });
}

/** The quantile function, from a table of the probabilities that a double can tell from none. */
export function poissonInverse(mean: number): (u: number) => number {
  const spread = 12 * Math.sqrt(mean) + 40;
  const first = Math.max(0, Math.floor(mean - spread));
  const last = Math.ceil(mean + spread);
  const cumulative = new Float64Array(last - first + 1);
  let sum = 0;
  for (let k = first; k <= last; k++) {
    sum += exp(k * log(mean) - mean - logGamma(k + 1));
    cumulative[k - first] = sum;
  }
  return (u) => {
    let low = 0;
    let high = last - first;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle]! < u) low = middle + 1;
      else high = middle;
    }
    return first + low;
  };
}
