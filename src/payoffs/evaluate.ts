import { exp, log } from "../numerics/elementary.js";
import { binaryArithmetic, unaryArithmetic } from "./arithmetic.js";
import type { Expression, PathOp } from "./expression.js";

/**
 * The value of an expression on one path, `prices[k]` being S(t_k): the plain meaning that compiled programs are
 * held against. Throws RangeError when the expression looks at a date that has no price.
 */
export function evaluate(expression: Expression, prices: readonly number[]): number {
  if ("value" in expression) return expression.value;
  if ("date" in expression) return priceAt(expression.date, prices);
  if ("of" in expression) return unaryArithmetic[expression.op](evaluate(expression.of, prices));
  if ("left" in expression) {
    const { op, left, right } = expression;
    return binaryArithmetic[op](evaluate(left, prices), evaluate(right, prices));
  }
  if (!("dates" in expression)) throw new Error(`${expression.op} must have its number first`);
  const observed = expression.dates.map((date) => priceAt(date, prices));
  return pathStatistics[expression.op](observed);
}

/** In date order, so that the sum is one number to the last bit. */
const pathStatistics: Readonly<Record<PathOp, (prices: readonly number[]) => number>> = {
  mean,
  "geometric-mean": (prices) => exp(mean(prices.map(log))),
  highest: (prices) => prices.reduce((a, b) => Math.max(a, b)),
  lowest: (prices) => prices.reduce((a, b) => Math.min(a, b)),
};

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, x) => sum + x) / numbers.length;
}

function priceAt(date: number, prices: readonly number[]): number {
  const price = prices[date];
  if (price === undefined) {
    throw new RangeError(`date must be one of 0 to ${prices.length - 1}, got ${date}`);
  }
  return price;
}
