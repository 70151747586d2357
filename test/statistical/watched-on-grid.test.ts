import { describe, expect, test } from "vitest";
import { computeGreeks, products } from "../../src/index.js";

const market = { spot: 100, rate: 0.05, dividendYield: 0.01 };
const volatility = 0.25;
const trades = {
  "the highest price": ["lookback", { right: "put", strike: 0, strike_type: "floating", running_extreme: 0 }],
  "the lowest price": ["lookback", { right: "call", strike: 0, strike_type: "floating", running_extreme: 0 }],
  "above a strike": ["lookback", { right: "call", strike: 108, strike_type: "fixed", running_extreme: 105 }],
  "below a strike": ["lookback", { right: "put", strike: 95, strike_type: "fixed", running_extreme: 93 }],
  "a touch above": ["touch", { barrier: 120, barrier_type: "up", cash: 10, pays: "at-hit" }],
  "a touch below": ["touch", { barrier: 85, barrier_type: "down", cash: 10, pays: "at-hit" }],
} as const;
const GREEKS = ["price", "delta", "vega", "rho", "theta"];

async function value(
  dynamics: string,
  parameters: Readonly<Record<string, number>>,
  estimator: "auto" | "likelihood-ratio",
) {
  const model = { name: "m", dynamics, parameters };
  const { results, failures } = await computeGreeks(
    Object.entries(trades).map(([id, [product, terms]]) => ({
      kind: "trade" as const,
      trade: {
        ...{ id, book: "", underlying: "X", product, quantity: "1", tags: {}, where: {} },
        payoff: products[product]!.payoff({ ...terms, observations: "continuous" } as never, 1),
      },
    })),
    {
      ...{ valuationDate: "2026-11-23", dayCount: "act/365f" },
      underlyings: new Map([["X", { ...market, name: "X", currency: "USD", model }]]),
    },
    { estimator, greeks: GREEKS, paths: 32_768, seed: "grid" },
  );
  expect(failures).toEqual([]);
  return results;
}

/** The grid's own error, as a share: variance that flows evenly, payments in the middle of an interval. */
const BIAS = 0.001;

describe("what is watched at every moment on a grid of dates", () => {
  // A Heston model whose variance stays where it is, is Black-Scholes, where all of this is known.
  test("is what it is under Black-Scholes when the variance does not move", {
    timeout: 120_000,
  }, async () => {
    const exact = await value("black-scholes", { volatility }, "auto");
    const variance = volatility ** 2;
    const still = { v0: variance, kappa: 1, theta: variance, xi: 0.001, rho: -0.5 };
    const onGrid = await value("heston", still, "auto");
    let sharp = 0;
    for (const [t, { trade, estimates }] of onGrid.entries()) {
      for (const [g, { greek, value, standardError, status, note }] of estimates.entries()) {
        const truth = exact[t]!.estimates[g]!;
        const label = `${trade.id} ${greek}: ${value} ± ${standardError}, truth ${truth.value}`;
        expect(truth.estimator).toBe("conditional");
        expect(truth.standardError).toBeLessThan(1e-9 * Math.abs(truth.value) + 1e-12);
        const bias = BIAS * Math.abs(truth.value);
        expect(Math.abs(value - truth.value), label).toBeLessThanOrEqual(5 * standardError + bias);
        // What the error bar does not cover is told.
        const isSharp = standardError < BIAS * Math.abs(value);
        expect(status, label).toBe(isSharp ? "biased" : "ok");
        expect(note.includes("between the dates of a grid"), label).toBe(isSharp);
        sharp += Number(isSharp);
        expect(standardError, label).toBeLessThan(0.08 * Math.abs(truth.value));
      }
    }
    expect(sharp).toBeGreaterThan(0);
  });

  // Andersen's scheme leaves the variance at 0 for a while, where nothing may be divided by it.
  test("is finite where a scheme's variance stays at 0, and near what the exact variance gives", {
    timeout: 120_000,
  }, async () => {
    const parameters = { v0: 0.04, kappa: 1.5, theta: 0.04, xi: 0.7, rho: -0.7 };
    const exact = await value("heston", parameters, "auto");
    const ofScheme = await value("heston-qe", parameters, "auto");
    for (const [t, { trade, estimates }] of ofScheme.entries()) {
      expect(estimates).toHaveLength(GREEKS.length);
      for (const [g, { greek, value, standardError }] of estimates.entries()) {
        const other = exact[t]!.estimates[g]!;
        const label = `${trade.id} ${greek}: ${value} ± ${standardError}, exact variance ${other.value} ± ${other.standardError}`;
        const error = Math.hypot(standardError, other.standardError);
        expect(Math.abs(value - other.value), label).toBeLessThan(5 * error + 0.05 * Math.abs(other.value));
        expect(error, label).toBeLessThan(0.2 * Math.abs(other.value));
      }
    }
  });
});
