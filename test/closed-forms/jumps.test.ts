import { describe, expect, test } from "vitest";
import { bates } from "../../src/closed-forms/bates.js";
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
