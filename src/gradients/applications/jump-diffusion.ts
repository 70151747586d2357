import { exp, log, square } from "../../numerics/elementary.js";
import { logGamma } from "../../numerics/gamma-function.js";
import { type ColumnDistribution, columnDistribution } from "../column-distribution.js";
import { poissonInverse } from "../distributions/poisson.js";
import { ENDLESS_SUPPORT, MOVES_IN_JUMPS, NO_ENTROPY, NOT_RELAXABLE } from "../reasons.js";

export interface JumpDiffusionParameters {
  readonly spot: number;
  readonly rate: number;
  readonly volatility: number;
  readonly years: number;
  /** Jumps per year. */
  readonly intensity: number;
  /** Mean and standard deviation of the jump in the logarithm. */
  readonly jumpMean: number;
  readonly jumpDeviation: number;
}

/**
 * The number of jumps and the price at a date under Merton (1976). The jump intensity enters twice, in the law of the count
 * and in the drift that compensates for the jumps; each is a parameter here, so that each can have the estimator it deserves:
 * the derivative in the intensity is the sum of both, `directional({ intensity: { count: 1, compensator: 1 } }, …)`.
 * Given n jumps, ln S_T is normal with mean ln S + (r − σ²/2 − λκ)T + nμ and variance σ²T + nδ².
 */
export function jumpDiffusion(model: JumpDiffusionParameters): ColumnDistribution {
  const { spot, rate, volatility, years, intensity, jumpMean, jumpDeviation } = model;
  const meanJump = exp(jumpMean + square(jumpDeviation) / 2) - 1;
  const count = intensity * years;
  const inverse = count > 0 && count <= 1e6 ? poissonInverse(count) : () => Number.NaN;
  const drift = log(spot) + (rate - square(volatility) / 2 - intensity * meanJump) * years;
  const mean = (n: number) => drift + n * jumpMean;
  const deviation = (n: number) => Math.sqrt(square(volatility) * years + n * square(jumpDeviation));
  /** ∂ ln S_T by parameter: count, compensator, spot. */
  const slopes = [0, -meanJump * years, 1 / spot];
  const z = (n: number, price: number) => (log(price) - mean(n)) / deviation(n);

  return columnDistribution({
    name: "jump-diffusion",
    terms: {
      count: {
        kind: "number",
        meaning: "jump intensity in the law of the count",
        unit: "per year",
        above: 0,
      },
      compensator: { kind: "number", meaning: "jump intensity in the drift", unit: "per year", above: 0 },
      spot: { kind: "number", meaning: "price today", unit: "currency", above: 0 },
    },
    values: { count: intensity, compensator: intensity, spot },
    dimension: 2,
    noise: ["uniform", "normal"],
    sample([u, normal], [n, price]) {
      for (let i = 0; i < n!.length; i++) {
        n![i] = inverse(u![i]!);
        price![i] = exp(mean(n![i]!) + deviation(n![i]!) * normal![i]!);
      }
    },
    logProb([n, price], out) {
      for (let i = 0; i < out.length; i++) {
        const jumps = n![i]!;
        const ofCount = jumps * log(count) - count - logGamma(jumps + 1);
        const distance = z(jumps, price![i]!);
        out[i] = ofCount - square(distance) / 2 - log(deviation(jumps) * price![i]! * Math.sqrt(2 * Math.PI));
      }
    },
    score([n, price], out) {
      for (let i = 0; i < n!.length; i++) {
        const jumps = n![i]!;
        const byMean = z(jumps, price![i]!) / deviation(jumps);
        out[0]![i] = jumps / intensity - years;
        out[1]![i] = slopes[1]! * byMean;
        out[2]![i] = slopes[2]! * byMean;
      }
    },
    scoreJacobian(
      [n, price],
      [countCount, countCompensator, countSpot, byCompensator, compensatorSpot, spotSpot],
    ) {
      for (let i = 0; i < n!.length; i++) {
        const jumps = n![i]!;
        const variance = square(deviation(jumps));
        countCount![i] = -jumps / square(intensity);
        countCompensator![i] = 0;
        countSpot![i] = 0;
        byCompensator![i] = -square(slopes[1]!) / variance;
        compensatorSpot![i] = (-slopes[1]! * slopes[2]!) / variance;
        spotSpot![i] = -square(slopes[2]!) * (1 / variance + z(jumps, price![i]!) / deviation(jumps));
      }
    },
    pathwise: {
      noise: [],
      obstacle: (j) => (j === 0 ? MOVES_IN_JUMPS : null),
      tangent({ x: [, price] }, j, [byCount, byPrice]) {
        byCount!.fill(0);
        for (let i = 0; i < byPrice!.length; i++) byPrice![i] = price![i]! * slopes[j]!;
      },
    },
    // One jump more, of a size of its own, on the same path.
    weakDerivative: {
      noise: ["normal"],
      obstacle: (j) => (j === 0 ? null : "the drift has a pathwise derivative, which is better"),
      pairs: () => 1,
      pair(_, { x: [n, price], extra: [jump] }, { plus, minus, weight }) {
        minus[0]!.set(n!);
        minus[1]!.set(price!);
        for (let i = 0; i < weight.length; i++) {
          plus[0]![i] = n![i]! + 1;
          plus[1]![i] = price![i]! * exp(jumpMean + jumpDeviation * jump![i]!);
        }
        weight.fill(years);
      },
    },
    support: ENDLESS_SUPPORT,
    relaxable: NOT_RELAXABLE,
    entropy: NO_ENTROPY,
  });
}
