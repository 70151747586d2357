import { describe, expect, test } from "vitest";
import { blackScholes } from "../../src/closed-forms/black-scholes.js";
import { digital } from "../../src/closed-forms/european-payoff.js";
import { computeGreeks, type Market, products, type Trade } from "../../src/index.js";

const GREEKS = ["delta", "gamma", "vega"] as const;
const SEEDS = 200;
const terms = { spot: 100, rate: 0.03, dividendYield: 0.01, volatility: 0.25 };
const strikes = [90, 100, 115];
const expiry = 0.75;

const market: Market = {
  valuationDate: "2026-11-23",
  dayCount: "act/365f",
  underlyings: new Map([
    [
      "X",
      {
        name: "X",
        currency: "USD",
        ...terms,
        model: { name: "flat", dynamics: "black-scholes", parameters: { volatility: terms.volatility } },
      },
    ],
  ]),
};
const book = strikes.map((strike): { kind: "trade"; trade: Trade } => ({
  kind: "trade",
  trade: {
    id: String(strike),
    book: "",
    underlying: "X",
    product: "digital",
    quantity: "1",
    payoff: products.digital!.payoff({ right: "call", strike, cash: 1 } as never, expiry),
    tags: {},
    where: {},
  },
}));
const truths = strikes.map((strike) => blackScholes(terms, digital("call", strike), expiry));

// The number of hits of 95 % intervals in 200 seeds is within 90 and 99 % but for one in 500 runs; seeds are fixed.
describe.each(["random", "sobol"] as const)("95 %% intervals of digitals, %s", (sampler) => {
  test("contain the truth as often as they say", { timeout: 120_000 }, async () => {
    const hits = new Map<string, number>();
    for (let seed = 0; seed < SEEDS; seed++) {
      const options = {
        seed: `coverage ${seed}`,
        sampler,
        paths: 16_384,
        greeks: GREEKS,
        estimator: "likelihood-ratio" as const,
      };
      const { results } = await computeGreeks(book, market, options);
      for (const [t, { estimates }] of results.entries()) {
        for (const { greek, low, high } of estimates) {
          const truth = truths[t]![greek as (typeof GREEKS)[number]];
          const key = `${greek} at ${strikes[t]}`;
          hits.set(key, (hits.get(key) ?? 0) + (low <= truth && truth <= high ? 1 : 0));
        }
      }
    }
    for (const [key, count] of hits) {
      expect(count / SEEDS, key).toBeGreaterThanOrEqual(0.9);
      expect(count / SEEDS, key).toBeLessThanOrEqual(0.99);
    }
    const all = [...hits.values()].reduce((sum, count) => sum + count, 0) / (SEEDS * hits.size);
    expect(all).toBeGreaterThanOrEqual(0.93);
    expect(all).toBeLessThanOrEqual(0.97);
  });
});
