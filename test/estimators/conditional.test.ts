import { describe, expect, test } from "vitest";
import { bates } from "../../src/closed-forms/bates.js";
import { blackScholes } from "../../src/closed-forms/black-scholes.js";
import { type EuropeanPayoff, gap, rangeDigital, vanilla } from "../../src/closed-forms/european-payoff.js";
import { heston } from "../../src/closed-forms/heston.js";
import { merton } from "../../src/closed-forms/merton.js";
import { varianceGamma } from "../../src/closed-forms/variance-gamma.js";
import { computeGreeks, products, type RunOptions } from "../../src/index.js";

const market = { spot: 100, rate: 0.03, dividendYield: 0.01 };
const hestonParameters = { v0: 0.05, kappa: 1.5, theta: 0.04, xi: 0.6, rho: -0.7 };
const jumps = { lambda: 0.8, mu_j: -0.1, delta_j: 0.15 };
const models = {
  "black-scholes": { parameters: { volatility: 0.25 }, closed: blackScholes },
  heston: { parameters: hestonParameters, closed: heston },
  merton: { parameters: { volatility: 0.2, ...jumps }, closed: merton },
  bates: { parameters: { ...hestonParameters, ...jumps }, closed: bates },
  "variance-gamma": { parameters: { sigma: 0.2, nu: 0.2, theta: -0.14 }, closed: varianceGamma },
} as const;
const written: Readonly<Record<string, readonly [Record<string, unknown>, EuropeanPayoff]>> = {
  vanilla: [{ right: "put", strike: 105 }, vanilla("put", 105)],
  gap: [{ right: "call", strike: 100, trigger: 95 }, gap("call", 100, 95)],
  "range-digital": [{ lower: 90, upper: 115, cash: 1 }, rangeDigital(90, 115)],
};

async function value(
  dynamics: string,
  parameters: Readonly<Record<string, number>>,
  options: RunOptions,
  years = 1,
) {
  const underlying = { ...market, name: "X", currency: "USD", model: { name: "m", dynamics, parameters } };
  return computeGreeks(
    Object.entries(written).map(([product, [terms]]) => ({
      kind: "trade" as const,
      trade: {
        ...{ id: product, book: "", underlying: "X", product, quantity: "1", tags: {}, where: {} },
        payoff: products[product]!.payoff(terms as never, years),
      },
    })),
    { valuationDate: "2026-11-23", dayCount: "act/365f", underlyings: new Map([["X", underlying]]) },
    options,
  );
}

describe("the conditional estimator", () => {
  test.each(Object.entries(models))(
    "gives every Greek of the closed form, far more sharply: %s",
    async (name, { parameters, closed }) => {
      const options: RunOptions = { paths: 32_768, greeks: "all", sampler: "random", seed: "conditional" };
      const sharp = await value(name, parameters, { ...options, estimator: "conditional" });
      const plain = await value(name, parameters, { ...options, estimator: "likelihood-ratio" });
      expect(sharp.failures).toEqual([]);
      let compared = 0;
      for (const [i, { trade, estimates }] of sharp.results.entries()) {
        const payoff = written[trade.product]![1];
        const exact = closed({ ...market, ...parameters } as never, payoff, 1) as Readonly<
          Record<string, number>
        >;
        for (const [g, { greek, value: estimate, standardError, estimator }] of estimates.entries()) {
          const other = plain.results[i]!.estimates[g]!;
          expect(estimator).toBe("conditional");
          const truth = exact[greek] ?? other.value;
          const error =
            exact[greek] === undefined ? Math.hypot(standardError, other.standardError) : standardError;
          const bias =
            name === "heston" || name === "bates" ? 0.003 * Math.abs(truth) : 1e-11 * Math.abs(truth);
          expect(
            Math.abs(estimate - truth),
            `${trade.product} ${greek}: ${estimate} not ${truth}`,
          ).toBeLessThan(5 * error + bias + 1e-14);
          expect(standardError, `${trade.product} ${greek}`).toBeLessThanOrEqual(
            1.1 * other.standardError + 1e-12,
          );
          if (exact[greek] !== undefined) compared++;
        }
      }
      expect(compared).toBeGreaterThan(3 * 8);
    },
  );

  test("is exact where there is nothing to simulate", async () => {
    const { results } = await value(
      "black-scholes",
      { volatility: 0.25 },
      { estimator: "conditional", paths: 64 },
    );
    for (const { trade, estimates } of results) {
      const payoff = written[trade.product]![1];
      const exact = blackScholes({ ...market, volatility: 0.25 }, payoff, 1) as Readonly<
        Record<string, number>
      >;
      for (const { greek, value: estimate, standardError, status } of estimates) {
        expect(estimate).toBeCloseTo(exact[greek]!, 10);
        expect(standardError).toBeLessThan(2e-12 * Math.max(1, Math.abs(estimate)));
        expect(status).toBe("ok");
      }
    }
  });

  // E[S_T^n] e^{−rT} = S_0^n exp(((n − 1) r − n q + n (n − 1) σ²/2) T).
  test.each([
    [2, "S(T) * S(T)"],
    [3, "S(T) * S(T) * S(T)"],
    [-1, "1 / S(T)"],
    [-2, "1 / S(T) / S(T)"],
  ])("takes powers of the price: %d", async (n, payoff) => {
    const [volatility, years] = [0.25, 1.5];
    const { spot, rate, dividendYield } = market;
    const model = { name: "m", dynamics: "black-scholes", parameters: { volatility } };
    const trade = {
      ...{ id: "P", book: "", underlying: "X", product: "custom", quantity: "1", tags: {}, where: {} },
      payoff: products.custom!.payoff({ payoff, observations: [] } as never, years),
    };
    const { results, failures } = await computeGreeks(
      [{ kind: "trade", trade }],
      {
        ...{ valuationDate: "2026-11-23", dayCount: "act/365f" },
        underlyings: new Map([["X", { ...market, name: "X", currency: "USD", model }]]),
      },
      { estimator: "conditional", paths: 64, greeks: ["price", "delta", "gamma", "vega"] },
    );
    expect(failures).toEqual([]);
    const growth = (n - 1) * rate - n * dividendYield + (n * (n - 1) * volatility ** 2) / 2;
    const price = spot ** n * Math.exp(growth * years);
    const truths = [
      price,
      (n * price) / spot,
      (n * (n - 1) * price) / spot ** 2,
      n * (n - 1) * volatility * years * price,
    ];
    for (const [g, { value, standardError }] of results[0]!.estimates.entries()) {
      expect(Math.abs(value / truths[g]! - 1)).toBeLessThan(1e-12);
      expect(Math.abs(value - truths[g]!)).toBeLessThanOrEqual(5 * standardError);
    }
  });

  test("refuses payoffs that it cannot integrate, and values the rest of the book", async () => {
    const underlying = {
      ...market,
      name: "X",
      currency: "USD",
      model: { name: "m", dynamics: "heston", parameters: hestonParameters },
    };
    const trade = (id: string, product: string, terms: object) => ({
      kind: "trade" as const,
      trade: {
        ...{ id, book: "", underlying: "X", product, quantity: "1", tags: {}, where: { line: 2 } },
        payoff: products[product]!.payoff(terms as never, 1),
      },
    });
    const { results, failures } = await computeGreeks(
      [
        trade("S", "variance-swap", { notional: 1, reference: 100, strike: 0.2, observations: [0.5, 1] }),
        trade("V", "vanilla", { right: "call", strike: 100 }),
      ],
      { valuationDate: "2026-11-23", dayCount: "act/365f", underlyings: new Map([["X", underlying]]) },
      { estimator: "conditional", paths: 1024, greeks: ["price"] },
    );
    expect(results.map(({ trade: { id } }) => id)).toEqual(["V"]);
    expect(failures).toMatchObject([
      {
        reason: "not-applicable",
        tradeId: "S",
        message: expect.stringContaining("not linear in the price: log"),
      },
    ]);
  });
});
