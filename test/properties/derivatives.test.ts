import fc from "fast-check";
import { expect, test } from "vitest";
import * as build from "../../src/payoffs/build.js";
import { derivative, withMarket } from "../../src/payoffs/differentiate.js";
import { evaluate } from "../../src/payoffs/evaluate.js";
import type { Expression } from "../../src/payoffs/expression.js";
import { check } from "./check.js";
import { market } from "./compiled.js";

const DATES = 3;
const leaves = ["spot", "drift", "deviation", "discounting", "score", "bridge", "probability"] as const;

const square = (of: Expression) => build.multiply(of, of);
/** Smooth everywhere, and defined: under root, logarithm and fraction stands something above 0. */
const unary = [
  build.negate,
  build.exp,
  build.normalCdf,
  (of: Expression) => build.sqrt(build.add(1, square(of))),
  (of: Expression) => build.log(build.add(1, square(of))),
];
const binary = [
  build.add,
  build.subtract,
  build.multiply,
  (a: Expression, b: Expression) => build.divide(a, build.add(1, square(b))),
];
const observed = fc.subarray([...Array(DATES).keys()], { minLength: 1 });
const { smooth } = fc.letrec<{ smooth: Expression }>((tie) => ({
  smooth: fc.oneof(
    { maxDepth: 5, depthIdentifier: "smooth" },
    fc.oneof(
      fc.integer({ min: 0, max: DATES - 1 }).map(build.price),
      fc.constantFrom(...leaves).map(build.market),
      fc.double({ min: -2, max: 2, noNaN: true }).map(build.constant),
    ),
    fc.tuple(fc.constantFrom(build.mean, build.geometricMean), observed).map(([make, dates]) => make(dates)),
    fc.tuple(fc.constantFrom(...unary), tie("smooth")).map(([make, of]) => make(of)),
    fc.tuple(fc.constantFrom(...binary), tie("smooth"), tie("smooth")).map(([make, a, b]) => make(a, b)),
  ),
}));

/** A value, its slope, and the sum of the absolute terms that made the slope: what its rounding is measured by. */
interface Dual {
  readonly value: number;
  readonly slope: number;
  readonly size: number;
}

/** f(a, b, …) from its value and its slopes in them. */
function chain(value: number, ...terms: readonly (readonly [slope: number, of: Dual])[]): Dual {
  return {
    value,
    slope: terms.reduce((sum, [slope, of]) => sum + slope * of.slope, 0),
    size: terms.reduce((sum, [slope, of]) => sum + Math.abs(slope) * of.size, 0),
  };
}

interface Direction {
  readonly prices: readonly number[];
  readonly market: Readonly<Record<(typeof leaves)[number], number>>;
}

/** The expression on dual numbers: forward differentiation, which knows nothing of how expressions are differentiated. */
function dual(expression: Expression, prices: readonly number[], direction: Direction): Dual {
  const of = (part: Expression) => dual(part, prices, direction);
  const leaf = (value: number, slope: number): Dual => ({ value, slope, size: Math.abs(slope) });
  const priceAt = (date: number) => leaf(prices[date]!, direction.prices[date]!);
  switch (expression.op) {
    case "constant":
      return leaf(expression.value, 0);
    case "price":
      return priceAt(expression.date);
    case "market":
      return leaf(market[expression.name], direction.market[expression.name]);
    case "mean":
    case "geometric-mean": {
      const n = expression.dates.length;
      const value = evaluate(expression, prices);
      const terms = expression.dates.map((date) => {
        const slope = expression.op === "mean" ? 1 / n : value / (n * prices[date]!);
        return [slope, priceAt(date)] as const;
      });
      return chain(value, ...terms);
    }
    case "negate": {
      const a = of(expression.of);
      return chain(-a.value, [-1, a]);
    }
    case "exp": {
      const a = of(expression.of);
      return chain(Math.exp(a.value), [Math.exp(a.value), a]);
    }
    case "log": {
      const a = of(expression.of);
      return chain(Math.log(a.value), [1 / a.value, a]);
    }
    case "sqrt": {
      const a = of(expression.of);
      return chain(Math.sqrt(a.value), [0.5 / Math.sqrt(a.value), a]);
    }
    case "normal-cdf": {
      const a = of(expression.of);
      const density = Math.exp(-0.5 * (a.value * a.value)) / Math.sqrt(2 * Math.PI);
      return chain(evaluate(build.normalCdf(a.value), []), [density, a]);
    }
    case "add":
    case "subtract":
    case "multiply":
    case "divide": {
      const [a, b] = [of(expression.left), of(expression.right)];
      if (expression.op === "add") return chain(a.value + b.value, [1, a], [1, b]);
      if (expression.op === "subtract") return chain(a.value - b.value, [1, a], [-1, b]);
      if (expression.op === "multiply") return chain(a.value * b.value, [b.value, a], [a.value, b]);
      const quotient = a.value / b.value;
      return chain(quotient, [1 / b.value, a], [-quotient / b.value, b]);
    }
    default:
      throw new Error(`${expression.op} is not smooth`);
  }
}

test("the derivative of a random smooth expression is that of dual numbers", async () => {
  const slope = fc.double({ min: -3, max: 3, noNaN: true });
  const direction = fc.record<Direction>({
    prices: fc.array(slope, { minLength: DATES, maxLength: DATES }),
    market: fc.record({
      spot: slope,
      drift: slope,
      deviation: slope,
      discounting: slope,
      score: slope,
      bridge: slope,
      probability: slope,
    }),
  });
  const prices = fc.array(fc.double({ min: 0.2, max: 3, noNaN: true }), {
    minLength: DATES,
    maxLength: DATES,
  });
  let compared = 0;
  const examples = 1000;
  await check(
    fc.property(smooth, prices, direction, (expression, path, along) => {
      const slopes = derivative(expression, {
        price: (date) => build.constant(along.prices[date]!),
        market: ({ name }) => build.constant(along.market[name]),
      });
      const truth = dual(expression, path, along);
      // A tower of exponentials overflows, in which order of operations does not matter.
      if (!Number.isFinite(truth.size)) return;
      const value = evaluate(
        withMarket(slopes, ({ name }) => market[name]),
        path,
      );
      // A few ulp for each of at most some dozen operations along a branch.
      expect(Math.abs(value - truth.slope)).toBeLessThanOrEqual(1e-13 * truth.size + 1e-300);
      compared++;
    }),
    examples,
  );
  expect(compared).toBeGreaterThan(0.8 * examples);
});
