import { binaryArithmetic, hasKernelBits, unaryArithmetic } from "./arithmetic.js";
import type { BinaryOp, Expression, MarketLeaf, PathOp, UnaryOp } from "./expression.js";

/**
 * Constructors of expressions, one per operation: `max(subtract(price(0), strike), 0)`.
 * Operations on constants are done at once where the result is finite, and x + 0, x − 0, x · 1, x / 1 are x.
 */

/** Plain numbers stand for constants. */
export type Value = Expression | number;

export function constant(value: number): Expression {
  return { op: "constant", value };
}

/** S(t_date), an index into the payoff's dates. */
export function price(date: number): Expression {
  return { op: "price", date };
}

export const abs = (of: Value): Expression => unary("abs", of);
export const sqrt = (of: Value): Expression => unary("sqrt", of);
export const exp = (of: Value): Expression => unary("exp", of);
export const log = (of: Value): Expression => unary("log", of);

/** P(Z <= x), Z standard normal. */
export const normalCdf = (of: Value): Expression => unary("normal-cdf", of);

/** z with P(Z <= z) = u, Z standard normal, for u in (0, 1). */
export const inverseNormal = (of: Value): Expression => unary("inverse-normal", of);

/** A number per path that is no price. */
export const input = (column: number): Expression => ({ op: "input", column });

/** A number of the market and the model, of the first interval unless told otherwise. */
export const market = (name: MarketLeaf["name"], interval = 0): MarketLeaf => ({
  op: "market",
  name,
  interval,
  by: [],
});

export function negate(of: Value): Expression {
  const inner = expressionOf(of);
  return inner.op === "negate" ? inner.of : unary("negate", inner);
}

export function add(left: Value, right: Value): Expression {
  if (isConstant(left, 0)) return expressionOf(right);
  return isConstant(right, 0) ? expressionOf(left) : binary("add", left, right);
}

export function subtract(left: Value, right: Value): Expression {
  return isConstant(right, 0) ? expressionOf(left) : binary("subtract", left, right);
}

export function multiply(left: Value, right: Value): Expression {
  if (isConstant(left, 1)) return expressionOf(right);
  return isConstant(right, 1) ? expressionOf(left) : binary("multiply", left, right);
}

export function divide(left: Value, right: Value): Expression {
  return isConstant(right, 1) ? expressionOf(left) : binary("divide", left, right);
}

export const max = (left: Value, right: Value): Expression => binary("max", left, right);
export const min = (left: Value, right: Value): Expression => binary("min", left, right);

/** Comparisons are 1 where they hold, else 0. */
export const greater = (left: Value, right: Value): Expression => binary("greater", left, right);
export const greaterEqual = (left: Value, right: Value): Expression => binary("greater-equal", left, right);
export const less = (left: Value, right: Value): Expression => binary("less", left, right);
export const lessEqual = (left: Value, right: Value): Expression => binary("less-equal", left, right);

/** Statistics of the prices at `dates`, which must be one or more and strictly increasing. */
export const mean = (dates: readonly number[]): Expression => statistic("mean", dates);
export const geometricMean = (dates: readonly number[]): Expression => statistic("geometric-mean", dates);
export const highest = (dates: readonly number[]): Expression => statistic("highest", dates);
export const lowest = (dates: readonly number[]): Expression => statistic("lowest", dates);

function unary(op: UnaryOp, of: Value): Expression {
  const operand = expressionOf(of);
  if (operand.op === "constant" && hasKernelBits(op)) {
    const value = unaryArithmetic[op](operand.value);
    if (Number.isFinite(value)) return constant(value);
  }
  return { op, of: operand };
}

function binary(op: BinaryOp, left: Value, right: Value): Expression {
  const [a, b] = [expressionOf(left), expressionOf(right)];
  if (a.op === "constant" && b.op === "constant") {
    const value = binaryArithmetic[op](a.value, b.value);
    if (Number.isFinite(value)) return constant(value);
  }
  return { op, left: a, right: b };
}

function statistic(op: PathOp, dates: readonly number[]): Expression {
  const [first] = dates;
  if (first === undefined) throw new RangeError(`${op} must be over at least one date, got none`);
  if (dates.some((date, i) => date <= (dates[i - 1] ?? -1))) {
    throw new RangeError(`the dates of ${op} must be strictly increasing indices >= 0, got ${dates.join()}`);
  }
  return dates.length === 1 ? price(first) : { op, dates };
}

function expressionOf(value: Value): Expression {
  return typeof value === "number" ? constant(value) : value;
}

function isConstant(value: Value, number: number): boolean {
  return typeof value === "number" ? value === number : value.op === "constant" && value.value === number;
}
