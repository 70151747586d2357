import {
  add,
  divide,
  exp,
  log,
  market,
  min,
  multiply,
  negate,
  normalCdf,
  subtract,
  type Value,
} from "../build.js";
import type { Expression } from "../expression.js";
import { type Growth, isZero, type Pieces } from "./pieces.js";

/** The law of a price y: ln y/S₀ is Gaussian, with this mean and deviation. Against S₀ small numbers stay small, and exact. */
export interface LogPrice {
  readonly mean: Expression;
  readonly deviation: Expression;
}

/** So many deviations, less `shift`, a level of y lies above its median; level null is no level at all. */
export function standardOf(
  level: Expression | null,
  { mean, deviation }: LogPrice,
  shift: Value = 0,
): Expression | null {
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
  const [a, b] = [standardOf(from, law, shift), standardOf(to, law, shift)];
  if (a === null) return b === null ? 1 : normalCdf(b);
  return b === null ? normalCdf(negate(a)) : subtract(normalCdf(b), normalCdf(a));
}

/** Beyond this an exponential is met by a probability of 0 that it must not overflow against. */
const MOST_EXPONENT = 700;

/**
 * E[f(y)] by Φ, piece by piece: of what is linear, as Black and Scholes (1973) found it; of a power of y it is its mean times the
 * probability of the range under the measure that it weighs with, which is what reflections need (Reiner and Rubinstein, 1991).
 */
export function expectation(pieces: Pieces, law: LogPrice): Expression {
  const { mean, deviation } = law;
  const variance = multiply(deviation, deviation);
  const forward = multiply(market("spot"), exp(add(mean, multiply(0.5, variance))));
  const ofGrowth = ({ base, power }: Growth) => {
    const spread = multiply(0.5, multiply(multiply(power, power), variance));
    return exp(min(add(add(base, spread), multiply(power, mean)), MOST_EXPONENT));
  };
  const terms: Expression[] = [];
  let from: Expression | null = null;
  for (const { to, cash, units, growths } of pieces) {
    if (!isZero(cash)) terms.push(multiply(cash, probability(from, to, law)));
    if (!isZero(units)) terms.push(multiply(multiply(units, forward), probability(from, to, law, deviation)));
    for (const growth of growths) {
      const within = probability(from, to, law, multiply(growth.power, deviation));
      terms.push(multiply(multiply(growth.factor, ofGrowth(growth)), within));
    }
    from = to;
  }
  return terms.length === 0 ? multiply(0, 1) : terms.reduce((sum, term) => add(sum, term));
}
