import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jumps } from "../../src/payoffs/analyse.js";
import * as build from "../../src/payoffs/build.js";
import { evaluate } from "../../src/payoffs/evaluate.js";
import type { Expression } from "../../src/payoffs/expression.js";
import { operandsOf } from "../../src/payoffs/operands.js";
import type { PayoffFunction } from "../../src/payoffs/payoff.js";
import { paths, reproducibleExpressions } from "../payoffs/expressions.js";
import { check } from "./check.js";
import { compiled } from "./compiled.js";
import { estimatesOf } from "./flat-market.js";

const DATES = [0.25, 0.5, 0.75, 1];
const amounts = reproducibleExpressions(DATES.length);
const somePaths = fc.array(paths(DATES.length), { minLength: 1, maxLength: 32 });

/** The kernel's max and min give either of 0 and −0, which are one number to everything but a division by it. */
function dividesByZero(amount: Expression, prices: readonly number[]): boolean {
  const isOne = amount.op === "divide" && evaluate(amount.right, prices) === 0;
  return isOne || operandsOf(amount).some((operand) => dividesByZero(operand, prices));
}

describe("a random expression", () => {
  test("is, compiled and on the kernel's columns, what the interpreter says, to the bit", async () => {
    await check(
      fc.property(fc.array(amounts, { minLength: 1, maxLength: 40 }), somePaths, (several, prices) => {
        const rows = compiled(several, prices);
        for (const [a, amount] of several.entries()) {
          for (const [i, path] of prices.entries()) {
            if (dividesByZero(amount, path)) continue;
            expect(rows[a]![i]! + 0, `path ${path}`).toBe(evaluate(amount, path) + 0);
          }
        }
      }),
      300,
    );
  });

  test("under exp or log is within 3 ulp of JavaScript's, under the normal law within a relative 1e-11", async () => {
    const functions = { exp: build.exp, log: build.log, "normal-cdf": build.normalCdf };
    await check(
      fc.property(amounts, somePaths, (inner, prices) => {
        const outer = Object.values(functions).map((make) => make(inner));
        const rows = compiled(outer, prices);
        for (const [a, amount] of outer.entries()) {
          for (const [i, path] of prices.entries()) {
            if (dividesByZero(inner, path)) continue;
            const [value, truth] = [rows[a]![i]!, evaluate(amount, path)];
            // Each side is within 1.2 ulp of the truth; the normal law of the kernel is to 1e-11, and underflows apart.
            const bound = amount.op === "normal-cdf" ? 1e-11 * truth + 1e-300 : 3 * ulp(truth);
            if (Number.isFinite(truth))
              expect(Math.abs(value - truth), `path ${path}`).toBeLessThanOrEqual(bound);
            else expect(value, `path ${path}`).toBe(truth);
          }
        }
      }),
      300,
    );
  });

  test("a geometric mean is within 100 ulp of JavaScript's", async () => {
    // Logarithms up to 9.2 differ by an ulp each, and their sums, up to 37, round apart: 9e-15 of their mean, 81 ulp of its exp.
    await check(
      fc.property(somePaths, (prices) => {
        const mean = build.geometricMean([0, 1, 2, 3]);
        const [row] = compiled([mean], prices);
        for (const [i, path] of prices.entries()) {
          const truth = evaluate(mean, path);
          expect(Math.abs(row![i]! - truth), `path ${path}`).toBeLessThanOrEqual(100 * ulp(truth));
        }
      }),
    );
  });

  test("has the estimates of a plain function that says the same, to the bit", async () => {
    await check(
      fc.asyncProperty(fc.array(amounts, { minLength: 1, maxLength: 4 }), async (several) => {
        const coded = several.map(
          (amount): PayoffFunction =>
            (prices, out) => {
              for (let i = 0; i < out.length; i++)
                out[i] = evaluate(
                  amount,
                  prices.map((price) => price[i]!),
                );
            },
        );
        const runs = await estimatesOf(
          [...several, ...coded].map((amount) => ({ dates: DATES, amount })),
          { estimator: "likelihood-ratio", seed: "bits", greeks: ["price", "delta", "gamma", "vega"] },
        );
        for (const [a, amount] of several.entries()) {
          const [data, code] = [runs[a]!, runs[several.length + a]!];
          expect(data.failures).toEqual(code.failures);
          for (const [greek, { value, standardError }] of Object.entries(data.greeks)) {
            expect(value + 0, greek).toBe(code.greeks[greek]!.value + 0);
            // Of a function it is not known that it does not jump, so that its error may be stated larger.
            if (jumps(amount)) expect(standardError, greek).toBe(code.greeks[greek]!.standardError);
            else expect(standardError, greek).toBeLessThanOrEqual(code.greeks[greek]!.standardError);
          }
        }
      }),
      60,
    );
  });
});

/** Unit in the last place; of 0 that of the smallest normal number. */
function ulp(value: number): number {
  return 2 ** Math.max(Math.floor(Math.log2(Math.abs(value))) - 52, -1074);
}
