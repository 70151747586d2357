import {
  add,
  divide,
  exp,
  log,
  market,
  multiply,
  negate,
  normalCdf,
  subtract,
  type Value,
} from "../build.js";
import type { Expression } from "../expression.js";
import { isZero, type Pieces } from "./pieces.js";

/** The law of a price y: ln y/S₀ is Gaussian, with this mean and deviation. Against S₀ small numbers stay small, and exact. */
export interface LogPrice {
  readonly mean: Expression;
  readonly deviation: Expression;
}

/** P(y < level); level null is no level at all. */
function below(level: Expression | null, { mean, deviation }: LogPrice, shift: Value): Expression | null {
  if (level === null) return null;
  const standard = multiply(subtract(log(divide(level, market("spot"))), mean), divide(1, deviation));
  return subtract(standard, shift);
}

/** P(from < y < to) where ln y is moved up by `shift` deviations, taken in the tail where it does not cancel. */
export function probability(
  from: Expression | null,
  to: Expression | null,
  law: LogPrice,
  shift: Value = 0,
): Expression | number {
  const [a, b] = [below(from, law, shift), below(to, law, shift)];
  if (a === null) return b === null ? 1 : normalCdf(b);
  return b === null ? normalCdf(negate(a)) : subtract(normalCdf(b), normalCdf(a));
}

/** E[f(y)] of a piecewise linear f, by Φ: what Black and Scholes (1973) found for one piece. */
export function expectation(pieces: Pieces, law: LogPrice): Expression {
  const { mean, deviation } = law;
  const forward = multiply(market("spot"), exp(add(mean, multiply(0.5, multiply(deviation, deviation)))));
  const terms: Expression[] = [];
  let from: Expression | null = null;
  for (const { to, cash, units } of pieces) {
    if (!isZero(cash)) terms.push(multiply(cash, probability(from, to, law)));
    if (!isZero(units)) terms.push(multiply(multiply(units, forward), probability(from, to, law, deviation)));
    from = to;
  }
  return terms.length === 0 ? multiply(0, 1) : terms.reduce((sum, term) => add(sum, term));
}
