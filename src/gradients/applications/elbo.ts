import type { ColumnDistribution } from "../column-distribution.js";
import type { Estimator } from "../estimator.js";
import { scoreFunction } from "../estimators/score-function.js";
import { type Estimate, type GradientOptions, type GradientResult, gradient } from "../gradient.js";
import type { Integrand } from "../integrand.js";

export interface ElboOptions extends GradientOptions {
  /**
   * `exact` adds the entropy of q and its gradient in closed form; `sampled` counts −log q to the integrand, whose own
   * dependence on the parameters averages to nothing. Default: exact where it is known.
   */
  readonly entropy?: "exact" | "sampled";
}

/**
 * The evidence lower bound E_q[log p(x, z) − log q(z)] and its gradient in the parameters of q: variational inference for
 * any log-joint, with slopes or without. Ranganath, Gerrish and Blei, "Black box variational inference" (2014).
 */
export async function elbo(
  logJoint: Integrand,
  q: ColumnDistribution,
  estimator: Estimator = scoreFunction(),
  options: ElboOptions = {},
): Promise<GradientResult> {
  const { entropy = typeof q.entropy === "string" ? "sampled" : "exact" } = options;
  if (entropy === "sampled") {
    const integrand: Integrand = {
      value(z, out) {
        const logQ = new Float64Array(out.length);
        logJoint.value(z, out);
        q.logProb(z, logQ);
        for (let i = 0; i < out.length; i++) out[i]! -= logQ[i]!;
      },
    };
    return gradient(integrand, q, estimator, options);
  }
  if (typeof q.entropy === "string") throw new RangeError(`${q.name}: ${q.entropy}`);
  const expected = await gradient(logJoint, q, estimator, options);
  const { value, gradient: byParameter } = q.entropy;
  const shift = (estimate: Estimate, by: number): Estimate => ({
    ...estimate,
    value: estimate.value + by,
    low: estimate.low + by,
    high: estimate.high + by,
  });
  return {
    ...expected,
    value: shift(expected.value, value),
    gradient: Object.fromEntries(
      q.parameters.map(({ name }, j) => [name, shift(expected.gradient[name]!, byParameter[j]!)]),
    ),
  };
}
