import { log, log1p, square } from "../../numerics/elementary.js";
import { digamma, logGamma, trigamma } from "../../numerics/gamma-function.js";
import { type ColumnDistribution, columnDistribution } from "../column-distribution.js";
import { ENDLESS_SUPPORT, NO_PAIR, NOT_RELAXABLE } from "../reasons.js";

/** The beta distribution on (0, 1), of mean a/(a + b): the share of one gamma variate in the sum of two. */
export function beta({ a, b }: { readonly a: number; readonly b: number }): ColumnDistribution {
  const logNorm = logGamma(a + b) - logGamma(a) - logGamma(b);
  return columnDistribution({
    name: "beta",
    terms: {
      a: { kind: "number", meaning: "weight of 1", unit: "1", above: 0 },
      b: { kind: "number", meaning: "weight of 0", unit: "1", above: 0 },
    },
    values: { a, b },
    dimension: 1,
    noise: [{ gamma: a }, { gamma: b }],
    sample([g, h], [x]) {
      for (let i = 0; i < x!.length; i++) x![i] = g![i]! / (g![i]! + h![i]!);
    },
    logProb([x], out) {
      for (let i = 0; i < out.length; i++) {
        out[i] = logNorm + (a - 1) * log(x![i]!) + (b - 1) * log1p(-x![i]!);
      }
    },
    score([x], [byA, byB]) {
      const sum = digamma(a + b);
      for (let i = 0; i < x!.length; i++) {
        byA![i] = log(x![i]!) - digamma(a) + sum;
        byB![i] = log1p(-x![i]!) - digamma(b) + sum;
      }
    },
    scoreJacobian(_, [aa, ab, bb]) {
      const sum = trigamma(a + b);
      aa!.fill(sum - trigamma(a));
      ab!.fill(sum);
      bb!.fill(sum - trigamma(b));
    },
    pathwise: {
      noise: [{ tangentOf: 0 }, { tangentOf: 1 }],
      tangent({ noise: [g, h], extra }, j, [out]) {
        for (let i = 0; i < out!.length; i++) {
          const sum = g![i]! + h![i]!;
          out![i] =
            j === 0 ? (extra[0]![i]! * h![i]!) / square(sum) : (-extra[1]![i]! * g![i]!) / square(sum);
        }
      },
    },
    weakDerivative: NO_PAIR,
    support: ENDLESS_SUPPORT,
    relaxable: NOT_RELAXABLE,
    entropy: {
      value: -logNorm - (a - 1) * digamma(a) - (b - 1) * digamma(b) + (a + b - 2) * digamma(a + b),
      gradient: [a, b].map((own) => (a + b - 2) * trigamma(a + b) - (own - 1) * trigamma(own)),
    },
  });
}
