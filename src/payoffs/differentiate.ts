import {
  add,
  constant,
  divide,
  exp,
  greaterEqual,
  less,
  lessEqual,
  multiply,
  price,
  subtract,
  type Value,
} from "./build.js";
import type { Expression, MarketLeaf } from "./expression.js";

/** Replaces the market's numbers. Parts that are shared stay shared. */
export function withMarket(expression: Expression, value: (leaf: MarketLeaf) => Value): Expression {
  return rewrite(expression, (leaf) => {
    const found = value(leaf);
    return typeof found === "number" ? constant(found) : found;
  });
}

/** Whether the amount depends on numbers of the market besides the observed prices. */
export function dependsOnMarket(expression: Expression): boolean {
  let found = false;
  rewrite(expression, (leaf) => {
    found = true;
    return leaf;
  });
  return found;
}

/**
 * The derivative of an amount in a parameter of the market, observed prices held fixed: each leaf's derivative is the leaf with
 * the parameter added to its `by`, or 0 where the parameter does not move it.
 */
export function byMarket(
  expression: Expression,
  parameter: string,
  moves: (leaf: MarketLeaf, parameter: string) => boolean,
): Expression {
  return derivative(expression, {
    market: (leaf) => (moves(leaf, parameter) ? { ...leaf, by: [...leaf.by, parameter] } : null),
    price: () => null,
  });
}

/** How the leaves of an expression move; null where they do not. */
export interface LeafSlopes {
  market(leaf: MarketLeaf): Expression | null;
  price(date: number): Expression | null;
}

/** The derivative of an amount whose leaves move so. Where it has a kink it is that of one side; jumps count for nothing. */
export function derivative(expression: Expression, slopes: LeafSlopes): Expression {
  const known = new Map<Expression, Expression>();
  const zero = constant(0);
  const isZero = (part: Expression) => part.op === "constant" && part.value === 0;
  const times = (a: Expression, b: Value) => (isZero(a) ? zero : multiply(a, b));

  const of = (part: Expression): Expression => {
    const before = known.get(part);
    if (before !== undefined) return before;
    const slope = slopeOf(part);
    known.set(part, slope);
    return slope;
  };
  const slopeOf = (part: Expression): Expression => {
    if (part.op === "market") return slopes.market(part) ?? zero;
    if ("date" in part) return slopes.price(part.date) ?? zero;
    if ("dates" in part) return statisticSlope(part);
    if ("of" in part) {
      const inner = of(part.of);
      return isZero(inner) ? zero : multiply(inner, unarySlope(part.op, part.of, part));
    }
    if (!("left" in part)) return zero;
    const { left, right } = part;
    const [a, b] = [of(left), of(right)];
    if (isZero(a) && isZero(b)) return zero;
    switch (part.op) {
      case "add":
        return add(a, b);
      case "subtract":
        return isZero(b) ? a : subtract(a, b);
      case "multiply":
        return add(times(a, right), times(b, left));
      case "divide": {
        const first = isZero(a) ? zero : divide(a, right);
        return isZero(b) ? first : subtract(first, divide(multiply(part, b), right));
      }
      case "max":
        return add(times(a, greaterEqual(left, right)), times(b, less(left, right)));
      case "min":
        return add(times(a, lessEqual(left, right)), times(b, subtract(1, lessEqual(left, right))));
      default:
        return zero;
    }
  };
  const statisticSlope = (part: Extract<Expression, { dates: readonly number[] }>): Expression => {
    const moving = part.dates.flatMap((date) => {
      const slope = slopes.price(date);
      return slope === null ? [] : [{ date, slope }];
    });
    const sum = (term: (of: { date: number; slope: Expression }) => Expression) =>
      moving.map(term).reduce<Expression>(add, zero);
    switch (part.op) {
      case "mean":
        return divide(
          sum(({ slope }) => slope),
          part.dates.length,
        );
      case "geometric-mean":
        return multiply(
          part,
          divide(
            sum(({ date, slope }) => divide(slope, price(date))),
            part.dates.length,
          ),
        );
      // Prices are distinct but with probability 0.
      case "highest":
        return sum(({ date, slope }) => multiply(slope, greaterEqual(price(date), part)));
      case "lowest":
        return sum(({ date, slope }) => multiply(slope, lessEqual(price(date), part)));
    }
  };
  return of(expression);
}

function unarySlope(
  op: Extract<Expression, { of: Expression }>["op"],
  of: Expression,
  value: Expression,
): Value {
  switch (op) {
    case "negate":
      return -1;
    case "abs":
      return subtract(multiply(2, greaterEqual(of, 0)), 1);
    case "sqrt":
      return divide(0.5, value);
    case "exp":
      return value;
    case "log":
      return divide(1, of);
    case "normal-cdf":
      return multiply(exp(multiply(-0.5, multiply(of, of))), 1 / Math.sqrt(2 * Math.PI));
  }
}

/** The expression with every leaf of the market replaced. */
function rewrite(expression: Expression, replace: (leaf: MarketLeaf) => Expression): Expression {
  const known = new Map<Expression, Expression>();
  const of = (part: Expression): Expression => {
    const before = known.get(part);
    if (before !== undefined) return before;
    const after = rebuilt(part);
    known.set(part, after);
    return after;
  };
  const rebuilt = (part: Expression): Expression => {
    if (part.op === "market") return replace(part);
    if ("of" in part) {
      const inner = of(part.of);
      return inner === part.of ? part : { op: part.op, of: inner };
    }
    if (!("left" in part)) return part;
    const [left, right] = [of(part.left), of(part.right)];
    return left === part.left && right === part.right ? part : { op: part.op, left, right };
  };
  return of(expression);
}
