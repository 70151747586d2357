import { log, square } from "../../numerics/elementary.js";
import { type ColumnDistribution, columnDistribution } from "../column-distribution.js";
import { ENDLESS_SUPPORT, NOT_RELAXABLE } from "../reasons.js";

/** The exponential distribution of the given rate: waiting times of mean 1/rate. */
export function exponential({ rate }: { readonly rate: number }): ColumnDistribution {
  return columnDistribution({
    name: "exponential",
    terms: { rate: { kind: "number", meaning: "events per unit of x", unit: "per unit of x", above: 0 } },
    values: { rate },
    dimension: 1,
    noise: ["exponential"],
    sample([e], [x]) {
      for (let i = 0; i < x!.length; i++) x![i] = e![i]! / rate;
    },
    logProb([x], out) {
      for (let i = 0; i < out.length; i++) out[i] = x![i]! < 0 ? -Infinity : log(rate) - rate * x![i]!;
    },
    score([x], [byRate]) {
      for (let i = 0; i < x!.length; i++) byRate![i] = 1 / rate - x![i]!;
    },
    scoreJacobian: (_, [rateRate]) => rateRate!.fill(-1 / square(rate)),
    pathwise: {
      noise: [],
      tangent({ x: [x] }, _, [out]) {
        for (let i = 0; i < out!.length; i++) out![i] = -x![i]! / rate;
      },
    },
    // One waiting time against the sum of two, the first of them shared.
    weakDerivative: {
      noise: ["exponential"],
      pairs: () => 1,
      pair(_, { x: [x], extra: [e] }, { plus: [plus], minus: [minus], weight }) {
        plus!.set(x!);
        for (let i = 0; i < weight.length; i++) minus![i] = x![i]! + e![i]! / rate;
        weight.fill(1 / rate);
      },
    },
    support: ENDLESS_SUPPORT,
    relaxable: NOT_RELAXABLE,
    entropy: { value: 1 - log(rate), gradient: [-1 / rate] },
  });
}
