import { describe, expect, test } from "vitest";
import type { RowTile } from "../../src/gradients/batch-means.js";
import { powersFor } from "../../src/gradients/cross-moments.js";
import type { Derivative } from "../../src/gradients/distribution.js";
import { openMoments } from "../../src/gradients/moments.js";
import { dynamics } from "../../src/index.js";
import { COLUMN_BYTES, loadKernel } from "../../src/kernel/kernel.js";
import { lawOf, openPaths } from "../../src/simulation/paths.js";
import { weightPolynomials, withWeights } from "../../src/simulation/polynomial-weights.js";

const schedule = {
  underlying: "X",
  spot: 90,
  carry: { rate: 0.04, dividendYield: 0.01 },
  dynamics: dynamics["black-scholes"]!,
  parameters: { volatility: 0.3 },
  dates: [0.7],
};
const derivatives: readonly Derivative[] = [
  [],
  ["spot"],
  ["spot", "spot"],
  ["spot", "spot", "spot"],
  ["volatility", "volatility"],
  ["rate"],
];
/** More than a tile of rows; those of the last strikes are 0 on every path. */
const STRIKES = Array.from({ length: 70 }, (_, t) => 40 + 5 * t);
const BATCHES = 3;

describe("the means of payoff, weight and control", () => {
  test.each(["sobol", "random"] as const)("out of powers are those of the products, %s", async (sampler) => {
    const kernel = await loadKernel();
    const { exports: ops } = kernel;
    const polynomials = weightPolynomials(schedule, lawOf(schedule, derivatives), derivatives)!;
    const momentsOf = (isOfPowers: boolean) => {
      const options = { seed: "cross", stream: "pilot", sampler, derivatives } as const;
      const powers = isOfPowers ? powersFor(polynomials) : undefined;
      const paths = openPaths(kernel, schedule, { ...options, powers });
      const spot = paths.coordinates[0]!;
      const rowsOf = (strikes: readonly number[]): RowTile => ({
        rows: strikes.length,
        evaluate(out, n) {
          for (const [i, strike] of strikes.entries())
            ops.greaterScalar(out + i * COLUMN_BYTES, spot, strike, n);
        },
      });
      const runner = openMoments(kernel, {
        draws: isOfPowers ? withWeights(kernel, paths, polynomials) : paths,
        ...(isOfPowers && { powers: { columns: paths.weights, polynomials } }),
        tiles: [0, 32, 64].map((first) => rowsOf(STRIKES.slice(first, first + 32))),
        controlRows: {
          rows: 2,
          evaluate(out, n) {
            ops.fill(out, 1, n);
            ops.divideScalar(out + COLUMN_BYTES, spot, schedule.spot, n);
          },
        },
        controls: derivatives.map((_, g) =>
          [0, 1].flatMap((row) => [1, 2, g].map((column) => ({ row, column }))),
        ),
      });
      const seen: number[] = [];
      const all = runner.runAll(BATCHES, 1536, (batch) => seen.push(batch.control(1, 0)));
      return { all, last: runner.run(BATCHES - 1, 1536), seen };
    };
    const [own, ofPowers] = [momentsOf(false), momentsOf(true)];
    expect(new Set(own.seen).size).toBe(BATCHES);
    for (const which of ["all", "last"] as const) {
      for (let t = 0; t < STRIKES.length; t++) {
        for (let g = 0; g < derivatives.length; g++) {
          for (let c = 0; c < 6; c++) {
            const expected = own[which].withControl(t, g, c);
            const size = Math.sqrt(own[which].square(t, g) * own[which].controlProduct(g, c, c));
            const error = Math.abs(ofPowers[which].withControl(t, g, c) - expected);
            expect(error, `${t} ${g} ${c}`).toBeLessThanOrEqual(1e-13 * size);
          }
        }
      }
    }
    // So that there is something to compare.
    expect(own.all.withControl(0, 3, 5)).not.toBe(0);
    expect(own.all.withControl(69, 3, 5)).toBe(0);
  });
});
