import { describe, expect, test } from "vitest";
import { blackScholes } from "../../src/closed-forms/black-scholes.js";
import { digital, vanilla } from "../../src/closed-forms/european-payoff.js";
import { computeGreeks, products, type RunOptions } from "../../src/index.js";

const market = { spot: 100, rate: 0.03, dividendYield: 0.01 };
const payoffs = { vanilla: vanilla("call", 105), digital: digital("call", 105) };

async function value(dynamics: string, parameters: Readonly<Record<string, number>>, options: RunOptions) {
  const underlying = { ...market, name: "X", currency: "USD", model: { name: "m", dynamics, parameters } };
  return computeGreeks(
    Object.keys(payoffs).map((product) => ({
      kind: "trade" as const,
      trade: {
        ...{ id: product, book: "", underlying: "X", product, quantity: "1", tags: {}, where: {} },
        payoff: products[product]!.payoff({ right: "call", strike: 105, cash: 1 } as never, 1),
      },
    })),
    { valuationDate: "2026-11-23", dayCount: "act/365f", underlyings: new Map([["X", underlying]]) },
    { estimator: "finite-difference", ...options },
  );
}

describe("finite differences", () => {
  test("are near the closed form, and told to be biased", async () => {
    const { results, failures, summary } = await value(
      "black-scholes",
      { volatility: 0.25 },
      { paths: 262_144 },
    );
    expect(failures).toEqual([]);
    for (const { trade, estimates } of results) {
      const payoff = payoffs[trade.product as keyof typeof payoffs];
      const exact = blackScholes({ ...market, volatility: 0.25 }, payoff, 1) as Readonly<
        Record<string, number>
      >;
      expect(estimates.map(({ greek }) => greek)).toEqual([
        "price",
        "delta",
        "gamma",
        "vega",
        "rho",
        "dividend_rho",
      ]);
      for (const { greek, value: estimate, standardError, status, note } of estimates) {
        const truth = exact[greek]!;
        expect(Math.abs(estimate - truth), `${trade.id} ${greek}`).toBeLessThan(
          5 * standardError + 0.005 * Math.abs(truth),
        );
        expect(standardError, `${trade.id} ${greek}`).toBeLessThan(0.2 * Math.abs(truth) + 0.01);
        expect(status).toBe(greek === "price" ? "ok" : "biased");
        if (greek !== "price") expect(note).toContain("biased by a multiple of the bump squared");
      }
    }
    expect(summary.unavailable).toContain(
      "theta of some trades: the finite-difference estimator does not apply: other dates have other random numbers",
    );
  });

  test("are not taken where the latent path would jump with the bump", async () => {
    const heston = { v0: 0.05, kappa: 1.5, theta: 0.04, xi: 0.6, rho: -0.7 };
    const { failures } = await value("heston", heston, { paths: 4096, greeks: ["delta", "d_xi"] });
    expect(failures.map(({ message }) => message)).toEqual(
      Array(2).fill(
        "d_xi: the finite-difference estimator does not apply: the latent path is not continuous in it",
      ),
    );
  });
});
