import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as build from "../../src/payoffs/build.js";
import {
  dependsOnMarket,
  derivative,
  marketGradient,
  marketSlope,
  withMarket,
} from "../../src/payoffs/differentiate.js";
import { evaluate } from "../../src/payoffs/evaluate.js";
import type { Expression, MarketLeaf } from "../../src/payoffs/expression.js";

const smoothUnary = [build.negate, build.exp, build.normalCdf, (of: Expression) => build.sqrt(build.exp(of))];
const binary = [
  build.add,
  build.subtract,
  build.multiply,
  (a: Expression, b: Expression) => build.divide(a, build.add(1, build.multiply(b, b))),
  build.max,
  build.min,
];

/** Expressions in the spot, the deviation and a price, nowhere singular. */
const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, depthIdentifier: "market" },
    fc.constantFrom(build.market("spot"), build.market("deviation"), build.price(0), build.constant(0.7)),
    fc.tuple(fc.constantFrom(...smoothUnary), tie("expression")).map(([make, of]) => make(of)),
    fc
      .tuple(fc.constantFrom(...binary), tie("expression"), tie("expression"))
      .map(([make, a, b]) => make(a, b)),
  ),
}));

const value = (of: Expression, spot: number, deviation: number): number => {
  const numbers = (leaf: MarketLeaf) => {
    const [first, second] = leaf.by;
    if (second !== undefined) return 0;
    if (leaf.name === "spot") return first === undefined ? spot : Number(first === "spot");
    return first === undefined ? deviation : Number(first === "volatility");
  };
  return evaluate(withMarket(of, numbers), [1.3]);
};
const moves = ({ name }: MarketLeaf, parameter: string) => (name === "spot") === (parameter === "spot");

const byMarket = (of: Expression, parameter: string, moved = moves) =>
  derivative(of, { market: (leaf) => marketSlope(leaf, parameter, moved), price: () => null });

describe("derivatives in the market's numbers", () => {
  test("are those of differences, and both orders of the mixed one agree", () => {
    fc.assert(
      fc.property(expression, (of) => {
        const at = (spot: number, deviation: number) => value(of, spot, deviation);
        if (!(Math.abs(at(0.9, 0.4)) < 1e3)) return;
        const bySpot = byMarket(of, "spot");
        const h = 1e-5;
        const [left, right] = [(at(0.9, 0.4) - at(0.9 - h, 0.4)) / h, (at(0.9 + h, 0.4) - at(0.9, 0.4)) / h];
        const slope = value(bySpot, 0.9, 0.4);
        const size = 1e-3 * (1 + Math.abs(slope)) + Math.abs(right - left);
        if (Math.abs(slope) < 1e3) expect(Math.abs(slope - (left + right) / 2)).toBeLessThan(size);
        const mixed = value(byMarket(bySpot, "volatility"), 0.9, 0.4);
        const other = value(byMarket(byMarket(of, "volatility"), "spot"), 0.9, 0.4);
        expect(Math.abs(mixed - other)).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(mixed)));
      }),
      { numRuns: 400 },
    );
  });

  test("backwards are those of forwards, all at once", () => {
    fc.assert(
      fc.property(expression, (of) => {
        if (!(Math.abs(value(of, 0.9, 0.4)) < 1e3)) return;
        const gradient = marketGradient(of);
        for (const [name, parameter] of [
          ["spot", "spot"],
          ["deviation", "volatility"],
        ] as const) {
          const forwards = value(byMarket(of, parameter), 0.9, 0.4);
          const backwards = gradient.find(({ leaf }) => leaf.name === name)?.slope ?? build.constant(0);
          const size = 1e-9 * (1 + Math.abs(forwards));
          expect(Math.abs(value(backwards, 0.9, 0.4) - forwards)).toBeLessThanOrEqual(size);
        }
      }),
      { numRuns: 400 },
    );
  });

  test("a payoff of observed prices alone has none", () => {
    const call = build.max(build.subtract(build.price(0), 100), 0);
    expect(dependsOnMarket(call)).toBe(false);
    expect(byMarket(call, "spot")).toEqual(build.constant(0));
  });
});
