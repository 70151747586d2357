import { exp, log, log1p, square } from "../../numerics/elementary.js";
import { normalDensity } from "../../numerics/normal.js";
import { integrate } from "../../numerics/tanh-sinh.js";
import { randomUniforms } from "../../random/seeds.js";
import { elbo } from "../applications/elbo.js";
import { meanField } from "../applications/mean-field.js";
import type { ColumnDistribution } from "../column-distribution.js";
import { bernoulli } from "../distributions/bernoulli.js";
import type { Estimator } from "../estimator.js";
import { disarm } from "../estimators/arm.js";
import { enumeration } from "../estimators/enumeration.js";
import { pathwise } from "../estimators/pathwise.js";
import { scoreFunction } from "../estimators/score-function.js";
import { type Integrand, pointwise } from "../integrand.js";
import { type Example, exampleRow } from "./example.js";

interface VariationalProblem {
  readonly name: string;
  readonly meaning: string;
  readonly logJoint: Integrand;
  readonly q: ColumnDistribution;
  /** ELBO and its gradient at q. */
  readonly exact: { readonly value: number; readonly gradient: Readonly<Record<string, number>> };
  /** With log q among what is averaged, and with its entropy in closed form. */
  readonly sampled: readonly Estimator[];
  readonly closed: readonly Estimator[];
}

function variationalExample({
  name,
  meaning,
  logJoint,
  q,
  exact,
  sampled,
  closed,
}: VariationalProblem): Example {
  return {
    name,
    meaning,
    async run(options) {
      const runs = [
        ...sampled.map((estimator) => ({ estimator, entropy: "sampled" as const })),
        ...closed.map((estimator) => ({ estimator, entropy: "exact" as const })),
      ];
      const rows = [];
      for (const { estimator, entropy } of runs) {
        const result = await elbo(logJoint, q, estimator, { ...options, entropy });
        const named = { estimator: `${result.estimator}, entropy ${entropy}`, bias: result.bias };
        rows.push(exampleRow(named, "elbo", result.value, exact.value));
        for (const [parameter, truth] of Object.entries(exact.gradient)) {
          rows.push(exampleRow(named, parameter, result.gradient[parameter]!, truth));
        }
      }
      return rows;
    },
  };
}

const LOG_TWO_PI = log(2 * Math.PI);
const OBSERVED = [1.2, 0.7, 2.1, 1.5];
const PRIOR_PRECISION = 1 / 4;
const sum = OBSERVED.reduce((total, y) => total + y, 0);
const squares = OBSERVED.reduce((total, y) => total + y * y, 0);
const n = OBSERVED.length;

/** w ~ N(0, 2²), y_i ~ N(w, 1), at q = N(0, 1). */
export const elboConjugate = variationalExample({
  name: "elbo",
  meaning: "variational inference of a normal mean, at q = N(0, 1)",
  logJoint: pointwise(
    (w) =>
      -(squares - 2 * sum * w! + n * square(w!)) / 2 -
      (n / 2) * LOG_TWO_PI -
      (PRIOR_PRECISION * square(w!)) / 2 -
      (LOG_TWO_PI - log(PRIOR_PRECISION)) / 2,
    (w) => sum - (n + PRIOR_PRECISION) * w!,
  ),
  q: meanField([0], [0]),
  sampled: [scoreFunction({ baseline: "none" }), scoreFunction()],
  closed: [pathwise()],
  exact: {
    value:
      -(squares + n) / 2 -
      (n / 2) * LOG_TWO_PI -
      PRIOR_PRECISION / 2 -
      (LOG_TWO_PI - log(PRIOR_PRECISION)) / 2 +
      (1 + LOG_TWO_PI) / 2,
    gradient: { "z_0.mean": sum, "z_0.log_deviation": 1 - n - PRIOR_PRECISION },
  },
});

const PRIOR = 0.3;
const SEEN = 1.4;
const PHI = 1;
const logJointOf = (z: number) => log(z > 0 ? PRIOR : 1 - PRIOR) - square(SEEN - 2 * z) / 2 - LOG_TWO_PI / 2;
const q1 = 1 / (1 + exp(-PHI));
const bounds = [logJointOf(0) - log(1 - q1), logJointOf(1) - log(q1)] as const;

/** z ~ Bernoulli(0.3), x | z ~ N(2z, 1), x = 1.4, at a logit of 1. */
export const elboCoin = variationalExample({
  name: "elbo-coin",
  meaning: "variational inference of a hidden coin, at a logit of 1",
  logJoint: pointwise((z) => logJointOf(z!)),
  q: bernoulli({ logit: PHI }),
  sampled: [scoreFunction({ baseline: "none" }), scoreFunction(), enumeration()],
  closed: [disarm()],
  exact: {
    value: (1 - q1) * bounds[0] + q1 * bounds[1],
    gradient: { logit: q1 * (1 - q1) * (bounds[1] - bounds[0]) },
  },
});

const CASES = 60;
const FEATURES = 4;

/** A data set drawn from a fixed seed: inputs, and labels from known weights. */
export const logisticData = (() => {
  const random = randomUniforms("logistic regression");
  const weights = [1, -0.8, 0.5, 0];
  return Array.from({ length: CASES }, () => {
    const inputs = weights.map(() => 2 * random() - 1);
    const logit = inputs.reduce((total, input, d) => total + 2 * input * weights[d]!, 0);
    return { inputs, label: random() < 1 / (1 + exp(-logit)) ? 1 : 0 };
  });
})();

/** ln(1 + e^a) and its derivative. */
const softplus = (a: number) => Math.max(a, 0) + log1p(exp(-Math.abs(a)));
const sigmoid = (a: number) => 1 / (1 + exp(-a));

export const logisticLogJoint: Integrand = {
  value(w, out) {
    for (let i = 0; i < out.length; i++) {
      let total = 0;
      for (const column of w) total -= square(column[i]!) / 2 + LOG_TWO_PI / 2;
      for (const { inputs, label } of logisticData) {
        let a = 0;
        for (let d = 0; d < FEATURES; d++) a += inputs[d]! * w[d]![i]!;
        total += label * a - softplus(a);
      }
      out[i] = total;
    }
  },
  slopes(w, out) {
    for (let i = 0; i < out[0]!.length; i++) {
      for (let d = 0; d < FEATURES; d++) out[d]![i] = -w[d]![i]!;
      for (const { inputs, label } of logisticData) {
        let a = 0;
        for (let d = 0; d < FEATURES; d++) a += inputs[d]! * w[d]![i]!;
        for (let d = 0; d < FEATURES; d++) out[d]![i]! += (label - sigmoid(a)) * inputs[d]!;
      }
    }
  },
};

/** The ELBO of a mean-field normal and its gradient, by quadrature: each case sees one normal, the projection on its inputs. */
export function logisticElbo(means: readonly number[], logDeviations: readonly number[]) {
  const deviations = logDeviations.map(exp);
  let value = 0;
  const byMean = means.map((mean) => -mean);
  const byLogDeviation = deviations.map((deviation) => 1 - square(deviation));
  for (const [d, mean] of means.entries()) {
    value += 0.5 + logDeviations[d]! - (square(mean) + square(deviations[d]!)) / 2;
  }
  for (const { inputs, label } of logisticData) {
    const centre = inputs.reduce((total, input, d) => total + input * means[d]!, 0);
    const spread = Math.sqrt(inputs.reduce((total, input, d) => total + square(input * deviations[d]!), 0));
    const expectation = (g: (a: number, z: number) => number) =>
      integrate((z) => normalDensity(z) * g(centre + spread * z, z), -12, 12);
    value += label * centre - expectation((a) => softplus(a));
    const residual = label - expectation((a) => sigmoid(a));
    const curvature = expectation((a) => sigmoid(a) * sigmoid(-a));
    for (let d = 0; d < FEATURES; d++) {
      byMean[d]! += residual * inputs[d]!;
      byLogDeviation[d]! -= curvature * square(inputs[d]! * deviations[d]!);
    }
  }
  return { value, byMean, byLogDeviation };
}

const START = [0.5, -0.5, 0.2, 0];
const LOG_DEVIATIONS = [-1, -1, -1, -1];

export const elboLogistic: Example = {
  name: "elbo-logistic",
  meaning: "variational inference of a logistic regression on 60 cases, mean-field normal",
  run(options) {
    const { value, byMean, byLogDeviation } = logisticElbo(START, LOG_DEVIATIONS);
    return variationalExample({
      name: "elbo-logistic",
      meaning: "",
      logJoint: logisticLogJoint,
      q: meanField(START, LOG_DEVIATIONS),
      sampled: [scoreFunction()],
      closed: [pathwise()],
      exact: {
        value,
        gradient: Object.fromEntries([
          ...byMean.map((slope, d) => [`z_${d}.mean`, slope] as const),
          ...byLogDeviation.map((slope, d) => [`z_${d}.log_deviation`, slope] as const),
        ]),
      },
    }).run(options);
  },
};
