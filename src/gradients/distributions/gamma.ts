import { log, square } from "../../numerics/elementary.js";
import { digamma, logGamma, trigamma } from "../../numerics/gamma-function.js";
import { type ColumnDistribution, columnDistribution } from "../column-distribution.js";
import { ENDLESS_SUPPORT, NO_PAIR, NOT_RELAXABLE } from "../reasons.js";

/**
 * The gamma distribution, of mean shape/rate. Its draws come by rejection, which has no path to follow; they are
 * differentiated with their probability held fixed: Figurnov, Mohamed and Mnih, "Implicit reparameterization gradients" (2018).
 */
export function gamma({
  shape,
  rate,
}: {
  readonly shape: number;
  readonly rate: number;
}): ColumnDistribution {
  return columnDistribution({
    name: "gamma",
    terms: {
      shape: { kind: "number", meaning: "number of events waited for", unit: "1", above: 0 },
      rate: { kind: "number", meaning: "events per unit of x", unit: "per unit of x", above: 0 },
    },
    values: { shape, rate },
    dimension: 1,
    noise: [{ gamma: shape }],
    sample([g], [x]) {
      for (let i = 0; i < x!.length; i++) x![i] = g![i]! / rate;
    },
    logProb([x], out) {
      const constant = shape * log(rate) - logGamma(shape);
      for (let i = 0; i < out.length; i++) {
        out[i] = x![i]! > 0 ? constant + (shape - 1) * log(x![i]!) - rate * x![i]! : -Infinity;
      }
    },
    score([x], [byShape, byRate]) {
      const center = digamma(shape) - log(rate);
      for (let i = 0; i < x!.length; i++) {
        byShape![i] = log(x![i]!) - center;
        byRate![i] = shape / rate - x![i]!;
      }
    },
    scoreJacobian(_, [shapeShape, shapeRate, rateRate]) {
      shapeShape!.fill(-trigamma(shape));
      shapeRate!.fill(1 / rate);
      rateRate!.fill(-shape / square(rate));
    },
    pathwise: {
      noise: [{ tangentOf: 0 }],
      tangent({ x: [x], extra: [tangent] }, j, [out]) {
        for (let i = 0; i < out!.length; i++) out![i] = (j === 0 ? tangent![i]! : -x![i]!) / rate;
      },
    },
    weakDerivative: NO_PAIR,
    support: ENDLESS_SUPPORT,
    relaxable: NOT_RELAXABLE,
    entropy: {
      value: shape - log(rate) + logGamma(shape) + (1 - shape) * digamma(shape),
      gradient: [1 + (1 - shape) * trigamma(shape), -1 / rate],
    },
  });
}
