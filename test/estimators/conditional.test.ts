import { describe, expect, test } from "vitest";
import { bates } from "../../src/closed-forms/bates.js";
import { blackScholes } from "../../src/closed-forms/black-scholes.js";
import { type EuropeanPayoff, gap, rangeDigital, vanilla } from "../../src/closed-forms/european-payoff.js";
import { heston } from "../../src/closed-forms/heston.js";
import { merton } from "../../src/closed-forms/merton.js";
import { varianceGamma } from "../../src/closed-forms/variance-gamma.js";
import { computeGreeks, products, type RunOptions } from "../../src/index.js";
import { normalCdf } from "../../src/numerics/normal.js";

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

/** Price, delta, gamma and vega of a payoff of the final price under Black-Scholes; throws what they failed for. */
async function customEstimates(payoff: string, volatility: number, years: number) {
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
  if (failures.length > 0) throw new Error(failures.map(({ message }) => message).join("; "));
  return results[0]!.estimates;
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

  test.each([
    ["of a normal", "black-scholes", { volatility: 0.25 }],
    ["of jumps", "merton", models.merton.parameters],
    // One path in 200,000 has two of them.
    ["of jumps so rare that no path has two", "merton", { ...models.merton.parameters, lambda: 0.003 }],
    ["of many jumps", "merton", { ...models.merton.parameters, lambda: 30, delta_j: 0.02 }],
  ] as const)("is exact where there is nothing to simulate: %s", async (_, name, parameters) => {
    const { results } = await value(name, parameters, {
      ...{ estimator: "conditional", greeks: "all", paths: 64 },
    });
    let compared = 0;
    for (const { trade, estimates } of results) {
      const exact = models[name].closed(
        { ...market, ...parameters } as never,
        written[trade.product]![1],
        1,
      ) as Readonly<Record<string, number>>;
      for (const { greek, value: estimate, standardError, status } of estimates) {
        expect(standardError).toBeLessThan(4e-12 * Math.max(1, Math.abs(estimate)));
        expect(status).toBe("ok");
        if (exact[greek] === undefined) continue;
        expect(Math.abs(estimate - exact[greek]), `${trade.product} ${greek}`).toBeLessThan(
          1e-10 * Math.max(1, Math.abs(estimate)),
        );
        compared++;
      }
    }
    expect(compared).toBeGreaterThanOrEqual(3 * 12);
  });

  test("leaves more jumps than can be summed to simulation", async () => {
    const parameters = { ...models.merton.parameters, lambda: 990, mu_j: -0.001, delta_j: 0.005 };
    const { results } = await value("merton", parameters, { estimator: "conditional", paths: 16_384 });
    for (const { trade, estimates } of results) {
      const exact = merton(
        { ...market, ...parameters },
        written[trade.product]![1],
        1,
      ) as unknown as Readonly<Record<string, number>>;
      for (const { greek, value: estimate, standardError } of estimates) {
        expect(Math.abs(estimate - exact[greek]!), `${trade.product} ${greek}`).toBeLessThan(
          5 * standardError,
        );
        if (greek === "price") expect(standardError).toBeLessThan(0.001 * exact[greek]!);
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
    const estimates = await customEstimates(payoff, volatility, years);
    const growth = (n - 1) * rate - n * dividendYield + (n * (n - 1) * volatility ** 2) / 2;
    const price = spot ** n * Math.exp(growth * years);
    const truths = [
      price,
      (n * price) / spot,
      (n * (n - 1) * price) / spot ** 2,
      n * (n - 1) * volatility * years * price,
    ];
    for (const [g, { value, standardError }] of estimates.entries()) {
      expect(Math.abs(value / truths[g]! - 1)).toBeLessThan(1e-12);
      expect(Math.abs(value - truths[g]!)).toBeLessThanOrEqual(5 * standardError);
    }
  });

  // With a = ln S_0 + (r − q − σ²/2) T and F the forward: E ln S_T = a, E ln² S_T = a² + σ²T, E S_T ln S_T = F (a + σ²T),
  // E √S_T = exp(a/2 + σ²T/8); of ln S_T above a strike only, a Φ(d) + σ√T φ(d).
  test.each([
    [0.25, 1.5],
    [0.02, 1 / 365],
    [1, 4],
  ])("integrates what is not linear: volatility %d, %d years", async (volatility, years) => {
    const { spot, rate, dividendYield } = market;
    const expected = (payoff: string, s: number, sigma: number) => {
      const variance = sigma ** 2 * years;
      const drift = Math.log(s) + (rate - dividendYield) * years - variance / 2;
      const forward = s * Math.exp((rate - dividendYield) * years);
      const d = (drift - Math.log(100.1)) / Math.sqrt(variance);
      const means: Record<string, number> = {
        "log(S(T))": drift,
        "log(S(T)) * log(S(T))": drift ** 2 + variance,
        "S(T) * log(S(T))": forward * (drift + variance),
        "sqrt(S(T))": Math.exp(drift / 2 + variance / 8),
        // Above the logarithm of a strike.
        "max(log(S(T) / 100.1), 0)":
          (drift - Math.log(100.1)) * normalCdf(d) +
          (Math.sqrt(variance) * Math.exp(-d * d * 0.5)) / Math.sqrt(2 * Math.PI),
        "(S(T) > 100.1) * log(S(T))":
          drift * normalCdf(d) + (Math.sqrt(variance) * Math.exp(-d * d * 0.5)) / Math.sqrt(2 * Math.PI),
      };
      return means[payoff]! * Math.exp(-rate * years);
    };
    for (const payoff of [
      "log(S(T))",
      "log(S(T)) * log(S(T))",
      "S(T) * log(S(T))",
      "sqrt(S(T))",
      "(S(T) > 100.1) * log(S(T))",
      "max(log(S(T) / 100.1), 0)",
    ]) {
      const [price, delta, , vega] = await customEstimates(payoff, volatility, years);
      const moved = (ds: number, dSigma: number) => expected(payoff, spot + ds, volatility + dSigma);
      // Differences of fourth order; what they are off by is found from half the step.
      const slope = (along: (h: number) => number, h: number) =>
        (8 * (along(h) - along(-h)) - (along(2 * h) - along(-2 * h))) / (12 * h);
      const checked = [
        { estimate: price!, truth: moved(0, 0), off: 0 },
        ...[
          {
            estimate: delta!,
            along: (h: number) => moved(h, 0),
            h: 0.002 * spot * volatility * Math.sqrt(years),
          },
          { estimate: vega!, along: (h: number) => moved(0, h), h: 0.002 * volatility },
        ].map(({ estimate, along, h }) => {
          const truth = slope(along, h);
          return { estimate, truth, off: 4 * Math.abs(truth - slope(along, h / 2)) };
        }),
      ];
      for (const { estimate, truth, off } of checked) {
        const { greek, value, standardError, status } = estimate;
        const label = `${payoff} ${greek}: ${value} ± ${standardError}, truth ${truth} ± ${off}`;
        const size = Math.abs(moved(0, 0)) / (greek === "delta" ? spot : 1);
        expect(Math.abs(value - truth), label).toBeLessThanOrEqual(5 * standardError + off + 1e-14 * size);
        expect(off, label).toBeLessThan(1e-8 * (Math.abs(truth) + size));
        expect(standardError, label).toBeLessThan(1e-10 * (Math.abs(truth) + size));
        expect(status).toBe("ok");
      }
    }
  });

  test.each([
    ["1 / (S(T) - 95)", "divides by what may be 0"],
    ["sqrt((S(T) - 100) * (S(T) - 100))", "takes sqrt of what may be 0"],
    ["log((S(T) - 100) * (S(T) - 100))", "takes log of what may be 0"],
    ["max(sqrt(S(T)), 10)", "compares amounts that are not linear"],
    ["exp(S(T) / 100)", "grow faster than any power of the price"],
    ["exp(sqrt(S(T)))", "grow faster than any power of the price"],
  ])(
    "does not integrate over what it does not see, kinks, poles and infinite means: %s",
    async (payoff, why) => {
      await expect(customEstimates(payoff, 0.25, 1)).rejects.toThrow(why);
    },
  );

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
