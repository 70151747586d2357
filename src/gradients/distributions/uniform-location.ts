import { log } from "../../numerics/elementary.js";
import { type ColumnDistribution, columnDistribution } from "../column-distribution.js";
import { ENDLESS_SUPPORT, NOT_RELAXABLE } from "../reasons.js";

const MOVING_SUPPORT =
  "the support of uniform-location moves with its location, so the derivative cannot go under the integral: its score is 0 everywhere and would give 0 for every gradient";

/** Uniform on (location, location + width): where the score method is not valid, and others are. */
export function uniformLocation({
  location,
  width,
}: {
  readonly location: number;
  readonly width: number;
}): ColumnDistribution {
  if (!(width > 0 && Number.isFinite(width)))
    throw new RangeError(`uniform-location: width must be > 0, got ${width}`);
  return columnDistribution({
    name: "uniform-location",
    terms: { location: { kind: "number", meaning: "lower end", unit: "of x" } },
    values: { location },
    dimension: 1,
    noise: ["uniform"],
    sample([u], [x]) {
      for (let i = 0; i < x!.length; i++) x![i] = location + width * u![i]!;
    },
    logProb([x], out) {
      for (let i = 0; i < out.length; i++) {
        out[i] = x![i]! > location && x![i]! < location + width ? -log(width) : -Infinity;
      }
    },
    score: MOVING_SUPPORT,
    scoreJacobian: MOVING_SUPPORT,
    pathwise: { noise: [], tangent: (_block, _j, [out]) => out!.fill(1) },
    // What enters at the upper end against what leaves at the lower.
    weakDerivative: {
      noise: [],
      pairs: () => 1,
      pair(_pair, _block, { plus: [plus], minus: [minus], weight }) {
        plus!.fill(location + width);
        minus!.fill(location);
        weight.fill(1 / width);
      },
    },
    support: ENDLESS_SUPPORT,
    relaxable: NOT_RELAXABLE,
    entropy: { value: log(width), gradient: [0] },
  });
}
