import { describe, expect, test } from "vitest";
import { BASE_DERIVATIVES } from "../../src/estimators/control-variates.js";
import { likelihoodRatio } from "../../src/estimators/likelihood-ratio.js";
import { batchStatistics, interval } from "../../src/gradients/batch-statistics.js";
import { dynamics } from "../../src/index.js";
import { type Kernel, loadKernel } from "../../src/kernel/kernel.js";
import { greater, max, price, subtract } from "../../src/payoffs/build.js";

const schedule = {
  underlying: "X",
  spot: 100,
  carry: { rate: 0.03, dividendYield: 0.01 },
  dynamics: dynamics["black-scholes"]!,
  parameters: { volatility: 0.2 },
  dates: [1],
};
const amounts = [{ op: "price", date: 0 }] as const;

/** A kernel that writes down the keys of the random numbers it is asked for. */
function recording(kernel: Kernel, keys: Set<string>): Kernel {
  const { philoxUniform } = kernel.exports;
  const exports = {
    ...kernel.exports,
    philoxUniform: (...args: Parameters<typeof philoxUniform>) => {
      keys.add(`${args[2]} ${args[3]}`);
      philoxUniform(...args);
    },
  };
  return { ...kernel, exports };
}

describe("likelihood ratio", () => {
  test("takes its coefficients from random numbers that the estimate does not use", async () => {
    const keys = new Set<string>();
    const request = { schedule, amounts, derivatives: BASE_DERIVATIVES, seed: "s", paths: 1024, batches: 4 };
    const run = likelihoodRatio.open(recording(await loadKernel(), keys), { ...request, sampler: "random" });
    run.pilot();
    const pilotKeys = [...keys];
    keys.clear();
    run.batch(0);
    expect(pilotKeys).toHaveLength(1);
    expect([...keys]).toHaveLength(1);
    expect(keys.has(pilotKeys[0]!)).toBe(false);
  });

  test("gives kernel memory back", async () => {
    const kernel = await loadKernel();
    const mark = kernel.mark();
    const run = likelihoodRatio.open(kernel, {
      schedule,
      amounts,
      derivatives: BASE_DERIVATIVES,
      seed: "s",
      sampler: "sobol",
      paths: 1024,
      batches: 4,
    });
    run.pilot();
    run.batch(0);
    run.close();
    expect(kernel.mark()).toBe(mark);
  });

  test("gives a trade the bits that it has alone, in whatever order trades are read", async () => {
    const kernel = await loadKernel();
    const strikes = Array.from({ length: 400 }, (_, t) => 60 + t / 5);
    const options = { derivatives: BASE_DERIVATIVES, seed: "s", sampler: "sobol", paths: 8192 } as const;
    const merged = (own: readonly number[]) => {
      const calls = own.map((strike) => max(subtract(price(0), strike), 0));
      // A payment in the middle of some trades, and a number of batches that is no length of the kernel.
      const [dates, batches] = [[0.5, 1], 6];
      const earlier = own.map((strike) =>
        strike > 90 ? [{ date: 0, amount: greater(price(0), strike) }] : [],
      );
      const run = likelihoodRatio.open(kernel, {
        ...options,
        schedule: { ...schedule, dates },
        batches,
        amounts: calls,
        earlier,
      });
      const pilot = run.pilot();
      const means = Array.from({ length: batches }, (_, b) => run.batch(b));
      const estimates = run.merge(means, pilot);
      run.close();
      return estimates;
    };
    const book = merged(strikes);
    const mark = kernel.mark();
    for (const t of [399, 0, 170, 171, 20, 399]) {
      const alone = merged([strikes[t]!]);
      for (const g of [2, 0, 1]) {
        const own = book.of(t, g);
        expect(own).toHaveLength(6);
        expect(own.every((mean) => mean !== 0 && Number.isFinite(mean))).toBe(true);
        expect(own).toEqual(alone.of(0, g));
      }
    }
    expect(kernel.mark()).toBe(mark);
  });
});

describe("batch statistics", () => {
  test("are those of the textbook", () => {
    const { mean, standardError, skewness, largestShare } = batchStatistics([1, 2, 3, 6]);
    expect(mean).toBe(3);
    expect(standardError).toBeCloseTo(Math.sqrt(14 / 12), 14);
    expect(skewness).toBeCloseTo(18 / 4 / (14 / 4) ** 1.5, 14);
    expect(largestShare).toBeCloseTo(9 / 14, 14);
  });

  test("an interval is symmetric without skewness and reaches farther to the side of the long tail", () => {
    const even = interval({ mean: 0, standardError: 1, skewness: 0 }, 100, 2);
    expect(even).toEqual({ low: -2, high: 2 });
    const skewed = interval({ mean: 0, standardError: 1, skewness: 2 }, 100, 2);
    expect(skewed.high).toBeGreaterThan(2.1);
    expect(skewed.low).toBeGreaterThan(-2);
  });
});
