import { isPositive } from "./analyse.js";
import {
  add,
  constant,
  divide,
  exp,
  greater,
  greaterEqual,
  less,
  lessEqual,
  max,
  multiply,
  negate,
  price,
  subtract,
  type Value,
} from "./build.js";
import type { Expression, MarketLeaf } from "./expression.js";
import { answerParts, partsInOrder } from "./operands.js";

/** Replaces the market's numbers in one expression. */
export function withMarket(expression: Expression, value: (leaf: MarketLeaf) => Value): Expression {
  return openWithMarket(value)(expression);
}

/** Replaces the market's numbers. Parts that expressions share stay shared. */
export function openWithMarket(value: (leaf: MarketLeaf) => Value): (expression: Expression) => Expression {
  return openWithLeaves((leaf) => (leaf.op === "market" ? value(leaf) : leaf));
}

/** Replaces the price of an amount that looks at a single one. */
export function withPrice(amount: Expression, price: Expression): Expression {
  return openWithLeaves((leaf) => ("date" in leaf || "dates" in leaf ? price : leaf))(amount);
}

function openWithLeaves(leafOf: (leaf: Expression) => Value): (expression: Expression) => Expression {
  const known = new Map<Expression, Expression>();
  const of = (part: Expression) => known.get(part)!;
  const rebuilt = (part: Expression): Expression => {
    if ("of" in part) return of(part.of) === part.of ? part : { op: part.op, of: of(part.of) };
    if (!("left" in part)) {
      const found = leafOf(part);
      return typeof found === "number" ? constant(found) : found;
    }
    const [left, right] = [of(part.left), of(part.right)];
    return left === part.left && right === part.right ? part : { op: part.op, left, right };
  };
  return (expression) => answerParts(expression, known, rebuilt);
}

/** Whether the amount depends on numbers of the market besides the observed prices. */
export function dependsOnMarket(expression: Expression): boolean {
  return partsInOrder(expression).some((part) => part.op === "market");
}

/** Which parameters move a number of the market. */
export type Moves = (leaf: MarketLeaf, parameter: string) => boolean;

/** The derivative of a number of the market: the leaf with the parameter added to its `by`, or null where it does not move. */
export function marketSlope(leaf: MarketLeaf, parameter: string, moves: Moves): MarketLeaf | null {
  return moves(leaf, parameter) ? { ...leaf, by: [...leaf.by, parameter] } : null;
}

/** How the leaves of an expression move; null where they do not. */
export interface LeafSlopes {
  market(leaf: MarketLeaf): Expression | null;
  price(date: number): Expression | null;
}

/**
 * Differentiates amounts whose leaves move so, forwards. Where one has a kink the derivative is that of one side; jumps count for
 * nothing. Parts that amounts share are differentiated once.
 */
export function openDerivative(slopes: LeafSlopes): (expression: Expression) => Expression {
  const known = new Map<Expression, Expression | null>();
  const slopeOf = (part: Expression): Expression | null => {
    if (part.op === "market") return slopes.market(part);
    if (part.op === "price") return slopes.price(part.date);
    return partials(part).reduce<Expression | null>((sum, { of, times }) => {
      const inner = of.op === "price" ? slopes.price(of.date) : known.get(of)!;
      return inner === null ? sum : plus(sum, times(inner));
    }, null);
  };
  return (expression) => answerParts(expression, known, slopeOf) ?? constant(0);
}

/** One amount's derivative. */
export function derivative(expression: Expression, slopes: LeafSlopes): Expression {
  return openDerivative(slopes)(expression);
}

/**
 * The derivatives of an amount in all the numbers of the market at once, backwards: a few times the work of the amount itself,
 * however many there are. Griewank and Walther, Evaluating Derivatives (2008), §3.2.
 */
export function marketGradient(
  expression: Expression,
): readonly { readonly leaf: MarketLeaf; readonly slope: Expression }[] {
  const parts = partsInOrder(expression);
  const slopes = new Map<Expression, Expression>([[expression, constant(1)]]);
  const leaves = new Map<string, { leaf: MarketLeaf; slope: Expression }>();
  for (const part of [...parts].reverse()) {
    const slope = slopes.get(part);
    if (slope === undefined) continue;
    if (part.op === "market") {
      const key = `${part.name} ${part.interval} ${part.jumps} ${part.by.join()}`;
      leaves.set(key, { leaf: part, slope: plus(leaves.get(key)?.slope ?? null, slope) });
    }
    for (const { of, times } of partials(part)) {
      if (isFixed(of)) continue;
      slopes.set(of, plus(slopes.get(of) ?? null, times(slope)));
    }
  }
  return [...leaves.values()];
}

function isFixed({ op }: Expression): boolean {
  return op === "constant" || op === "input" || op === "price";
}

/** a + b, null standing for 0. */
export function plus(a: Expression | null, b: Expression): Expression {
  if (a === null) return b;
  return b.op === "negate" ? subtract(a, b.of) : add(a, b);
}

/** What a part owes to one of its operands: a change of it, times the partial derivative. */
interface Partial {
  readonly of: Expression;
  times(change: Expression): Expression;
}

/** The partial derivatives of one operation; those that are 0 are left out. */
function partials(part: Expression): readonly Partial[] {
  if ("of" in part) return [{ of: part.of, times: unaryPartial(part) }];
  if ("dates" in part) return part.dates.map((date) => statisticPartial(part, date));
  if (!("left" in part)) return [];
  const { op, left, right } = part;
  const a = (times: Partial["times"]): Partial => ({ of: left, times });
  const b = (times: Partial["times"]): Partial => ({ of: right, times });
  const where = (holds: Expression) => (change: Expression) => multiply(change, holds);
  const same = (change: Expression) => change;
  switch (op) {
    case "add":
      return [a(same), b(same)];
    case "subtract":
      return [a(same), b(negate)];
    case "multiply":
      return [a((change) => multiply(change, right)), b((change) => multiply(change, left))];
    case "divide": {
      // One division for all: they take several times as long as products.
      const inverse = divide(1, right);
      const ratio = multiply(part, inverse);
      return [a((change) => multiply(change, inverse)), b((change) => negate(multiply(change, ratio)))];
    }
    case "max":
      return [a(where(greaterEqual(left, right))), b(where(less(left, right)))];
    case "min":
      return [a(where(lessEqual(left, right))), b(where(subtract(1, lessEqual(left, right))))];
    default:
      return [];
  }
}

function statisticPartial(part: Extract<Expression, { dates: readonly number[] }>, date: number): Partial {
  const of = price(date);
  switch (part.op) {
    case "mean":
      return { of, times: (change) => multiply(change, 1 / part.dates.length) };
    case "geometric-mean":
      return { of, times: (change) => multiply(change, divide(multiply(part, 1 / part.dates.length), of)) };
    // Prices are distinct but with probability 0.
    case "highest":
      return { of, times: (change) => multiply(change, greaterEqual(of, part)) };
    case "lowest":
      return { of, times: (change) => multiply(change, lessEqual(of, part)) };
  }
}

/** Of the least number that is not 0 the root is larger. */
const LEAST_ROOT = 1e-170;
const ROOT_TWO_PI = Math.sqrt(2 * Math.PI);

function unaryPartial(part: Extract<Expression, { of: Expression }>): Partial["times"] {
  const { of } = part;
  switch (part.op) {
    case "negate":
      return negate;
    case "abs":
      return (change) => multiply(change, subtract(multiply(2, greaterEqual(of, 0)), 1));
    case "sqrt": {
      if (isPositive(of)) return (change) => divide(multiply(change, 0.5), part);
      // At 0 there is no slope: of paths that stay there, as those of sqrt(max(S − K, 0)), none is needed.
      const inverse = divide(multiply(0.5, greater(part, 0)), max(part, LEAST_ROOT));
      return (change) => multiply(change, inverse);
    }
    case "exp":
      return (change) => multiply(change, part);
    case "log":
      return (change) => divide(change, of);
    case "normal-cdf":
      return (change) => multiply(change, multiply(exp(multiply(-0.5, multiply(of, of))), 1 / ROOT_TWO_PI));
    case "inverse-normal":
      return (change) => multiply(change, multiply(exp(multiply(0.5, multiply(part, part))), ROOT_TWO_PI));
  }
}
