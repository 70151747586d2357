import { expect, test } from "vitest";
import { blackScholes } from "../../src/closed-forms/black-scholes.js";
import { digital } from "../../src/closed-forms/european-payoff.js";
import { computeGreeks, products } from "../../src/index.js";

const market = { spot: 100, rate: 0.06, dividendYield: 0.01, volatility: 0.25 };

test.each(["sobol", "random"] as const)(
  "a touch that can only be hit at one early date is a digital that expires then, in every Greek, %s",
  async (sampler) => {
    const [hit, expiry] = [0.4, 1];
    const payoff = products.touch!.payoff(
      { barrier: 105, barrier_type: "up", cash: 1, observations: [hit], pays: "at-hit" } as never,
      expiry,
    );
    const { spot, rate, dividendYield, volatility } = market;
    const underlying = {
      ...{ name: "X", spot, currency: "USD", rate, dividendYield },
      model: { name: "m", dynamics: "black-scholes", parameters: { volatility } },
    };
    const trade = {
      id: "T",
      book: "",
      underlying: "X",
      product: "touch",
      quantity: "1",
      payoff,
      tags: {},
      where: {},
    };
    const { results, failures } = await computeGreeks(
      [{ kind: "trade", trade }],
      { valuationDate: "2026-11-23", dayCount: "act/365f", underlyings: new Map([["X", underlying]]) },
      { greeks: "all", paths: 262_144, sampler, seed: "early" },
    );
    expect(failures).toEqual([]);
    const exact = blackScholes(market, digital("call", 105), hit) as Readonly<Record<string, number>>;
    let compared = 0;
    for (const { greek, value, standardError } of results[0]!.estimates) {
      // All dates scale with the last, so that the early one moves at hit/expiry of its pace.
      const pace = greek === "theta" || greek === "charm" ? hit / expiry : 1;
      const truth = pace * exact[greek]!;
      expect(Math.abs(value - truth), `${greek}: ${value} not ${truth}`).toBeLessThan(5 * standardError);
      const loose = ["speed", "volga", "vanna", "charm", "theta"].includes(greek) ? 0.3 : 0.05;
      expect(standardError, greek).toBeLessThan(loose * Math.max(Math.abs(truth), 0.001));
      compared++;
    }
    expect(compared).toBe(12);
  },
);
