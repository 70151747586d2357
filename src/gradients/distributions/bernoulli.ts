import { exp, log, log1p, square } from "../../numerics/elementary.js";
import { type ColumnDistribution, columnDistribution } from "../column-distribution.js";
import { changeParameters } from "../combinators/change-parameters.js";
import { MOVES_IN_JUMPS } from "../reasons.js";

/** A coin that shows 1 with the given probability, or with probability 1/(1 + e^−logit). Say which; they are never guessed. */
export function bernoulli(
  parameter: { readonly probability: number } | { readonly logit: number },
): ColumnDistribution {
  if ("logit" in parameter) return ofLogit(parameter.logit);
  const { probability } = parameter;
  // Beyond its bounds there is no logit; the change of parameters says so.
  const isProper = probability > 0 && probability < 1;
  const slope = 1 / (probability * (1 - probability));
  return changeParameters(ofLogit(isProper ? log(probability / (1 - probability)) : 0), {
    name: "bernoulli",
    terms: { probability: { kind: "number", meaning: "probability of 1", unit: "1", above: 0, below: 1 } },
    values: { probability },
    jacobian: [[slope]],
    curvature: [[[(2 * probability - 1) * square(slope)]]],
  });
}

function ofLogit(logit: number): ColumnDistribution {
  const one = 1 / (1 + exp(-logit));
  const zero = 1 / (1 + exp(logit));
  return columnDistribution({
    name: "bernoulli",
    terms: { logit: { kind: "number", meaning: "ln of the odds of 1", unit: "1" } },
    values: { logit },
    dimension: 1,
    noise: ["uniform"],
    sample([u], [x]) {
      for (let i = 0; i < x!.length; i++) x![i] = u![i]! > zero ? 1 : 0;
    },
    logProb([x], out) {
      for (let i = 0; i < out.length; i++) out[i] = -log1p(exp(x![i]! > 0 ? -logit : logit));
    },
    score([x], [byLogit]) {
      for (let i = 0; i < x!.length; i++) byLogit![i] = x![i]! > 0 ? zero : -one;
    },
    scoreJacobian: (_, [logitLogit]) => logitLogit!.fill(-one * zero),
    pathwise: MOVES_IN_JUMPS,
    weakDerivative: {
      noise: [],
      pairs: () => 1,
      pair(_pair, _block, { plus: [plus], minus: [minus], weight }) {
        plus!.fill(1);
        minus!.fill(0);
        weight.fill(one * zero);
      },
    },
    support: () => [[0], [1]],
    relaxable: { groups: [{ kind: "binary", logits: [logit] }], jacobian: [[1]] },
    entropy: {
      value: one * log1p(exp(-logit)) + zero * log1p(exp(logit)),
      gradient: [-logit * one * zero],
    },
  });
}
