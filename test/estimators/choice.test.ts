import { describe, expect, test } from "vitest";
import { computeGreeks, type GreekEstimate, products, type RunOptions } from "../../src/index.js";
import { bookOf } from "../reference/as-trade.mjs";
import { readEveryCase } from "../reference/cases.mjs";
import { market, quarters, valued } from "./quarterly.js";

const models = {
  "black-scholes": { volatility: 0.25 },
  heston: { v0: 0.05, kappa: 1.5, theta: 0.04, xi: 0.6, rho: -0.7 },
};

async function results(names: readonly string[], model: keyof typeof models, options: RunOptions) {
  const run = await valued(names, model, models[model], options);
  expect(run.failures).toEqual([]);
  return run.results;
}

/** Of the variance swap: ln²(S_1/90) + Σ ln²(S_i/S_{i−1}) − .04, discounted; the returns are normal. */
function swapGreeks(volatility: number) {
  const { spot, rate, dividendYield } = market;
  const step = quarters[0]!;
  const drift = (rate - dividendYield - volatility ** 2 / 2) * step;
  const first = drift + Math.log(spot / 90);
  const discount = Math.exp(-rate);
  const driftByVolatility = -volatility * step;
  return {
    delta: (discount * 2 * first) / spot,
    gamma: (discount * 2 * (1 - first)) / spot ** 2,
    vega: discount * (2 * (first + 3 * drift) * driftByVolatility + 4 * 2 * volatility * step),
  };
}

describe("the choice of estimators", () => {
  test("is conditional where that applies, and by trial elsewhere, with a gain over the likelihood ratio", async () => {
    const names = ["put", "asian", "barrier", "swap"];
    for (const { trade, estimates } of await results(names, "heston", { paths: 16_384 })) {
      for (const { greek, estimator, gain } of estimates) {
        const label = `${trade.id} ${greek}: ${estimator}, ${gain}`;
        if (trade.id === "swap") {
          expect(estimator, label).not.toContain("conditional");
          expect(gain, label).toBeGreaterThan(0);
        } else {
          expect(estimator, label).toBe("conditional");
          expect(gain, label).toBeNull();
        }
      }
    }
  });

  test("depends on no other trade: the numbers of a trade alone are those it has in a book", async () => {
    const options: RunOptions = { paths: 8192, seed: "company" };
    // The sum leaves nothing to simulate.
    const names = ["asian", "barrier", "swap", "sum"];
    const together = await results(names, "black-scholes", options);
    for (const [t, name] of names.entries()) {
      const [alone] = await results([name], "black-scholes", options);
      expect(alone!.estimates).toEqual(together[t]!.estimates);
    }
  });

  test("is told as blunt where it is, by an estimator that has no price too", async () => {
    const options: RunOptions = { paths: 1024, precision: 0.0002, maxPaths: 4096, greeks: ["gamma"] };
    const [result] = await results(["swap"], "heston", { ...options, estimator: "stencil" });
    const [{ paths, status, note }] = result!.estimates as [GreekEstimate];
    expect({ paths, status }).toEqual({ paths: 4096, status: "flagged" });
    expect(note).toMatch(/^its error is .* times what was asked: about .* paths would do$/);
  });

  // Three standard errors of a normal mean: one false alarm in 370 numbers; the seeds are fixed.
  test("leaves no bias: the mean over 400 seeds", { timeout: 240_000 }, async () => {
    const greeks = ["delta", "gamma", "vega"] as const;
    const sums = greeks.map(() => ({ sum: 0, squares: 0 }));
    const seeds = 400;
    const used = new Set<string>();
    for (let seed = 0; seed < seeds; seed++) {
      const [result] = await results(["swap"], "black-scholes", {
        ...{ paths: 1024, batches: 32, sampler: "random", seed: `choice ${seed}`, greeks },
      });
      for (const [g, { value: estimate, estimator }] of result!.estimates.entries()) {
        used.add(estimator);
        sums[g]!.sum += estimate;
        sums[g]!.squares += estimate ** 2;
      }
    }
    const exact = swapGreeks(models["black-scholes"].volatility);
    for (const [g, { sum, squares }] of sums.entries()) {
      const mean = sum / seeds;
      const error = Math.sqrt((squares / seeds - mean ** 2) / (seeds - 1));
      const truth = exact[greeks[g]!];
      expect(Math.abs(mean - truth), greeks[g]).toBeLessThan(3 * error);
      expect(error, greeks[g]).toBeLessThan(0.005 * Math.abs(truth));
    }
    expect(used.size).toBeGreaterThan(1);
  });

  // Under Heston the two look at the same latent paths and err independently.
  test("weights what is about as sharp: less variance than the better alone, around the same truth", {
    timeout: 120_000,
  }, async () => {
    const reference = readEveryCase().find(({ id }) => id === "pub-heston-cont_up_out_call-1")!;
    const { items, market } = bookOf([reference], products);
    const estimators = ["auto", "likelihood-ratio", "pathwise"] as const;
    const sums = estimators.map(() => ({ value: 0, variance: 0 }));
    const seeds = 10;
    let weighted = 0;
    for (let seed = 0; seed < seeds; seed++) {
      for (const [i, estimator] of estimators.entries()) {
        const options = { paths: 16_384, greeks: ["delta"], estimator, seed: `weighted ${seed}` };
        const { results } = await computeGreeks(items, market, options);
        const { value, standardError, estimator: used } = results[0]!.estimates[0]!;
        if (used === "pathwise + likelihood-ratio") weighted++;
        sums[i]!.value += value / seeds;
        sums[i]!.variance += standardError ** 2 / seeds;
      }
    }
    const [auto, ...others] = sums;
    expect(weighted).toBeGreaterThan(seeds / 2);
    expect(auto!.variance).toBeLessThan(0.85 * Math.min(...others.map(({ variance }) => variance)));
    const error = Math.sqrt(auto!.variance / seeds);
    expect(error).toBeLessThan(0.006);
    const off = Math.abs(auto!.value - reference.values.delta!);
    expect(off).toBeLessThan(5 * error + reference.uncertainties.delta!);
  });
});
