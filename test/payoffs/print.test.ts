import fc from "fast-check";
import { expect, test } from "vitest";
import * as build from "../../src/payoffs/build.js";
import { products } from "../../src/payoffs/catalogue.js";
import { FormulaError, parseFormula } from "../../src/payoffs/formula.js";
import { formulaText } from "../../src/payoffs/print.js";
import { expressions } from "./expressions.js";

const dates = [0.25, 1 / 3, 0.5, 1];
const [first, last] = [build.price(0), build.price(3)];

test("a printed formula reads back as an equal expression", () => {
  fc.assert(
    fc.property(expressions(dates.length), (expression) => {
      const text = formulaText(expression, dates);
      expect(readBack(text)).toEqual(expression);
    }),
    { numRuns: 1000 },
  );
});

/** Expressions without a finite value on some constants, such as 1 / 0, are no formulas: the property leaves them out. */
function readBack(text: string) {
  try {
    return parseFormula(text, dates);
  } catch (error) {
    if (!(error instanceof FormulaError && error.message.includes("must be a finite number"))) throw error;
    return fc.pre(false);
  }
}

test.each([
  [build.max(build.subtract(last, 100), 0), "max(S(T) - 100, 0)"],
  [build.subtract(last, build.subtract(first, 2)), "S(T) - (S[1] - 2)"],
  [build.subtract(build.subtract(last, first), 2), "S(T) - S[1] - 2"],
  [build.multiply(build.add(last, 1), 2), "(S(T) + 1) * 2"],
  [build.greater(build.less(last, 1), 0.5), "(S(T) < 1) > 0.5"],
  [build.max(build.max(last, first), 5), "max(S(T), S[1], 5)"],
  [build.max(last, build.max(first, 5)), "max(S(T), max(S[1], 5))"],
  [build.negate(build.add(last, -5)), "-(S(T) + -5)"],
  [build.mean([0, 1, 2, 3]), "mean(S)"],
  [build.lowest([0, 2]), "min(S(0.25, 0.5))"],
])("%j prints with the parentheses it needs and no others", (expression, text) => {
  expect(formulaText(expression, dates)).toBe(text);
});

test("a product prints as the formula a custom trade would write", () => {
  const terms = { right: "call", strike: 100, barrier: 130, rebate: 2, barrier_type: "up-and-out" };
  const { amount, dates } = products.barrier!.payoff({ ...terms, observations: [0.5, 1] }, 1);
  if (typeof amount === "function") throw new Error("a product's amount must be an expression");
  const text = "(max(S) < 130) * max(S(T) - 100, 0) + (max(S) >= 130) * 2";
  expect(formulaText(amount, dates)).toBe(text);
  expect(products.custom!.payoff({ payoff: text, observations: [0.5] }, 1)).toEqual({ amount, dates });
});

test("an expression that looks at no date of the payoff is refused", () => {
  expect(() => formulaText(build.price(4), dates)).toThrow("date must be one of 0 to 3, got 4");
  expect(() => formulaText(build.mean([0, 4]), dates)).toThrow("date must be one of 0 to 3, got 4");
});
