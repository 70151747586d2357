import { describe, expect, test } from "vitest";
import { bates } from "../../src/closed-forms/bates.js";
import { blackScholes } from "../../src/closed-forms/black-scholes.js";
import { digital, type EuropeanPayoff, vanilla } from "../../src/closed-forms/european-payoff.js";
import { heston } from "../../src/closed-forms/heston.js";
import { merton } from "../../src/closed-forms/merton.js";
import { varianceGamma } from "../../src/closed-forms/variance-gamma.js";
import { type ReferenceCase, readReference } from "../reference/read.js";

const payoffOf = ({ product, params }: ReferenceCase): EuropeanPayoff =>
  (product.startsWith("digital") ? digital : vanilla)(product.endsWith("put") ? "put" : "call", params.K!);

/** The closed form of a reference case, its parameters by the program's names. */
function greeksOf(reference: ReferenceCase): Readonly<Record<string, number>> {
  const { S, r, q, sigma, T, ...own } = reference.params;
  const market = {
    spot: S!,
    rate: r!,
    dividendYield: q!,
    volatility: sigma!,
    sigma: sigma!,
    ...own,
  } as never;
  const closed = { Merton: merton, Bates: bates, VG: varianceGamma }[reference.model]!;
  return closed(market, payoffOf(reference), T!);
}

const files = { Merton: "merton", Bates: "bates", "variance gamma": "variance-gamma" };

describe.each(Object.entries(files))("%s", (_, file) => {
  test.each(readReference(`${file}-european.csv`))("gives every Greek of $id to 10 digits", (reference) => {
    const greeks = greeksOf(reference);
    expect(Object.keys(reference.values).length).toBeGreaterThanOrEqual(9);
    for (const [greek, truth] of Object.entries(reference.values)) {
      expect(Math.abs(greeks[greek]! - truth), `${greek}: ${greeks[greek]} not ${truth}`).toBeLessThanOrEqual(
        1e-10 * Math.abs(truth),
      );
    }
  });
});

/** Merton's series: given n jumps, Black and Scholes's price at another spot and volatility. */
function mertonSeries(
  own: { readonly spot: number; readonly rate: number; readonly dividendYield: number },
  { volatility, lambda, mu_j, delta_j }: Parameters<typeof merton>[0],
  payoff: EuropeanPayoff,
  years: number,
): readonly number[] {
  const growth = Math.exp(mu_j + delta_j ** 2 / 2);
  const sums = [0, 0, 0];
  let probability = Math.exp(-lambda * years);
  for (let n = 0; n < 10 || probability > 1e-30; n++) {
    if (n > 0) probability *= (lambda * years) / n;
    const factor = Math.exp(-lambda * (growth - 1) * years) * growth ** n;
    const given = blackScholes(
      {
        ...own,
        spot: own.spot * factor,
        volatility: Math.sqrt(volatility ** 2 + (n * delta_j ** 2) / years),
      },
      payoff,
      years,
    );
    for (const [i, greek] of (["price", "delta", "gamma"] as const).entries())
      sums[i]! += probability * given[greek] * factor ** i;
  }
  return sums;
}

describe("Merton's integral is his series", () => {
  const own = { spot: 100, rate: 0.03, dividendYield: 0.01 };
  test.each([
    ["mild", { volatility: 0.2, lambda: 0.5, mu_j: -0.1, delta_j: 0.15 }, 1],
    // The characteristic function comes back wherever u times the jump is a multiple of 2π.
    ["many jumps, nearly alike", { volatility: 0.06, lambda: 6.5, mu_j: -0.33, delta_j: 0.018 }, 5],
    ["jumps of one size", { volatility: 0.05, lambda: 3, mu_j: 0.25, delta_j: 0.001 }, 2],
    ["rare and large", { volatility: 0.15, lambda: 0.01, mu_j: -1.5, delta_j: 0.3 }, 0.1],
  ])("%s", (_, jumps, years) => {
    for (const payoff of [vanilla("call", 95), digital("put", 80), digital("call", 130)]) {
      const { price, delta, gamma } = merton({ ...own, ...jumps }, payoff, years);
      const series = mertonSeries(own, { ...own, ...jumps }, payoff, years);
      for (const [i, value] of [price, delta, gamma].entries())
        expect(Math.abs(value - series[i]!)).toBeLessThan(1e-10 * Math.max(1e-3, Math.abs(series[i]!)));
    }
  });
});

describe("jumps", () => {
  const market = {
    spot: 100,
    rate: 0.03,
    dividendYield: 0.01,
    v0: 0.05,
    kappa: 1.5,
    theta: 0.04,
    xi: 0.6,
    rho: -0.7,
  };
  test("that never come leave Heston", () => {
    const still = bates({ ...market, lambda: 0, mu_j: -0.1, delta_j: 0.2 }, vanilla("call", 105), 0.75);
    const plain = heston(market, vanilla("call", 105), 0.75);
    for (const [greek, value] of Object.entries(plain)) {
      expect(still[greek as keyof typeof still]).toBeCloseTo(value, 10);
    }
  });

  test("out of bounds are refused", () => {
    const bad = { ...market, lambda: -1, mu_j: 0, delta_j: 0.1 };
    expect(() => bates(bad, vanilla("call", 100), 1)).toThrow("lambda must be >= 0, got -1");
    const heavy = { spot: 100, rate: 0, dividendYield: 0, sigma: 0.2, nu: 2, theta: 0.5 };
    expect(() => varianceGamma(heavy, vanilla("call", 100), 1)).toThrow("must be > 0, got");
  });
});
