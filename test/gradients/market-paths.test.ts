import { describe, expect, test } from "vitest";
import { blackScholes } from "../../src/closed-forms/black-scholes.js";
import { digital as digitalPayoff } from "../../src/closed-forms/european-payoff.js";
import { compare, gradient, hessian, pathwise, scoreFunction } from "../../src/gradients/index.js";
import { dynamics } from "../../src/index.js";
import { pathDistribution } from "../../src/simulation/paths.js";
import { discountFactor } from "../../src/simulation/schedule.js";

const schedule = {
  underlying: "X",
  spot: 100,
  carry: { rate: 0.03, dividendYield: 0.01 },
  dynamics: dynamics["black-scholes"]!,
  parameters: { volatility: 0.2 },
  dates: [1],
};
const paths = pathDistribution(schedule);
const discount = discountFactor(schedule);
/** A digital of strike 105, discounted. */
const digital = {
  value: ([price]: readonly Float64Array[], out: Float64Array) => {
    for (let i = 0; i < out.length; i++) out[i] = price![i]! > 105 ? discount : 0;
  },
};
const market = { spot: 100, rate: 0.03, dividendYield: 0.01, volatility: 0.2 };
const closed = blackScholes(market, digitalPayoff("call", 105), 1);

describe("the paths of a market model are a distribution like any other", () => {
  test.each(["random", "sobol"] as const)("the gradient of a digital is its Greeks, %s", async (sampler) => {
    const options = { samples: 1 << 17, sampler };
    const { gradient: by, value } = await gradient(digital, paths, scoreFunction(), options);
    const truth = {
      spot: closed.delta!,
      volatility: closed.vega!,
      rate: closed.rho!,
      dividend_yield: closed.dividend_rho!,
    };
    expect(Math.abs(value.value - closed.price!)).toBeLessThan(5 * value.standardError);
    for (const [name, expected] of Object.entries(truth)) {
      const { value: estimate, standardError, scoreZ } = by[name]!;
      expect(Math.abs(estimate - expected), name).toBeLessThan(5 * standardError);
      expect(standardError, name).toBeLessThan(0.02 * Math.max(Math.abs(expected), 1));
      expect(Math.abs(scoreZ!), name).toBeLessThan(5);
    }
  });

  test("second orders that the law does not carry are refused", async () => {
    await expect(hessian(digital, paths)).rejects.toThrow("has no weight of order 2 in");
  });

  test("baselines that need scores of mean zero are refused: the density is discounted", async () => {
    const estimator = scoreFunction({ baseline: { fixed: 0.5 } });
    await expect(gradient(digital, paths, estimator)).rejects.toThrow("is discounted");
    const { refusals } = await compare(digital, paths, [estimator, pathwise()]);
    expect(refusals).toHaveLength(2);
  });
});
