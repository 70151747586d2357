import { describe, expect, test } from "vitest";
import { bates } from "../../src/closed-forms/bates.js";
import {
  digital,
  type EuropeanPayoff,
  rangeDigital,
  vanilla,
} from "../../src/closed-forms/european-payoff.js";
import { merton } from "../../src/closed-forms/merton.js";
import { computeGreeks, products, type RunOptions } from "../../src/index.js";

const market = { spot: 100, rate: 0.03, dividendYield: 0.01 };
const payoffs: Readonly<Record<string, readonly [Readonly<Record<string, unknown>>, EuropeanPayoff]>> = {
  vanilla: [{ right: "call", strike: 101 }, vanilla("call", 101)],
  digital: [{ right: "put", strike: 98, cash: 1 }, digital("put", 98)],
  "range-digital": [{ lower: 89, upper: 120, cash: 1 }, rangeDigital(89, 120)],
};
const variance = { v0: 0.04, kappa: 2, theta: 0.05, xi: 0.3, rho: -0.6 };
const closed = { merton, bates };

/** Numbers of all payoffs, each with that of the closed form. */
async function value(
  dynamics: keyof typeof closed,
  parameters: Readonly<Record<string, number>>,
  years: number,
  options: RunOptions,
) {
  const underlying = { ...market, name: "X", currency: "USD", model: { name: "m", dynamics, parameters } };
  const { results, failures } = await computeGreeks(
    Object.entries(payoffs).map(([product, [terms]]) => ({
      kind: "trade" as const,
      trade: {
        ...{ id: product, book: "", underlying: "X", product, quantity: "1", tags: {}, where: {} },
        payoff: products[product]!.payoff(terms as never, years),
      },
    })),
    { valuationDate: "2026-11-23", dayCount: "act/365f", underlyings: new Map([["X", underlying]]) },
    { greeks: "all", paths: 32_768, ...options },
  );
  expect(failures).toEqual([]);
  return results.flatMap(({ trade, estimates }) => {
    const exact = closed[dynamics](
      { ...market, ...parameters } as never,
      payoffs[trade.product]![1],
      years,
    ) as Readonly<Record<string, number>>;
    return estimates.flatMap((estimate) =>
      exact[estimate.greek] === undefined
        ? []
        : [{ ...estimate, product: trade.product, exact: exact[estimate.greek]! }],
    );
  });
}

describe("a few paths that jump", () => {
  test.each(["merton", "bates"] as const)(
    "are too few for the parameters of jumps under %s",
    async (name) => {
      const own = name === "merton" ? { volatility: 0.2 } : variance;
      // Fifty paths jump.
      const parameters = { ...own, lambda: 0.03, mu_j: -0.2, delta_j: 0.1 };
      for (const { greek, status, note } of await value(name, parameters, 0.05, {
        estimator: "likelihood-ratio",
      })) {
        if (!["d_lambda", "d_mu_j", "d_delta_j", "d2_spot_lambda"].includes(greek)) continue;
        expect(status, greek).toBe("flagged");
        expect(note).toMatch(/rests on about \d\d? effective paths/);
      }
    },
  );

  // All that jump end where nothing is paid; the error bar has what one might bring that ends elsewhere.
  test.each([
    [
      "range-digital",
      0.114,
      { v0: 0.0081, kappa: 0.287, theta: 0.347, xi: 0.233, rho: 0.39 },
      { lambda: 0.0563, mu_j: -0.474, delta_j: 0.0852 },
    ],
    [
      "vanilla",
      0.181,
      { v0: 0.09, kappa: 3.9, theta: 0.0339, xi: 0.0959, rho: -0.666 },
      { lambda: 0.0365, mu_j: -0.415, delta_j: 0.0677 },
    ],
  ] as const)("tell of jumps that none of them had: %s", async (wanted, years, own, jumps) => {
    const numbers = await value("bates", { ...own, ...jumps }, years, { estimator: "likelihood-ratio" });
    const { exact, ...slope } = numbers.find(
      ({ product, greek }) => product === wanted && greek === "d_delta_j",
    )!;
    expect(Math.abs(slope.value - exact)).toBeLessThan(5 * slope.standardError);
    expect(slope.standardError).toBeLessThan(wanted === "vanilla" ? 0.02 : 0.002);
  });
});

describe("the conditional estimator", () => {
  // One path in 300 jumps, none of them twice.
  test.each([
    ["merton", { volatility: 0.2, lambda: 0.25, mu_j: 0.1, delta_j: 0.28 }],
    ["bates", { ...variance, lambda: 0.25, mu_j: 0.1, delta_j: 0.28 }],
  ] as const)("sums over jumps that are rare, under %s", async (name, parameters) => {
    const numbers = await value(name, parameters, 0.013, { estimator: "conditional", greeks: "first" });
    for (const { product, greek, value: estimate, exact, standardError, status } of numbers) {
      const bias = name === "bates" ? 1e-4 * Math.abs(exact) : 1e-11;
      expect(Math.abs(estimate - exact), `${product} ${greek}`).toBeLessThan(5 * standardError + bias);
      expect(status, `${product} ${greek}`).toBe("ok");
      if (["d_lambda", "d_mu_j", "d_delta_j"].includes(greek))
        expect(standardError, `${product} ${greek}`).toBeLessThan(2e-3 * Math.abs(exact));
    }
    expect(numbers.length).toBeGreaterThan(3 * 9);
  });
});
