import { describe, expect, test } from "vitest";
import { blackScholes } from "../../src/closed-forms/black-scholes.js";
import { digital, vanilla } from "../../src/closed-forms/european-payoff.js";
import { heston } from "../../src/closed-forms/heston.js";
import { computeGreeks, dynamics, products, type RunOptions, readMarket } from "../../src/index.js";

const payoffs = { vanilla: vanilla("call", 100), digital: digital("call", 100) };
const mild = { v0: 0.04, kappa: 2, theta: 0.04, xi: 0.3, rho: -0.6 };

/** A call and a digital under a model, by Greek. */
async function value(
  scheme: string,
  parameters: Readonly<Record<string, number>>,
  years: number,
  options: RunOptions,
) {
  const underlying = {
    ...{ name: "X", spot: 100, currency: "USD", rate: 0.03, dividendYield: 0.01 },
    model: { name: scheme, dynamics: scheme, parameters },
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
    { estimator: "likelihood-ratio", ...options },
  );
  expect(failures).toEqual([]);
  return results.map(({ trade, estimates }) => ({
    product: trade.product as keyof typeof payoffs,
    estimates,
  }));
}

const market = { spot: 100, rate: 0.03, dividendYield: 0.01 };
const exactOf = (parameters: typeof mild, product: keyof typeof payoffs, years: number) =>
  heston({ ...market, ...parameters }, payoffs[product], years) as Readonly<Record<string, number>>;

describe("the QE scheme", () => {
  test("agrees in price and first order at fine steps", async () => {
    const run = await value("heston-qe", { ...mild, step: 0.02 }, 1, { paths: 65_536, sampler: "random" });
    for (const { product, estimates } of run) {
      const exact = exactOf(mild, product, 1);
      expect(estimates).toHaveLength(12);
      for (const { greek, value: estimate, standardError, scheme } of estimates) {
        expect(scheme).toBe("qe");
        const bias = 0.02 * Math.abs(exact[greek]!);
        expect(Math.abs(estimate - exact[greek]!), `${product} ${greek}`).toBeLessThan(
          5 * standardError + bias,
        );
      }
    }
  });

  test("says so: of Greeks that are sharper than its bias, and of prices where steps are too long", async () => {
    const fine = await value("heston-qe", mild, 1, { paths: 65_536, greeks: ["price", "delta"] });
    expect(fine[0]!.estimates.map(({ greek, status }) => [greek, status])).toEqual([
      ["price", "ok"],
      ["delta", "biased"],
    ]);
    // A volatility that stands still at 20 %, and a call that is 8 % too dear.
    const still = { v0: 0.04, kappa: 50, theta: 0.04, xi: 0.01, rho: -0.9 };
    const coarse = await value("heston-qe", still, 1, { paths: 65_536, greeks: ["price"] });
    const [price] = coarse[0]!.estimates;
    expect(price!.value / exactOf(still, "vanilla", 1).price!).toBeGreaterThan(1.05);
    expect(price).toMatchObject({
      status: "flagged",
      note: expect.stringContaining("kappa × step is 5, above 0.5"),
    });
  });

  test("is visibly biased at coarse ones where the default scheme is not: the vega-like Greeks of Broadie and Kaya's second set", async () => {
    const parameters = { v0: 0.09, kappa: 2, theta: 0.09, xi: 1, rho: -0.3 };
    const options: RunOptions = { paths: 131_072, sampler: "random", greeks: ["d_v0"] };
    const bias = async (dynamics: string) => {
      const [, ofDigital] = await value(dynamics, { ...parameters, step: 0.5 }, 5, options);
      const { value: estimate, standardError } = ofDigital!.estimates[0]!;
      const exact = exactOf(parameters, "digital", 5).d_v0!;
      return { share: (estimate - exact) / Math.abs(exact), error: standardError / Math.abs(exact) };
    };
    const qe = await bias("heston-qe");
    const exactBridge = await bias("heston");
    expect(qe.share).toBeLessThan(-0.15);
    expect(exactBridge.error).toBeLessThan(0.01);
    expect(Math.abs(exactBridge.share)).toBeLessThan(5 * exactBridge.error);
  });
});

describe("extremes under Heston", () => {
  const cases: Readonly<Record<string, typeof mild>> = {
    "4κθ/ξ² = .031": { ...mild, xi: 3.2 },
    "4κθ/ξ² = 40": { ...mild, kappa: 5, xi: 0.1414 },
    "ρ = −.999": { ...mild, rho: -0.999 },
    "ρ = .999": { ...mild, rho: 0.999 },
    "v0 near 0": { ...mild, v0: 1e-10 },
    "v0 = 0": { ...mild, v0: 0 },
    "ξ = .001": { ...mild, xi: 0.001 },
    "κ = 200": { ...mild, kappa: 200 },
  };
  test.each(
    Object.entries(cases).flatMap(([name, parameters]) =>
      [1 / 365, 1, 30].map((years) => [name, years, parameters] as const),
    ),
  )(
    "%s over %d years: every number within its error and one percent, or flagged",
    async (_, years, parameters) => {
      for (const { product, estimates } of await value("heston", parameters, years, { paths: 16_384 })) {
        const exact = exactOf(parameters, product, years);
        for (const { greek, value: estimate, standardError, status } of estimates) {
          expect(Number.isFinite(estimate)).toBe(true);
          const off = Math.abs(estimate - exact[greek]!);
          if (status !== "flagged")
            expect(off, `${product} ${greek}`).toBeLessThan(
              5 * standardError + 0.01 * Math.abs(exact[greek]!),
            );
        }
        expect(estimates.filter(({ status }) => status !== "flagged").length).toBeGreaterThan(6);
      }
    },
  );

  test("without volatility of variance it is Black-Scholes", async () => {
    const [call] = await value("heston", { ...mild, xi: 0.001, rho: 0 }, 1, { paths: 65_536 });
    const exact = blackScholes({ ...market, volatility: 0.2 }, payoffs.vanilla, 1) as Readonly<
      Record<string, number>
    >;
    for (const greek of ["price", "delta", "gamma", "vega", "rho"]) {
      const estimate = call!.estimates.find((candidate) => candidate.greek === greek)!;
      expect(Math.abs(estimate.value - exact[greek]!), greek).toBeLessThan(5 * estimate.standardError);
      expect(estimate.standardError, greek).toBeLessThan(0.01 * Math.abs(exact[greek]!));
    }
  });

  test("a mean reversion of nothing leaves derivatives in it that are flagged, not trusted", async () => {
    for (const { estimates } of await value("heston", { ...mild, kappa: 1e-6 }, 1, { paths: 16_384 })) {
      for (const { greek, status, note } of estimates) {
        if (greek === "price") continue;
        expect(status, greek).toBe("flagged");
        expect(note).toContain("derivatives of so sticky a variance are not reliable");
      }
    }
  });
});

describe("a sticky variance", () => {
  const sets = {
    "4κθ/ξ² = .057 over two years": [{ v0: 0.0799, kappa: 1.13, theta: 0.0258, xi: 1.43, rho: -0.604 }, 2.1],
    "4κθ/ξ² = .12 over five years": [{ v0: 0.0184, kappa: 0.485, theta: 0.0194, xi: 0.562, rho: -0.17 }, 5.4],
  } as const;
  const greeks = ["price", "delta", "gamma", "rho", "d_xi"];
  const run = (parameters: typeof mild, years: number, options: RunOptions) =>
    value("heston", parameters, years, { estimator: "auto", greeks, ...options });

  test.each(Object.entries(sets))(
    "%s has steps that leave no bias to be seen",
    async (_, [parameters, years]) => {
      for (const { product, estimates } of await run(parameters, years, { paths: 65_536 })) {
        const exact = exactOf(parameters, product, years);
        expect(estimates).toHaveLength(greeks.length);
        for (const { greek, value: estimate, standardError } of estimates) {
          expect(Math.abs(estimate - exact[greek]!), `${product} ${greek}`).toBeLessThan(5 * standardError);
          expect(standardError, `${product} ${greek}`).toBeLessThan(0.05 * Math.abs(exact[greek]!));
        }
      }
    },
  );

  test("has them whatever the market says of steps: no number is biased for a longer one", async () => {
    const [parameters, years] = sets["4κθ/ξ² = .057 over two years"];
    const numbers = async (own: object) =>
      (await run({ ...parameters, ...own }, years, { paths: 2048 })).flatMap(({ estimates }) =>
        estimates.map(({ value }) => value),
      );
    const market = readMarket(
      JSON.stringify({
        ...{ valuationDate: "2026-11-23", dayCount: "act/365f" },
        underlyings: {
          X: {
            spot: 100,
            currency: "USD",
            rate: 0,
            dividendYield: 0,
            model: { dynamics: "heston", parameters },
          },
        },
      }),
      { dynamics },
    ).market!;
    const own = await numbers({});
    expect(await numbers(market.underlyings.get("X")!.model.parameters)).toEqual(own);
    expect(await numbers({ step: 2 })).toEqual(own);
    expect(await numbers({ step: 0.01 })).not.toEqual(own);
  });

  test("in far more steps than it needs leaves derivatives that are flagged", async () => {
    const parameters = { v0: 0.04, kappa: 0.3, theta: 0.04, xi: 0.9, rho: -0.5 };
    const statuses = async (step: number) =>
      (await run({ ...parameters, ...{ step } }, 15, { paths: 1024, greeks: ["price", "vega"] })).map(
        ({ estimates }) => estimates.map(({ note }) => note.includes("in more than 233 steps, here 750")),
      );
    expect(await statuses(0.02)).toEqual([
      [false, true],
      [false, true],
    ]);
    expect(await statuses(0.2)).toEqual([
      [false, false],
      [false, false],
    ]);
  });
});

describe("variance gamma over short intervals", () => {
  test("tells that the variance of its weights is infinite", async () => {
    const parameters = { sigma: 0.2, nu: 0.5, theta: -0.1 };
    for (const { estimates } of await value("variance-gamma", parameters, 0.4, { paths: 16_384 })) {
      for (const { greek, status, note } of estimates) {
        if (greek === "price") continue;
        expect(status, greek).toBe("flagged");
        expect(note).toContain("the weight's variance is infinite");
      }
    }
  });
});
