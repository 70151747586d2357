import { describe, expect, test } from "vitest";
import { digital } from "../../src/closed-forms/european-payoff.js";
import { heston } from "../../src/closed-forms/heston.js";
import { computeGreeks, type Market, products } from "../../src/index.js";

const T = 1;
const K = 105;
const model = { v0: 0.05, kappa: 1.8, theta: 0.035, xi: 0.4, rho: -0.5 };
const carry = { spot: 100, rate: 0.03, dividendYield: 0.01 };
const market: Market = {
  valuationDate: "2026-11-23",
  dayCount: "act/365f",
  underlyings: new Map([
    [
      "X",
      { name: "X", currency: "USD", ...carry, model: { name: "m", dynamics: "heston", parameters: model } },
    ],
  ]),
};

// The closed form has first derivatives in every parameter; its delta, differenced, has the mixed ones with the spot.
describe.each(Object.keys(model) as (keyof typeof model)[])("Heston, %s", (parameter) => {
  test("first and mixed derivative of a digital with the spot", async () => {
    const payoff = products.digital!.payoff({ right: "call", strike: K, cash: 1 } as never, T);
    const trade = {
      id: "d",
      book: "",
      underlying: "X",
      product: "digital",
      quantity: "1",
      payoff,
      tags: {},
      where: {},
    };
    const names = [`d_${parameter}`, `d2_spot_${parameter}`];
    const options = {
      greeks: names,
      paths: 262_144,
      seed: "tangents",
      estimator: "likelihood-ratio" as const,
    };
    const { results } = await computeGreeks([{ kind: "trade", trade }], market, options);
    const [first, mixed] = results[0]!.estimates;

    const step = 1e-4 * Math.abs(model[parameter]);
    const deltaAt = (shift: number) =>
      heston({ ...carry, ...model, [parameter]: model[parameter] + shift }, digital("call", K), T).delta;
    const exactFirst = heston({ ...carry, ...model }, digital("call", K), T)[`d_${parameter}`];
    const exactMixed = (deltaAt(step) - deltaAt(-step)) / (2 * step);
    expect(Math.abs(first!.value - exactFirst)).toBeLessThanOrEqual(5 * first!.standardError);
    expect(Math.abs(mixed!.value - exactMixed)).toBeLessThanOrEqual(5 * mixed!.standardError);
    // Errors per relative change of the parameter: of the price, and of the delta times spot times volatility.
    const relative = Math.abs(model[parameter]);
    expect(first!.standardError * relative).toBeLessThanOrEqual(0.003);
    expect(mixed!.standardError * relative * 100 * 0.2).toBeLessThanOrEqual(0.01);
  });
});
