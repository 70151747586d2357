import { COLUMN_BYTES, type Kernel } from "../../kernel/kernel.js";
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
 * The derivative of the draw itself: ∇ E[f] = E[Σ_i ∂f/∂x_i ∂x_i/∂θ]. For smooth f; by far the best where f is gentle, and
 * worse than the score where f oscillates. Glasserman (2003), §7.2; Kingma and Welling (2014).
 */
export function pathwise(): Estimator {
  return {
    name: "pathwise",
    bias: null,
    obstacle(problem) {
      const { distribution, integrand } = problem;
      if (!isColumnDistribution(distribution)) return `${distribution.name} has no pathwise derivative here`;
      if (typeof distribution.pathwise === "string") return `${distribution.name}: ${distribution.pathwise}`;
      if (integrand.slopes === undefined) return "f has no slopes: it was given without them, or it jumps";
      return firstOrderObstacle(problem) ?? parameterObstacle(problem, distribution.pathwise.obstacle);
    },
    open: openPathwise,
  };
}

function openPathwise(kernel: Kernel, problem: Problem, options: TermOptions) {
  const distribution = problem.distribution as ColumnDistribution;
  const { pathwise: path } = distribution;
  const { slopes, value } = problem.integrand;
  if (typeof path === "string" || slopes === undefined)
    throw new Error("pathwise must be asked for its obstacle first");
  const places = parameterPlaces(problem);
  const terms = openTermColumns(kernel, 1 + places.length);
  const drawn = openColumns(kernel, distribution, options, path.noise);
  const { dimension } = distribution;
  const slopeColumns = openTermColumns(kernel, dimension);
  const tangentColumns = openTermColumns(kernel, dimension);
  return {
    columns: 1 + places.length,
    evaluations: 2,
    controls: problem.derivatives.map(() => NO_CONTROL_SET),
    draws: {
      coordinates: drawn.x,
      weights: terms.first,
      draw(batch: number, first: number, n: number) {
        const block = drawn.draw(batch, first, n);
        const out = terms.views(n);
        value(block.x, out[0]!);
        slopes(block.x, slopeColumns.views(n));
        for (const [g, j] of places.entries()) {
          path.tangent(block, j, tangentColumns.views(n));
          out[1 + g]!.fill(0);
          for (let d = 0; d < dimension; d++) {
            const at = d * COLUMN_BYTES;
            kernel.exports.multiplyAdd(
              terms.first + (1 + g) * COLUMN_BYTES,
              slopeColumns.first + at,
              tangentColumns.first + at,
              n,
            );
          }
        }
      },
    },
  };
}
