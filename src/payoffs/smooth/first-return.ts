import { add, constant, exp, multiply } from "../build.js";
import type { Expression } from "../expression.js";
import { expectation } from "./expectation.js";
import { piecesOf } from "./pieces.js";
import { bridgedNormals, returnLaw } from "./returns.js";

/**
 * The mean of an amount over its first log-return, the later returns being drawn: every price is the first one times what came
 * after, so that most payoffs are piecewise linear in the first price. Their jumps and kinks are integrated out, and the
 * derivatives in the spot are smooth; what kinks are left lie between the later returns. Input k is the uniform of interval k.
 * Throws NotLinear with the reason. Fu and Hu, Conditional Monte Carlo (1997), §4.
 */
export function openFirstReturn(dates: readonly number[]): (amount: Expression) => Expression {
  const growths = laterGrowths(dates);
  const law = returnLaw(-1, 0);
  return (amount) =>
    expectation(
      piecesOf(amount, (date) => growths[date]!),
      law,
    );
}

/** S(t_k) over the first price. */
function laterGrowths(dates: readonly number[]): readonly Expression[] {
  const growths: Expression[] = [constant(1)];
  let logGrowth: Expression = constant(0);
  const normals = bridgedNormals(dates);
  for (let k = 1; k < dates.length; k++) {
    const { mean, deviation } = returnLaw(k - 1, k);
    logGrowth = add(logGrowth, add(mean, multiply(deviation, normals[k]!)));
    growths.push(exp(logGrowth));
  }
  return growths;
}
