import { describe, expect, test } from "vitest";
import { geometricAsian } from "../../src/closed-forms/black-scholes.js";
import { vanilla } from "../../src/closed-forms/european-payoff.js";
import { computeGreeks, products, type RunOptions } from "../../src/index.js";

const market = { spot: 100, rate: 0.03, dividendYield: 0.01 };
const models = {
  "black-scholes": { volatility: 0.25 },
  heston: { v0: 0.05, kappa: 1.5, theta: 0.04, xi: 0.6, rho: -0.7 },
};
const quarters = [0.25, 0.5, 0.75, 1];
const book = {
  put: ["vanilla", { right: "put", strike: 105 }],
  asian: [
    "asian",
    { right: "call", strike: 100, average: "arithmetic", strike_type: "fixed", observations: quarters },
  ],
  geometric: [
    "asian",
    { right: "call", strike: 95, average: "geometric", strike_type: "fixed", observations: quarters },
  ],
  barrier: [
    "barrier",
    {
      right: "call",
      strike: 100,
      barrier: 130,
      barrier_type: "up-and-out",
      rebate: 0,
      observations: quarters,
    },
  ],
  swap: ["variance-swap", { notional: 1, reference: 100, strike: 0.2, observations: quarters }],
} as const;

async function value(names: readonly (keyof typeof book)[], model: keyof typeof models, options: RunOptions) {
  const underlying = {
    ...{ ...market, name: "X", currency: "USD" },
    model: { name: model, dynamics: model, parameters: models[model] as Readonly<Record<string, number>> },
  };
  const run = await computeGreeks(
    names.map((name) => {
      const [product, terms] = book[name];
      const payoff = products[product]!.payoff(terms as never, 1);
      const trade = {
        id: name,
        book: "",
        underlying: "X",
        product,
        quantity: "1",
        tags: {},
        where: {},
        payoff,
      };
      return { kind: "trade" as const, trade };
    }),
    { valuationDate: "2026-11-23", dayCount: "act/365f", underlyings: new Map([["X", underlying]]) },
    options,
  );
  expect(run.failures).toEqual([]);
  return run.results;
}

describe("the choice of estimators", () => {
  test("is conditional for final prices, and by trial for others, with a gain over the likelihood ratio", async () => {
    const results = await value(["put", "asian", "barrier", "swap"], "heston", { paths: 16_384 });
    for (const { trade, estimates } of results) {
      for (const { greek, estimator, gain } of estimates) {
        const label = `${trade.id} ${greek}: ${estimator}, ${gain}`;
        if (trade.id === "put") {
          expect(estimator, label).toBe("conditional");
          expect(gain, label).toBeNull();
        } else expect(gain, label).toBeGreaterThan(0);
        if (trade.id === "barrier" && ["delta", "gamma", "vega"].includes(greek))
          expect(estimator, label).toContain("conditional");
        if (trade.id === "swap") expect(estimator, label).not.toContain("conditional");
      }
    }
  });

  test("depends on no other trade: the numbers of a trade alone are those it has in a book", async () => {
    const options: RunOptions = { paths: 8192, seed: "company" };
    const together = await value(["asian", "barrier", "swap"], "black-scholes", options);
    for (const [t, name] of (["asian", "barrier", "swap"] as const).entries()) {
      const [alone] = await value([name], "black-scholes", options);
      expect(alone!.estimates).toEqual(together[t]!.estimates);
    }
  });

  // Three standard errors of a normal mean: one false alarm in 370 numbers; the seeds are fixed.
  test("leaves no bias: the mean over 400 seeds", { timeout: 240_000 }, async () => {
    const greeks = ["delta", "gamma", "vega"] as const;
    const sums = greeks.map(() => ({ sum: 0, squares: 0 }));
    const seeds = 400;
    const used = new Set<string>();
    for (let seed = 0; seed < seeds; seed++) {
      const [result] = await value(["geometric"], "black-scholes", {
        ...{ paths: 1024, batches: 16, sampler: "random", seed: `choice ${seed}`, greeks },
      });
      for (const [g, { value: estimate, estimator }] of result!.estimates.entries()) {
        used.add(estimator);
        sums[g]!.sum += estimate;
        sums[g]!.squares += estimate ** 2;
      }
    }
    const exact = geometricAsian({ ...market, volatility: 0.25 }, vanilla("call", 95), quarters);
    for (const [g, { sum, squares }] of sums.entries()) {
      const mean = sum / seeds;
      const error = Math.sqrt((squares / seeds - mean ** 2) / (seeds - 1));
      const truth = exact[greeks[g]!];
      expect(Math.abs(mean - truth), greeks[g]).toBeLessThan(3 * error);
      expect(error, greeks[g]).toBeLessThan(0.005 * Math.abs(truth));
    }
    expect(used.size).toBeGreaterThan(1);
  });
});
