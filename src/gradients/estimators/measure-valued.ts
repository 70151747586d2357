import type { Kernel } from "../../kernel/kernel.js";
import { type ColumnDistribution, isColumnDistribution, openColumns } from "../column-distribution.js";
import {
  type Estimator,
  firstOrderObstacle,
  NO_CONTROL_SET,
  openTermColumns,
  type Problem,
  parameterObstacle,
  parameterPlaces,
  type TermOptions,
} from "../estimator.js";

/**
 * The derivative of the density as a difference of two densities, each pair drawn together:
 * ∂E[f] = Σ_m E[c_m (f(x⁺_m) − f(x⁻_m))]. For any f, at two evaluations per parameter and pair. Pflug (1989);
 * Heidergott and Leahu (2010).
 */
export function measureValued(): Estimator {
  return {
    name: "measure-valued",
    bias: null,
    obstacle(problem) {
      const { distribution } = problem;
      if (!isColumnDistribution(distribution))
        return `${distribution.name} has no measure-valued derivative here`;
      if (typeof distribution.weakDerivative === "string")
        return `${distribution.name}: ${distribution.weakDerivative}`;
      return firstOrderObstacle(problem) ?? parameterObstacle(problem, distribution.weakDerivative.obstacle);
    },
    open: openMeasureValued,
  };
}

function openMeasureValued(kernel: Kernel, problem: Problem, options: TermOptions) {
  const distribution = problem.distribution as ColumnDistribution;
  const { weakDerivative: weak, dimension } = distribution;
  if (typeof weak === "string") throw new Error("measureValued must be asked for its obstacle first");
  const { value } = problem.integrand;
  const places = parameterPlaces(problem);
  const terms = openTermColumns(kernel, 1 + places.length);
  const drawn = openColumns(kernel, distribution, options, weak.noise);
  const plusColumns = openTermColumns(kernel, dimension);
  const minusColumns = openTermColumns(kernel, dimension);
  const scratch = openTermColumns(kernel, 3);
  return {
    columns: 1 + places.length,
    evaluations: 1 + 2 * places.reduce((sum, j) => sum + weak.pairs(j), 0),
    controls: problem.derivatives.map(() => NO_CONTROL_SET),
    draws: {
      coordinates: drawn.x,
      weights: terms.first,
      draw(batch: number, first: number, n: number) {
        const block = drawn.draw(batch, first, n);
        const out = terms.views(n);
        const [weight, above, below] = scratch.views(n) as [Float64Array, Float64Array, Float64Array];
        const plus = plusColumns.views(n);
        const minus = minusColumns.views(n);
        value(block.x, out[0]!);
        for (const [g, j] of places.entries()) {
          const term = out[1 + g]!.fill(0);
          for (let m = 0; m < weak.pairs(j); m++) {
            weak.pair({ j, m }, block, { plus, minus, weight });
            value(plus, above);
            value(minus, below);
            for (let i = 0; i < n; i++) term[i]! += weight[i]! * (above[i]! - below[i]!);
          }
        }
      },
    },
  };
}
