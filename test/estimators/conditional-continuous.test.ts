import { describe, expect, test } from "vitest";
import { computeGreeks, products } from "../../src/index.js";
import { bookOf, isTrade } from "../reference/as-trade.mjs";
import { type ReferenceCase, readReference } from "../reference/read.js";
import { naturalSize } from "../statistical/natural-size.js";

const GREEKS = ["price", "delta", "gamma", "vega", "theta", "rho", "dividend_rho", "vanna", "volga"];

async function valueExactly(cases: readonly ReferenceCase[]) {
  const { items, market } = bookOf(cases, products);
  return computeGreeks(items, market, { estimator: "conditional", greeks: GREEKS, paths: 1024 });
}

/**
 * ∂^order/∂S^order of P(both levels are not touched) by its sine series: an expansion in other functions than reflections, good where
 * the price moves far.
 */
function neverTouched(
  { S, L, U, r, q, sigma, T }: Record<"S" | "L" | "U" | "r" | "q" | "sigma" | "T", number>,
  order: 0 | 1,
): number {
  const [width, start] = [Math.log(U / L), Math.log(S / L)];
  const tilt = (r - q) / sigma ** 2 - 0.5;
  let sum = 0;
  for (let k = 1; k < 60; k++) {
    const wave = (k * Math.PI) / width;
    const end = (wave * (1 - (-1) ** k * Math.exp(tilt * width))) / (tilt ** 2 + wave ** 2);
    const decay = Math.exp(-0.5 * sigma ** 2 * T * (tilt ** 2 + wave ** 2));
    const shape =
      order === 0
        ? Math.sin(wave * start)
        : (wave * Math.cos(wave * start) - tilt * Math.sin(wave * start)) / S;
    sum += (2 / width) * Math.exp(-tilt * start) * shape * decay * end;
  }
  return sum;
}

const CASH = 1e6;

/** A double no-touch of 85 and `upper` that pays CASH. */
async function valueNeverTouched(volatility: number, upper: number) {
  const model = { name: "m", dynamics: "black-scholes", parameters: { volatility } };
  const underlying = { name: "X", currency: "USD", spot: 100, rate: 0.03, dividendYield: 0.01, model };
  const terms = { lower: 85, upper, cash: CASH, observations: "continuous" };
  const trade = {
    ...{ id: "D", book: "", underlying: "X", product: "double-no-touch", quantity: "1", tags: {}, where: {} },
    payoff: products["double-no-touch"]!.payoff(terms as never, 1),
  };
  return computeGreeks(
    [{ kind: "trade", trade }],
    { valuationDate: "2026-11-23", dayCount: "act/365f", underlyings: new Map([["X", underlying]]) },
    { estimator: "conditional", greeks: ["price", "delta"], paths: 1024 },
  );
}

describe("what is watched at every moment under Black-Scholes", () => {
  const cases = readReference("black-scholes-continuous.csv").filter(isTrade);

  test("is exact: barriers, touches, two levels, payments at the touch, extremes", async () => {
    const { results, failures } = await valueExactly(cases);
    expect(failures).toEqual([]);
    expect(results.length).toBeGreaterThan(108);
    for (const [t, { estimates }] of results.entries())
      for (const { greek, value, standardError, status } of estimates) {
        const reference = cases[t]!;
        const truth = reference.values[greek];
        if (truth === undefined) continue;
        const label = `${reference.id} ${greek} ${value} ± ${standardError}, truth ${truth}`;
        expect(Math.abs(value - truth), label).toBeLessThanOrEqual(5 * standardError);
        expect(standardError, label).toBeLessThan(1e-10 * naturalSize(greek, reference));
        expect(status).toBe("ok");
      }
  });

  // Survival from 1e-3 down to what no sum of reflections can tell from nothing.
  test.each([
    [0.6, 140],
    [0.3, 115],
    [0.5, 115],
    [0.6, 115],
    [0.8, 115],
    [1.2, 115],
  ])("says how much of a sum that cancels is rounding: volatility %d, up to %d", async (sigma, upper) => {
    const { results, failures } = await valueNeverTouched(sigma, upper);
    expect(failures).toEqual([]);
    for (const [order, { value, standardError }] of results[0]!.estimates.entries()) {
      const terms = { S: 100, L: 85, U: upper, r: 0.03, q: 0.01, sigma, T: 1 };
      const truth = CASH * Math.exp(-terms.r) * neverTouched(terms, order as 0 | 1);
      const size = CASH * (order === 0 ? 1 : 1 / terms.S);
      const label = `${value} ± ${standardError}, truth ${truth}`;
      // A probability below the last bits is none.
      const missing = neverTouched(terms, 0) < 1e-14 ? 4e-15 * size : 0;
      expect(Math.abs(value - truth), label).toBeLessThanOrEqual(5 * standardError + missing);
      expect(standardError, label).toBeLessThanOrEqual(1e-14 * size + 1e-12 * Math.abs(truth));
    }
  });
});
