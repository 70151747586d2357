import { describe, expect, test } from "vitest";
import { digital, vanilla } from "../../src/closed-forms/european-payoff.js";
import { type HestonMarket, heston } from "../../src/closed-forms/heston.js";
import { hestonSecondOrder } from "../../src/closed-forms/heston-second-order.js";
import { computeGreeks, products } from "../../src/index.js";

const names = ["v0", "kappa", "theta", "xi", "rho"] as const;
const pairs = [
  ...names.flatMap((a, i) => names.slice(i).map((b) => [a, b] as const)),
  ["vol", "vol"] as const,
];
const greekOf = ([a, b]: readonly [string, string]) => (a === "vol" ? "volga" : `d2_${a}_${b}`);

const payoffs = { vanilla: vanilla("call", 100), digital: digital("call", 100) };
const sets: Readonly<Record<string, { market: HestonMarket; years: number }>> = {
  "a mild set": {
    market: {
      spot: 100,
      rate: 0.03,
      dividendYield: 0.01,
      v0: 0.04,
      kappa: 2,
      theta: 0.04,
      xi: 0.3,
      rho: -0.6,
    },
    years: 1,
  },
  "a variance that hardly moves": {
    market: {
      spot: 100,
      rate: 0.03,
      dividendYield: 0.01,
      v0: 0.04,
      kappa: 2,
      theta: 0.04,
      xi: 0.02,
      rho: -0.6,
    },
    years: 1,
  },
  "Broadie and Kaya's second set": {
    market: { spot: 100, rate: 0.05, dividendYield: 0, v0: 0.09, kappa: 2, theta: 0.09, xi: 1, rho: -0.3 },
    years: 5,
  },
};

async function secondOrder({ market, years }: { market: HestonMarket; years: number }) {
  const { spot, rate, dividendYield, ...parameters } = market;
  const underlying = {
    ...{ name: "X", spot, currency: "USD", rate, dividendYield },
    model: { name: "m", dynamics: "heston", parameters },
  };
  const { results, failures } = await computeGreeks(
    Object.keys(payoffs).map((product) => ({
      kind: "trade" as const,
      trade: {
        ...{ id: product, book: "", underlying: "X", product, quantity: "1", tags: {}, where: {} },
        payoff: products[product]!.payoff({ right: "call", strike: 100, cash: 1 } as never, years),
      },
    })),
    { valuationDate: "2026-11-23", dayCount: "act/365f", underlyings: new Map([["X", underlying]]) },
    { greeks: pairs.map(greekOf), paths: 65_536, seed: "second" },
  );
  expect(failures).toEqual([]);
  return results;
}

describe("second derivatives in Heston's parameters", () => {
  test.each(Object.entries(sets))("of %s agree with the closed form", async (_, set) => {
    for (const { trade, estimates } of await secondOrder(set)) {
      const product = trade.product as keyof typeof payoffs;
      const terms = [set.market, payoffs[product], set.years] as const;
      const exact: Readonly<Record<string, number>> = { ...heston(...terms), ...hestonSecondOrder(...terms) };
      expect(estimates).toHaveLength(16);
      for (const [i, [a, b]] of pairs.entries()) {
        const { greek, value, standardError, status } = estimates[i]!;
        expect(greek).toBe(greekOf([a, b]));
        expect(status, greek).toBe("ok");
        // Per relative change of both parameters, in units of the payoff's size: what the error may be.
        const sizeOf = (name: typeof a) =>
          name === "vol" ? Math.sqrt(set.market.theta) : Math.abs(set.market[name]);
        const scale = (sizeOf(a) * sizeOf(b)) / (product === "digital" ? 1 : 100);
        expect(standardError * scale, `${product} ${greek}`).toBeLessThan(0.005);
        // The scheme's bias, in the same unit.
        const allowed = 5 * standardError + 0.0003 / scale;
        expect(Math.abs(value - exact[greek]!), `${product} ${greek}`).toBeLessThan(allowed);
      }
    }
  });

  test("are flagged where the variance is too sticky for them", async () => {
    const { market, years } = sets["a mild set"]!;
    for (const { estimates } of await secondOrder({ market: { ...market, xi: 1.2 }, years }))
      for (const { status, note } of estimates) {
        expect(status).toBe("flagged");
        expect(note).toContain("second derivatives of so sticky a variance are not reliable");
      }
  });
});
