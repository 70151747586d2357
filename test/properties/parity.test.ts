import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { price } from "../../src/payoffs/build.js";
import type { Expression } from "../../src/payoffs/expression.js";
import { check } from "./check.js";
import { compiled } from "./compiled.js";
import { amountOf, DATES, level, pathsOf } from "./terms.js";

const both = (product: string, terms: Readonly<Record<string, unknown>>) =>
  (["call", "put"] as const).map((right) => amountOf(product, { ...terms, right })) as [
    Expression,
    Expression,
  ];

/** Subtracting is exact in both directions, so that these hold to the bit. */
describe("call and put", () => {
  test("of a vanilla make a forward on every path", async () => {
    await check(
      fc.property(level, pathsOf(1), (strike, paths) => {
        const [call, put, forward] = compiled(
          [...both("vanilla", { strike }), amountOf("forward", { strike })],
          paths,
        );
        for (const [i, amount] of forward!.entries())
          expect(call![i]! - put![i]!, `at ${paths[i]}`).toBe(amount);
      }),
      500,
    );
  });

  test("of an Asian make the average against the strike, or the final price against the average", async () => {
    const types = fc.tuple(fc.constantFrom("arithmetic", "geometric"), fc.constantFrom("fixed", "floating"));
    await check(
      fc.property(types, level, pathsOf(DATES.length), ([average, strike_type], strike, paths) => {
        const dates = [...DATES.keys()];
        const mean = { op: average === "arithmetic" ? "mean" : "geometric-mean", dates } as const;
        const terms = { strike, average, strike_type, observations: DATES };
        const [call, put, averages] = compiled([...both("asian", terms), mean], paths);
        for (const [i, amount] of averages!.entries()) {
          const forward = strike_type === "fixed" ? amount - strike : paths[i]!.at(-1)! - amount;
          expect(call![i]! - put![i]!, `path ${paths[i]}`).toBe(forward);
        }
      }),
    );
  });

  test("of digitals make cash, the asset, and what a gap is over, but at the level itself, where neither pays", async () => {
    await check(
      fc.property(level, level, pathsOf(1), (strike, trigger, paths) => {
        const [cashCall, cashPut, assetCall, assetPut, gapCall, gapPut, final] = compiled(
          [
            ...both("digital", { strike: trigger, cash: 7 }),
            ...both("asset-digital", { strike: trigger }),
            ...both("gap", { strike, trigger }),
            price(0),
          ],
          paths,
        );
        for (const [i, amount] of final!.entries()) {
          const isBeyond = amount === trigger ? 0 : 1;
          expect(cashCall![i]! + cashPut![i]!, `at ${amount}`).toBe(7 * isBeyond);
          expect(assetCall![i]! + assetPut![i]!, `at ${amount}`).toBe(amount * isBeyond);
          expect(gapCall![i]! - gapPut![i]! + 0, `at ${amount}`).toBe((amount - strike) * isBeyond + 0);
        }
      }),
    );
  });
});
