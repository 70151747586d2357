import { log, square } from "../../numerics/elementary.js";
import { type ColumnDistribution, columnDistribution, type WeakDerivative } from "../column-distribution.js";
import { ENDLESS_SUPPORT, NOT_RELAXABLE } from "../reasons.js";

const LOG_ROOT_TWO_PI = log(2 * Math.PI) / 2;

/** The normal distribution N(mean, deviation²). */
export function normal({
  mean,
  deviation,
}: {
  readonly mean: number;
  readonly deviation: number;
}): ColumnDistribution {
  return columnDistribution({
    name: "normal",
    terms: {
      mean: { kind: "number", meaning: "expected value", unit: "of x" },
      deviation: { kind: "number", meaning: "standard deviation", unit: "of x", above: 0 },
    },
    values: { mean, deviation },
    dimension: 1,
    noise: ["normal"],
    sample([z], [x]) {
      for (let i = 0; i < x!.length; i++) x![i] = mean + deviation * z![i]!;
    },
    logProb([x], out) {
      for (let i = 0; i < out.length; i++) {
        const z = (x![i]! - mean) / deviation;
        out[i] = -0.5 * z * z - log(deviation) - LOG_ROOT_TWO_PI;
      }
    },
    score([x], [byMean, byDeviation]) {
      for (let i = 0; i < x!.length; i++) {
        const z = (x![i]! - mean) / deviation;
        byMean![i] = z / deviation;
        byDeviation![i] = (z * z - 1) / deviation;
      }
    },
    scoreJacobian([x], [meanMean, meanDeviation, deviationDeviation]) {
      for (let i = 0; i < x!.length; i++) {
        const z = (x![i]! - mean) / deviation;
        meanMean![i] = -1 / square(deviation);
        meanDeviation![i] = (-2 * z) / square(deviation);
        deviationDeviation![i] = (1 - 3 * z * z) / square(deviation);
      }
    },
    pathwise: {
      noise: [],
      tangent({ noise: [z] }, j, [out]) {
        if (j === 0) out!.fill(1);
        else out!.set(z!);
      },
    },
    weakDerivative: normalPairs(mean, deviation),
    support: ENDLESS_SUPPORT,
    relaxable: NOT_RELAXABLE,
    entropy: { value: 0.5 + LOG_ROOT_TWO_PI + log(deviation), gradient: [0, 1 / deviation] },
  });
}

/**
 * In the mean: both sides a Rayleigh distance off, on the same distance. In the deviation: a two-sided Maxwell m, against
 * the normal z = m·u. The length of three normals is Maxwell and the share of any one of them uniform, so z itself will do.
 * Mohamed et al. (2020), table 1; Pflug (1989).
 */
export function normalPairs(mean: number, deviation: number): WeakDerivative {
  return {
    noise: ["normal", "normal"],
    pairs: () => 1,
    pair({ j }, { noise: [z], extra: [a, b] }, { plus: [plus], minus: [minus], weight }) {
      for (let i = 0; i < weight.length; i++) {
        const squares = square(a![i]!) + square(b![i]!);
        if (j === 0) {
          const distance = deviation * Math.sqrt(squares);
          plus![i] = mean + distance;
          minus![i] = mean - distance;
          weight[i] = 1 / (deviation * Math.sqrt(2 * Math.PI));
        } else {
          plus![i] = mean + deviation * Math.sign(z![i]!) * Math.sqrt(squares + square(z![i]!));
          minus![i] = mean + deviation * z![i]!;
          weight[i] = 1 / deviation;
        }
      }
    },
  };
}
