import type { Kernel } from "../../kernel/kernel.js";
import { exp } from "../../numerics/elementary.js";
import {
  type ColumnDistribution,
  isColumnDistribution,
  openColumns,
  type Relaxable,
} from "../column-distribution.js";
import { softmax } from "../distributions/categorical.js";
import {
  firstOrderObstacle,
  openTermColumns,
  type Problem,
  parameterPlaces,
  type TermOptions,
} from "../estimator.js";

/** Null when the distribution is made of hardened logits. */
export function relaxableObstacle(problem: Problem): string | null {
  const { distribution } = problem;
  if (!isColumnDistribution(distribution)) return `${distribution.name} has no logits`;
  if (typeof distribution.relaxable === "string") return `${distribution.name}: ${distribution.relaxable}`;
  return firstOrderObstacle(problem);
}

/** Null when f can be asked for its slopes between the corners too. */
export function slopesObstacle({ integrand }: Problem): string | null {
  return integrand.slopes === undefined
    ? "f has no slopes, which a relaxation follows between 0 and 1"
    : null;
}

/**
 * What the estimators for hardened logits share: the draws with fresh uniforms beside them, columns for the terms (E[f], then
 * `sets` columns per parameter), and the way from derivatives in logits to derivatives in parameters.
 */
export function openDiscrete(kernel: Kernel, problem: Problem, options: TermOptions, sets: number) {
  const distribution = problem.distribution as ColumnDistribution;
  const relaxable = distribution.relaxable as Relaxable;
  const logits = relaxable.groups.flatMap((group) => group.logits);
  const places = parameterPlaces(problem);
  const drawn = openColumns(
    kernel,
    distribution,
    options,
    logits.map(() => "uniform"),
  );
  const terms = openTermColumns(kernel, 1 + sets * places.length);
  const probabilities = relaxable.groups.flatMap(({ kind, logits: own }) =>
    kind === "binary" ? own.map((logit) => 1 / (1 + exp(-logit))) : softmax(own),
  );
  return {
    groups: relaxable.groups,
    logits,
    drawn,
    terms,
    columns: 1 + sets * places.length,
    parameters: places.length,
    /** Adds c · ∂logit_l/∂θ · column to the terms of set `set`. */
    addLogit(set: number, l: number, column: Float64Array, factor: number, views: readonly Float64Array[]) {
      for (const [g, j] of places.entries()) {
        const scale = factor * relaxable.jacobian[l]![j]!;
        const out = views[1 + set * places.length + g]!;
        if (scale !== 0) for (let i = 0; i < out.length; i++) out[i]! += scale * column[i]!;
      }
    },
    /** The score in logit l: x_l − P(x_l = 1). */
    score(l: number, x: readonly Float64Array[], i: number) {
      return x[l]![i]! - probabilities[l]!;
    },
  };
}
