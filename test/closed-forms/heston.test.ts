import { describe, expect, test } from "vitest";
import { blackScholes } from "../../src/closed-forms/black-scholes.js";
import {
  assetDigital,
  digital,
  type EuropeanPayoff,
  forward,
  rangeDigital,
  vanilla,
} from "../../src/closed-forms/european-payoff.js";
import { forwardGreeks } from "../../src/closed-forms/forward.js";
import type { CommonGreek, Greeks } from "../../src/closed-forms/greeks.js";
import { type HestonGreek, heston } from "../../src/closed-forms/heston.js";
import { hestonSecondOrder } from "../../src/closed-forms/heston-second-order.js";
import { readReference } from "../reference/read.js";

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
const years = 0.75;

const PAYOFFS: Readonly<Record<string, (strike: number) => EuropeanPayoff>> = {
  call: (strike) => vanilla("call", strike),
  put: (strike) => vanilla("put", strike),
  digital_call: (strike) => digital("call", strike),
  digital_put: (strike) => digital("put", strike),
};

/** Central difference of a Greek along a change of the market or the expiry. */
function slope(greek: HestonGreek, payoff: EuropeanPayoff, moved: (by: number) => typeof market, by: number) {
  return (heston(moved(by), payoff, years)[greek] - heston(moved(-by), payoff, years)[greek]) / (2 * by);
}

describe("Heston", () => {
  test.each(readReference("heston-european.csv"))(
    "gives every Greek of $id to 12 digits of its own size",
    (reference) => {
      const { S, r, q, T, K, v0, kappa, theta, xi, rho } = reference.params;
      const greeks = heston(
        { spot: S!, rate: r!, dividendYield: q!, v0: v0!, kappa: kappa!, theta: theta!, xi: xi!, rho: rho! },
        PAYOFFS[reference.product]!(K!),
        T!,
      );
      expect(Object.keys(reference.values)).toHaveLength(13);
      for (const [greek, truth] of Object.entries(reference.values)) {
        const error = Math.abs(greeks[greek as HestonGreek] - truth);
        expect(error, greek).toBeLessThanOrEqual(1e-12 * Math.abs(truth));
      }
    },
  );

  test.each([
    { name: "call", payoff: vanilla("call", 110) },
    { name: "digital put", payoff: digital("put", 95, 100) },
  ])("the Greeks of a $name without a reference are slopes of those that have one", ({ payoff }) => {
    const greeks = heston(market, payoff, years);
    const spot = (by: number) => ({ ...market, spot: market.spot + by });
    const volatility = (by: number) => ({
      ...market,
      v0: (Math.sqrt(market.v0) + by) ** 2,
      theta: (Math.sqrt(market.theta) + by) ** 2,
    });
    expect(greeks.speed).toBeCloseTo(slope("gamma", payoff, spot, 1e-2), 8);
    expect(greeks.vega).toBeCloseTo(slope("price", payoff, volatility, 1e-5), 6);
    expect(greeks.vanna).toBeCloseTo(slope("delta", payoff, volatility, 1e-5), 7);
    expect(greeks.volga).toBeCloseTo(slope("vega", payoff, volatility, 1e-5), 5);
    const earlier = heston(market, payoff, years - 1e-5).delta;
    const later = heston(market, payoff, years + 1e-5).delta;
    expect(greeks.charm).toBeCloseTo((earlier - later) / 2e-5, 7);
    expect(greeks.theta_calendar).toBe(greeks.theta);
  });

  test.each([
    {
      id: "BK1",
      v0: 0.010201,
      kappa: 6.21,
      theta: 0.019,
      xi: 0.61,
      rho: -0.7,
      rate: 0.0319,
      T: 1,
      d2: -0.62293162463,
    },
    { id: "BK2", v0: 0.09, kappa: 2, theta: 0.09, xi: 1, rho: -0.3, rate: 0.05, T: 5, d2: -0.573025861447 },
    {
      id: "Andersen I",
      v0: 0.04,
      kappa: 0.5,
      theta: 0.04,
      xi: 1,
      rho: -0.9,
      rate: 0,
      T: 10,
      d2: 7.6649085513,
    },
  ])("∂²/∂ξ² of a call under $id is that of 30-digit integration", ({ T, d2, ...parameters }) => {
    const greeks = hestonSecondOrder({ spot: 100, dividendYield: 0, ...parameters }, vanilla("call", 100), T);
    expect(greeks.d2_xi_xi! / d2).toBeCloseTo(1, 10);
  });

  test("without volatility of variance it is Black-Scholes, in every Greek", () => {
    const still = { ...market, v0: 0.04, theta: 0.04, xi: 1e-4, rho: 0 };
    const greeks = heston(still, digital("call", 105, 100), years);
    const wanted = blackScholes({ ...market, volatility: 0.2 }, digital("call", 105, 100), years);
    for (const [greek, value] of Object.entries(wanted)) {
      expect(greeks[greek as CommonGreek] / value, greek).toBeCloseTo(1, 6);
    }
  });

  test("a forward has the same value in every model, and no model Greeks", () => {
    const greeks = heston(market, forward(0), years);
    for (const [greek, value] of Object.entries(forwardGreeks(market, years))) {
      expect(greeks[greek as CommonGreek], greek).toBeCloseTo(value, 12);
    }
    expect([greeks.d_v0, greeks.d_kappa, greeks.d_theta, greeks.d_xi, greeks.d_rho]).toEqual([0, 0, 0, 0, 0]);
  });

  test("a call is an asset digital less K digitals, and a range digital the difference of two", () => {
    const greeks = (payoff: EuropeanPayoff): Greeks<HestonGreek> => heston(market, payoff, years);
    const [call, asset, cash] = [vanilla("call", 95), assetDigital("call", 95), digital("call", 95)].map(
      greeks,
    );
    const [range, high] = [rangeDigital(95, 120), digital("call", 120)].map(greeks);
    for (const greek of Object.keys(call!) as HestonGreek[]) {
      expect(call![greek], greek).toBeCloseTo(asset![greek] - 95 * cash![greek], 10);
      expect(range![greek], greek).toBeCloseTo(cash![greek] - high![greek], 12);
    }
  });

  test.each([
    { v0: 0, kappa: 0.4, theta: 0.09, xi: 1.2, rho: -0.95, expiry: 4 },
    { v0: 0.3, kappa: 0.05, theta: 0.01, xi: 2, rho: 0.9, expiry: 0.3 },
    { v0: 0.01, kappa: 12, theta: 0.2, xi: 0.01, rho: -0.3, expiry: 30 },
    { v0: 0.04, kappa: 1, theta: 0.04, xi: 0.5, rho: -0.7, expiry: 1 / 365 },
  ])("satisfies its pricing equation at v0 = $v0, xi = $xi, T = $expiry", ({ expiry, ...parameters }) => {
    const { spot, rate, dividendYield } = market;
    const { v0, kappa, theta, xi, rho } = parameters;
    const greeks = heston({ ...market, ...parameters }, vanilla("put", 97), expiry);
    const terms = [
      greeks.theta_calendar,
      (rate - dividendYield) * spot * greeks.delta,
      0.5 * v0 * spot ** 2 * greeks.gamma,
      kappa * (theta - v0) * greeks.d_v0,
      0.5 * xi ** 2 * v0 * greeks.d2_v0_v0,
      rho * xi * v0 * spot * greeks.d2_spot_v0,
      -rate * greeks.price,
    ];
    const size = Math.max(...terms.map(Math.abs));
    expect(Math.abs(terms.reduce((sum, term) => sum + term, 0))).toBeLessThan(1e-12 * size);
  });

  test("what holds must hold, and the error says what came", () => {
    const price = (change: Partial<typeof market>, expiry = 1) =>
      heston({ ...market, ...change }, vanilla("call", 100), expiry);
    expect(() => price({ v0: -0.01 })).toThrow("v0 must be >= 0, got -0.01");
    expect(() => price({ kappa: 0 })).toThrow("kappa must be > 0, got 0");
    expect(() => price({ theta: 0 })).toThrow("theta must be > 0, got 0");
    expect(() => price({ xi: 0 })).toThrow("xi must be >= 0.0001, got 0");
    expect(() => price({ rho: -1 })).toThrow("rho must be > -1 and < 1, got -1");
    expect(() => price({ spot: Number.NaN })).toThrow("spot must be > 0, got NaN");
    expect(() => price({}, 0)).toThrow("expiry must be > 0, got 0");
  });

  test("an expiry before there is any variance is an error, never a number", () => {
    const dead = { ...market, v0: 0, kappa: 0.02, theta: 0.02, xi: 1 };
    expect(() => heston(dead, vanilla("call", 160), 0.005)).toThrow("did not converge");
  });
});
