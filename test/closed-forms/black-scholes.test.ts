import { describe, expect, test } from "vitest";
import { blackScholes, geometricAsian } from "../../src/closed-forms/black-scholes.js";
import {
  assetDigital,
  digital,
  type EuropeanPayoff,
  forward,
  gap,
  rangeDigital,
  vanilla,
} from "../../src/closed-forms/european-payoff.js";
import { forwardGreeks } from "../../src/closed-forms/forward.js";
import type { Greeks } from "../../src/closed-forms/greeks.js";
import { type ReferenceCase, readReference } from "../reference/read.js";

const market = { spot: 100, rate: 0.04, dividendYield: 0.015, volatility: 0.25 };
const years = 0.75;

function payoffOf({ product, params }: ReferenceCase): EuropeanPayoff {
  const strike = params.K!;
  const right = product.endsWith("put") ? "put" : "call";
  switch (product.replace(/_(call|put)$/, "")) {
    case "call":
    case "put":
    case "geoasian":
      return vanilla(right, strike);
    case "digital":
      return digital(right, strike);
    case "asset":
      return assetDigital(right, strike);
    case "gap":
      return gap(right, strike, params.trigger!);
    case "forward":
      return forward(strike);
    default:
      throw new Error(`no payoff for ${product}`);
  }
}

function datesOf({ params }: ReferenceCase): number[] {
  const n = params.n ?? 1;
  return Array.from({ length: n }, (_, i) => ((i + 1) * params.T!) / n);
}

function combine(a: number, first: Greeks, b: number, second: Greeks): Greeks {
  return Object.fromEntries(
    Object.entries(first).map(([greek, value]) => [greek, a * value + b * second[greek as keyof Greeks]]),
  ) as Greeks;
}

function expectClose(actual: Greeks, wanted: Greeks): void {
  for (const [greek, value] of Object.entries(wanted)) {
    expect(actual[greek as keyof Greeks], greek).toBeCloseTo(value, 11);
  }
}

describe("Black-Scholes", () => {
  test.each([
    ...readReference("black-scholes-european.csv"),
    ...readReference("black-scholes-geometric-asian.csv"),
  ])("gives every Greek of $id to 11 digits of its own size", (reference) => {
    const { S, r, q, sigma } = reference.params;
    const greeks = geometricAsian(
      { spot: S!, rate: r!, dividendYield: q!, volatility: sigma! },
      payoffOf(reference),
      datesOf(reference),
    );
    expect(Object.keys(reference.values)).toHaveLength(11);
    for (const [greek, truth] of Object.entries(reference.values)) {
      const error = Math.abs(greeks[greek as keyof Greeks] - truth);
      expect(error, greek).toBeLessThanOrEqual(5e-12 * Math.abs(truth));
    }
  });

  test("a European payoff is a geometric Asian with one date, and its two thetas agree", () => {
    const greeks = blackScholes(market, digital("call", 103), years);
    expect(greeks).toEqual(geometricAsian(market, digital("call", 103), [years]));
    expect(greeks.theta_calendar).toBeCloseTo(greeks.theta, 13);
  });

  test("a range digital is the difference of two digitals, in every Greek", () => {
    const range = blackScholes(market, rangeDigital(90, 115, 7), years);
    const low = blackScholes(market, digital("call", 90, 7), years);
    const high = blackScholes(market, digital("call", 115, 7), years);
    expectClose(range, combine(1, low, -1, high));
  });

  test("a gap call less a gap put is a forward, in every Greek", () => {
    const call = blackScholes(market, gap("call", 100, 94), years);
    const put = blackScholes(market, gap("put", 100, 94), years);
    expectClose(combine(1, call, -1, put), blackScholes(market, forward(100), years));
  });

  test("the pieces of a payoff add up", () => {
    const strangle = [...vanilla("put", 90), ...vanilla("call", 110)];
    const put = blackScholes(market, vanilla("put", 90), years);
    const call = blackScholes(market, vanilla("call", 110), years);
    expectClose(blackScholes(market, strangle, years), combine(1, put, 1, call));
  });

  test("the calendar theta of an Asian moves all its dates by the same time", () => {
    const dates = [0.1, 0.3, 0.75];
    const price = (later: number) =>
      geometricAsian(
        market,
        vanilla("call", 100),
        dates.map((date) => date + later),
      ).price;
    const { theta, theta_calendar } = geometricAsian(market, vanilla("call", 100), dates);
    expect(theta_calendar).toBeCloseTo((price(-1e-5) - price(1e-5)) / 2e-5, 7);
    expect(Math.abs(theta_calendar - theta)).toBeGreaterThan(1);
  });

  test("what holds must hold, and the error says what came", () => {
    const call = vanilla("call", 100);
    expect(() => blackScholes({ ...market, volatility: 0 }, call, 1)).toThrow(
      "volatility must be > 0, got 0",
    );
    expect(() => blackScholes({ ...market, spot: -1 }, call, 1)).toThrow("spot must be > 0, got -1");
    expect(() => blackScholes({ ...market, rate: Number.NaN }, call, 1)).toThrow(
      "rate must be a finite number, got NaN",
    );
    expect(() => blackScholes(market, call, 0)).toThrow("expiry must be > 0, got 0");
    expect(() => geometricAsian(market, call, [])).toThrow("dates must not be empty");
    expect(() => geometricAsian(market, call, [0.5, 0.5])).toThrow(
      "dates must be > 0 and increasing, got 0.5, 0.5",
    );
    expect(() => blackScholes(market, rangeDigital(110, 90), 1)).toThrow("got above 110, below 90");
    expect(() => blackScholes(market, vanilla("call", Number.NaN), 1)).toThrow("got above NaN");
  });
});

describe("the discounted terminal price", () => {
  test("has the Greeks that Black-Scholes gives it", () => {
    expectClose(forwardGreeks(market, years), blackScholes(market, forward(0), years));
  });

  test("needs a spot > 0", () => {
    expect(() => forwardGreeks({ ...market, spot: 0 }, years)).toThrow("spot must be > 0, got 0");
  });
});
