import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { divide, price, subtract } from "../../src/payoffs/build.js";
import { exercised } from "../../src/payoffs/products/exercise.js";
import { check } from "./check.js";
import { compiled } from "./compiled.js";
import { estimatesOf } from "./flat-market.js";
import { amountOf, level, pathsOf, rights, YEARS } from "./terms.js";

const EPSILON = 2 ** -52;

/** A spread of so wide strikes, as many as pay 1 beyond both: inside the money of the digital. */
function spread(right: "call" | "put", strike: number, width: number) {
  const far = right === "call" ? strike + width : strike - width;
  const [near, beyond] = [strike, far].map((level) => exercised(right, price(0), level));
  return divide(subtract(near!, beyond!), width);
}

const digital = (right: string, strike: number) => amountOf("digital", { right, strike, cash: 1 });

describe("a digital is the limit of spreads", () => {
  test("on every path farther from the strike than the spread is wide", async () => {
    const exponent = fc.integer({ min: -20, max: 3 });
    await check(
      fc.property(rights, level, exponent, pathsOf(1), (right, strike, power, paths) => {
        const width = 2 ** power;
        const [jump, ramp] = compiled([digital(right, strike), spread(right, strike, width)], paths);
        for (const [i, amount] of ramp!.entries()) {
          const [final] = paths[i]!;
          const rounding = (4 * EPSILON * (final! + strike + width)) / width;
          const distance = right === "call" ? final! - strike : strike - final!;
          if (distance <= 0 || distance >= width)
            expect(Math.abs(amount - jump![i]!), `at ${final}`).toBeLessThanOrEqual(rounding);
          expect(amount).toBeLessThanOrEqual(jump![i]! + rounding);
        }
      }),
      500,
    );
  });

  test("in the price of a run, by no more than the price of ending between the strikes", async () => {
    await check(
      fc.asyncProperty(level, fc.double({ min: 1e-3, max: 20, noNaN: true }), async (strike, width) => {
        const range = amountOf("range-digital", { lower: strike, upper: strike + width, cash: 1 });
        const amounts = [digital("call", strike), spread("call", strike, width), range];
        const runs = await estimatesOf(
          amounts.map((amount) => ({ dates: [YEARS], amount })),
          { estimator: "likelihood-ratio-raw", seed: "spread", greeks: ["price"] },
        );
        const [jump, ramp, between] = runs.map(({ greeks }) => greeks.price!.value);
        expect(jump! - ramp!).toBeGreaterThanOrEqual(-1e-9);
        expect(jump! - ramp!).toBeLessThanOrEqual(between! + 1e-9);
      }),
      30,
    );
  });

  test("in price and delta, to rounding, once no path ends between the strikes", async () => {
    // Of 2048 paths the nearest to the strike is some 1e-2 from it; that one of 30 × 2048 is nearer than 1e-6 has probability 1e-3.
    const width = 1e-6;
    await check(
      fc.asyncProperty(rights, fc.double({ min: 60, max: 150, noNaN: true }), async (right, strike) => {
        const amounts = [digital(right, strike), spread(right, strike, width)];
        const runs = await estimatesOf(
          amounts.map((amount) => ({ dates: [YEARS], amount })),
          { estimator: "likelihood-ratio", seed: "spread", greeks: ["price", "delta"] },
        );
        for (const greek of ["price", "delta"]) {
          const [jump, ramp] = runs.map(({ greeks }) => greeks[greek]!.value);
          expect(Math.abs(jump! - ramp!), greek).toBeLessThanOrEqual((8 * EPSILON * 200) / width);
        }
      }),
      30,
    );
  });
});
