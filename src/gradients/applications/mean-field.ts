import { exp } from "../../numerics/elementary.js";
import type { ColumnDistribution } from "../column-distribution.js";
import { changeParameters } from "../combinators/change-parameters.js";
import { product } from "../combinators/product.js";
import { normal } from "../distributions/normal.js";

/** Independent normals z_d with parameters z_d.mean and z_d.log_deviation, which need no bounds: the usual guide of variational inference. */
export function meanField(means: readonly number[], logDeviations: readonly number[]): ColumnDistribution {
  return product(
    Object.fromEntries(
      means.map((mean, d) => [`z_${d}`, ofLogDeviation(mean, logDeviations[d] ?? Number.NaN)]),
    ),
  );
}

function ofLogDeviation(mean: number, logDeviation: number): ColumnDistribution {
  const deviation = exp(logDeviation);
  return changeParameters(normal({ mean, deviation }), {
    name: "normal",
    terms: {
      mean: { kind: "number", meaning: "expected value", unit: "of z" },
      log_deviation: { kind: "number", meaning: "ln of the standard deviation", unit: "1" },
    },
    values: { mean, log_deviation: logDeviation },
    jacobian: [
      [1, 0],
      [0, deviation],
    ],
    curvature: [
      [
        [0, 0],
        [0, 0],
      ],
      [
        [0, 0],
        [0, deviation],
      ],
    ],
  });
}
