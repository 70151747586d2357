import { exp, log, square } from "../../numerics/elementary.js";
import { type ColumnDistribution, columnDistribution } from "../column-distribution.js";
import { ENDLESS_SUPPORT, MOVES_IN_JUMPS, NO_ENTROPY, NOT_RELAXABLE } from "../reasons.js";

export interface StoppingRule {
  readonly spot: number;
  readonly rate: number;
  readonly volatility: number;
  /** Years to the date at which one may stop, and to the last. */
  readonly dates: readonly [number, number];
  /** Stops with probability 1/(1 + e^((price − boundary)/width)). */
  readonly boundary: number;
  readonly width: number;
}

/**
 * A Black-Scholes price at two dates and, in between, a decision at random whether to stop at the first: a policy whose
 * boundary can be improved along its gradient. Coordinates: the first price, 1 for stopping, the second price.
 */
export function stoppingRule(rule: StoppingRule): ColumnDistribution {
  const { spot, rate, volatility, dates, boundary, width } = rule;
  const first = gaussianReturn(rate, volatility, dates[0]);
  const second = gaussianReturn(rate, volatility, dates[1] - dates[0]);
  const stops = (price: number) => 1 / (1 + exp((price - boundary) / width));
  const logReturn = (ratio: number, { mean, deviation }: typeof first) =>
    -square((log(ratio) - mean) / deviation) / 2 - log(ratio * deviation * Math.sqrt(2 * Math.PI));
  return columnDistribution({
    name: "stopping-rule",
    terms: {
      boundary: { kind: "number", meaning: "price at which stopping is as likely as not", unit: "currency" },
    },
    values: { boundary },
    dimension: 3,
    noise: ["normal", "uniform", "normal"],
    sample([z, u, y], [early, stop, late]) {
      for (let i = 0; i < stop!.length; i++) {
        early![i] = spot * exp(first.mean + first.deviation * z![i]!);
        stop![i] = u![i]! < stops(early![i]!) ? 1 : 0;
        late![i] = early![i]! * exp(second.mean + second.deviation * y![i]!);
      }
    },
    logProb([early, stop, late], out) {
      for (let i = 0; i < out.length; i++) {
        const decision = stops(early![i]!);
        out[i] =
          logReturn(early![i]! / spot, first) -
          log(spot) +
          log(stop![i]! > 0 ? decision : 1 - decision) +
          logReturn(late![i]! / early![i]!, second) -
          log(early![i]!);
      }
    },
    score([early, stop], [byBoundary]) {
      for (let i = 0; i < stop!.length; i++) byBoundary![i] = (stop![i]! - stops(early![i]!)) / width;
    },
    scoreJacobian([early], [boundaryTwice]) {
      for (let i = 0; i < early!.length; i++) {
        const decision = stops(early![i]!);
        boundaryTwice![i] = (-decision * (1 - decision)) / square(width);
      }
    },
    pathwise: MOVES_IN_JUMPS,
    // Stopping against going on, on the same prices.
    weakDerivative: {
      noise: [],
      pairs: () => 1,
      pair(_, { x }, { plus, minus, weight }) {
        for (let d = 0; d < 3; d++) {
          plus[d]!.set(x[d]!);
          minus[d]!.set(x[d]!);
        }
        plus[1]!.fill(1);
        minus[1]!.fill(0);
        for (let i = 0; i < weight.length; i++) {
          const decision = stops(x[0]![i]!);
          weight[i] = (decision * (1 - decision)) / width;
        }
      },
    },
    support: ENDLESS_SUPPORT,
    relaxable: NOT_RELAXABLE,
    entropy: NO_ENTROPY,
  });
}

function gaussianReturn(rate: number, volatility: number, years: number) {
  return { mean: (rate - square(volatility) / 2) * years, deviation: volatility * Math.sqrt(years) };
}
