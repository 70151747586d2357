import type { Kernel } from "../../kernel/kernel.js";
import { exp } from "../../numerics/elementary.js";
import type { ColumnDistribution } from "../column-distribution.js";
import {
  type Estimator,
  NO_CONTROL_SET,
  openTermColumns,
  type Problem,
  type TermOptions,
} from "../estimator.js";
import { openDiscrete, relaxableObstacle } from "./discrete.js";

/**
 * ARM: two antithetic draws of all coins from the same uniforms, (f(b) − f(b̃)) (u − ½) in each logit.
 * Yin and Zhou, "ARM: augment-REINFORCE-merge gradient for stochastic binary networks" (2019).
 */
export function arm(): Estimator {
  return antithetic("arm");
}

/**
 * DisARM: ARM with the uniforms integrated out, ½ (f(b) − f(b̃)) (−1)^b̃ 1[b ≠ b̃] σ(|logit|). Never more variance.
 * Dong, Mnih and Tucker (2020).
 */
export function disarm(): Estimator {
  return antithetic("disarm");
}

function antithetic(name: "arm" | "disarm"): Estimator {
  return {
    name,
    bias: null,
    obstacle(problem) {
      const reason = relaxableObstacle(problem);
      if (reason !== null) return reason;
      const { relaxable } = problem.distribution as ColumnDistribution;
      return typeof relaxable !== "string" && relaxable.groups.every(({ kind }) => kind === "binary")
        ? null
        : `${problem.distribution.name}: antithetic pairs are for coins, not for classes`;
    },
    open: (kernel, problem, options) => openAntithetic(kernel, problem, options, name),
  };
}

function openAntithetic(kernel: Kernel, problem: Problem, options: TermOptions, name: "arm" | "disarm") {
  const discrete = openDiscrete(kernel, problem, options, 1);
  const { value } = problem.integrand;
  const count = discrete.logits.length;
  const opposite = openTermColumns(kernel, count);
  const scratch = openTermColumns(kernel, 2);
  return {
    columns: discrete.columns,
    evaluations: 2,
    controls: problem.derivatives.map(() => NO_CONTROL_SET),
    draws: {
      coordinates: discrete.drawn.x,
      weights: discrete.terms.first,
      draw(batch: number, first: number, n: number) {
        const { noise, x } = discrete.drawn.draw(batch, first, n);
        const other = opposite.views(n);
        const out = discrete.terms.views(n);
        const [f, term] = scratch.views(n) as [Float64Array, Float64Array];
        for (const [l, logit] of discrete.logits.entries()) {
          const one = 1 / (1 + exp(-logit));
          for (let i = 0; i < n; i++) other[l]![i] = noise[l]![i]! < one ? 1 : 0;
        }
        value(x, out[0]!);
        value(other, f);
        for (const column of out.slice(1)) column.fill(0);
        for (const [l, logit] of discrete.logits.entries()) {
          const likelier = 1 / (1 + exp(-Math.abs(logit)));
          for (let i = 0; i < n; i++) {
            const factor =
              name === "arm" ? noise[l]![i]! - 0.5 : 0.5 * (x[l]![i]! - other[l]![i]!) * likelier;
            term[i] = (out[0]![i]! - f[i]!) * factor;
          }
          discrete.addLogit(0, l, term, 1, out);
        }
      },
    },
  };
}
