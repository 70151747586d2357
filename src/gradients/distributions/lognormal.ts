import { exp, log } from "../../numerics/elementary.js";
import { type ColumnDistribution, columnDistribution } from "../column-distribution.js";
import { ENDLESS_SUPPORT, NOT_RELAXABLE } from "../reasons.js";
import { normal } from "./normal.js";

/** e^y with y normal: `mean` and `deviation` are those of the logarithm. */
export function lognormal(parameters: {
  readonly mean: number;
  readonly deviation: number;
}): ColumnDistribution {
  const logarithm = normal(parameters);
  const { score, scoreJacobian, pathwise, weakDerivative, entropy } = logarithm;
  if (
    typeof score === "string" ||
    typeof scoreJacobian === "string" ||
    typeof pathwise === "string" ||
    typeof weakDerivative === "string" ||
    typeof entropy === "string"
  )
    throw new Error("a normal distribution must have every capability used here");
  const logarithms = (x: Float64Array) => [x.map(log)];
  const exponentials = (x: Float64Array) => {
    for (let i = 0; i < x.length; i++) x[i] = exp(x[i]!);
  };
  return columnDistribution({
    name: "lognormal",
    terms: {
      mean: { kind: "number", meaning: "expected value of ln x", unit: "of ln x" },
      deviation: { kind: "number", meaning: "standard deviation of ln x", unit: "of ln x", above: 0 },
    },
    values: logarithm.values,
    dimension: 1,
    noise: logarithm.noise,
    sample(noise, x) {
      logarithm.sample(noise, x);
      exponentials(x[0]!);
    },
    logProb([x], out) {
      const y = logarithms(x!);
      logarithm.logProb(y, out);
      for (let i = 0; i < out.length; i++) out[i]! -= y[0]![i]!;
    },
    score: ([x], out) => score(logarithms(x!), out),
    scoreJacobian: ([x], out) => scoreJacobian(logarithms(x!), out),
    pathwise: {
      noise: pathwise.noise,
      tangent(block, j, out) {
        pathwise.tangent(block, j, out);
        for (let i = 0; i < out[0]!.length; i++) out[0]![i]! *= block.x[0]![i]!;
      },
    },
    weakDerivative: {
      ...weakDerivative,
      pair(pair, block, out) {
        weakDerivative.pair(pair, block, out);
        exponentials(out.plus[0]!);
        exponentials(out.minus[0]!);
      },
    },
    support: ENDLESS_SUPPORT,
    relaxable: NOT_RELAXABLE,
    entropy: {
      value: entropy.value + parameters.mean,
      gradient: [1, entropy.gradient[1]!],
    },
  });
}
