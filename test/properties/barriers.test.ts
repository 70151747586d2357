import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { constant, price } from "../../src/payoffs/build.js";
import type { Expression } from "../../src/payoffs/expression.js";
import { exercised } from "../../src/payoffs/products/exercise.js";
import { check } from "./check.js";
import { compiled } from "./compiled.js";
import { estimatesOf } from "./flat-market.js";
import { amountOf, barrierPairs, DATES, level, pathsOf } from "./terms.js";

const EPSILON = 2 ** -52;
const path = pathsOf(DATES.length);
/** What is watched at every moment sees the final price alone. */
const seenBy = (observations: unknown, paths: readonly (readonly number[])[]) =>
  observations === "continuous" ? paths.map((prices) => prices.slice(-1)) : paths;
describe("an option that a barrier ends, and one that it begins", () => {
  test("make the option without a barrier, and the rebate, on every path", async () => {
    await check(
      fc.property(barrierPairs, path, ({ right, strike, observations, rebate, out, into }, paths) => {
        const prices = seenBy(observations, paths);
        const vanilla = exercised(right, price(out.dates.length - 1), strike);
        const [ended, begun, plain] = compiled(
          [out.amount as Expression, into.amount as Expression, vanilla],
          prices,
        );
        for (const [i, amount] of plain!.entries()) {
          const sum = ended![i]! + begun![i]!;
          // Watched at dates one of the two is 0; at every moment p x and (1 − p) x are rounded, and so is their sum.
          const rounding = observations === "continuous" ? 4 * EPSILON * (amount + rebate) : 0;
          expect(Math.abs(sum - (amount + rebate)), `path ${prices[i]}`).toBeLessThanOrEqual(rounding);
        }
      }),
      500,
    );
  });

  test.each([
    // A net's controls are scaled by what its batches say, which is not linear in the payoff.
    { sampler: "random", estimator: "likelihood-ratio" },
    { sampler: "sobol", estimator: "likelihood-ratio-raw" },
  ] as const)(
    "have prices and deltas that make the option's, to rounding: $estimator, $sampler",
    async ({ sampler, estimator }) => {
      await check(
        fc.asyncProperty(barrierPairs, async ({ right, strike, observations, rebate, out, into }) => {
          const amount = exercised(right, price(out.dates.length - 1), strike);
          const plain = { dates: out.dates, amount };
          const bond = { dates: out.dates, amount: constant(rebate) };
          const runs = await estimatesOf([out, into, plain, bond], {
            ...{ sampler, estimator, seed: "in and out", greeks: ["price", "delta"] },
          });
          for (const greek of ["price", "delta"]) {
            const [ended, begun, whole, paid] = runs.map(({ greeks }) => greeks[greek]!.value);
            const size = Math.abs(ended!) + Math.abs(begun!) + Math.abs(whole!) + Math.abs(paid!);
            expect(
              Math.abs(ended! + begun! - whole! - paid!),
              `${greek}, ${observations}`,
            ).toBeLessThanOrEqual(1e-10 * (1 + size));
          }
        }),
        30,
      );
    },
  );
});

describe("an option that a barrier ends", () => {
  test("never pays more than the option without one, nor less than nothing", async () => {
    await check(
      fc.property(
        barrierPairs.filter(({ rebate }) => rebate === 0),
        path,
        ({ right, strike, observations, out }, paths) => {
          const prices = seenBy(observations, paths);
          const vanilla = exercised(right, price(out.dates.length - 1), strike);
          const [ended, plain] = compiled([out.amount as Expression, vanilla], prices);
          for (const [i, amount] of ended!.entries()) {
            expect(amount, `path ${prices[i]}`).toBeGreaterThanOrEqual(0);
            expect(amount, `path ${prices[i]}`).toBeLessThanOrEqual(plain![i]!);
          }
        },
      ),
      500,
    );
  });

  test("pays no more with a second barrier than with either", async () => {
    await check(
      fc.property(level, level, level, path, (strike, one, other, paths) => {
        fc.pre(one !== other);
        const [lower, upper] = [Math.min(one, other), Math.max(one, other)];
        const shared = { right: "call", strike, observations: DATES, rebate: 0 };
        const [both, above, below] = compiled(
          [
            amountOf("double-barrier", { ...shared, lower, upper, barrier_type: "knock-out" }),
            amountOf("barrier", { ...shared, barrier: upper, barrier_type: "up-and-out" }),
            amountOf("barrier", { ...shared, barrier: lower, barrier_type: "down-and-out" }),
          ],
          paths,
        );
        for (const [i, amount] of both!.entries())
          expect(amount, `path ${paths[i]}`).toBe(Math.min(above![i]!, below![i]!));
      }),
    );
  });

  test("is at most the option's price, in the estimates of one run too", async () => {
    await check(
      fc.asyncProperty(
        barrierPairs.filter(({ rebate }) => rebate === 0),
        async ({ right, strike, out }) => {
          const plain = { dates: out.dates, amount: exercised(right, price(out.dates.length - 1), strike) };
          const [ended, whole] = await estimatesOf([out, plain], {
            ...{ estimator: "likelihood-ratio-raw", seed: "at most", greeks: ["price"] },
          });
          expect(ended!.greeks.price!.value).toBeLessThanOrEqual(whole!.greeks.price!.value);
        },
      ),
      30,
    );
  });
});
