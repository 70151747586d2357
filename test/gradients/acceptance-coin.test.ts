import { describe, expect, test } from "vitest";
import {
  arm,
  bernoulli,
  categorical,
  disarm,
  type Estimator,
  enumeration,
  gradient,
  measureValued,
  pointwise,
  rebar,
  relax,
  relaxation,
  scoreFunction,
  straightThrough,
} from "../../src/gradients/index.js";
import { expectAgreement } from "./agreement.js";

const samples = 1 << 18;
const squareFrom = (t: number) =>
  pointwise(
    (b) => (b - t) ** 2,
    (b) => 2 * (b - t),
  );
const coin = (theta: number) => bernoulli({ logit: Math.log(theta / (1 - theta)) });

const table = [
  { t: 0.45, theta: 0.5, score: 0.0159390625, concrete: [-0.00354, 0.0142445], rebar: 0.0226531 },
  { t: 0.45, theta: 0.1, score: 0.00770006, concrete: [-0.031, 0.00556807], rebar: 0.0118356 },
  { t: 0.45, theta: 0.9, score: 0.00406406, concrete: [0.0331, 0.0066029], rebar: 0.0102474 },
  { t: 0.49, theta: 0.5, score: 0.0156375, concrete: [-7.08e-4, 0.0139414], rebar: 0.0223046 },
] as const;

describe("(b − t)² of a coin, in its logit", () => {
  for (const { t, theta, score, concrete, rebar: ofRebar } of table) {
    const delta = 1 - 2 * t;
    const s2 = theta * (1 - theta);
    const p = Math.min(theta, 1 - theta);
    const fourth = s2 * (1 - 3 * s2);
    const g = s2 * delta;
    const mean = theta * (1 - t) ** 2 + (1 - theta) * t ** 2;
    const leaveOneOut = (k: number) => delta ** 2 * (fourth / k - (s2 ** 2 * (k - 3)) / (k * (k - 1)));
    const cases: readonly (readonly [string, Estimator, number])[] = [
      ["score", scoreFunction({ baseline: "none" }), score],
      ["mean baseline", scoreFunction({ baseline: { fixed: mean } }), s2 * ((1 - 2 * theta) * delta) ** 2],
      ["optimal baseline", scoreFunction(), 0],
      ["leave one out of 2", scoreFunction({ baseline: { leaveOneOut: 2 } }), leaveOneOut(2)],
      ["leave one out of 4", scoreFunction({ baseline: { leaveOneOut: 4 } }), leaveOneOut(4)],
      ["measure-valued", measureValued(), 0],
      ["enumeration", enumeration(), 0],
      ["ARM", arm(), ((2 * delta ** 2) / 3) * (1 / 8 - (0.5 - p) ** 3) - g ** 2],
      ["DisARM", disarm(), delta ** 2 * p * (1 - p) ** 2 * (0.5 - p)],
      ["REBAR, η = 1, τ = ½", rebar({ temperature: 0.5, eta: 1 }), ofRebar],
    ];
    for (const [label, estimator, variance] of cases) {
      test(`t ${t}, θ ${theta} by ${label}: mean and variance are exact`, async () => {
        const result = await gradient(squareFrom(t), coin(theta), estimator, { samples, seed: label });
        expect(result.bias).toBeNull();
        expectAgreement(result.gradient.logit!, { mean: g, variance }, samples, label);
      });
    }

    test(`t ${t}, θ ${theta} by the relaxation at τ = ½: declared biased, by the amount it should be`, async () => {
      const result = await gradient(squareFrom(t), coin(theta), relaxation({ temperature: 0.5 }), {
        samples,
      });
      expect(result.bias).not.toBeNull();
      const { value, standardError, variance, varianceError } = result.gradient.logit!;
      expect(Math.abs(value - g - concrete[0])).toBeLessThan(5 * standardError + 6e-5);
      expect(Math.abs(variance - concrete[1])).toBeLessThan(5 * varianceError);
      expect(
        (await gradient(squareFrom(t), coin(theta), straightThrough({ temperature: 0.5 }))).bias,
      ).not.toBeNull();
    });

    test(`t ${t}, θ ${theta} by RELAX: unbiased, and below the score's variance once trained`, async () => {
      const { logit } = (await gradient(squareFrom(t), coin(theta), relax(), { samples })).gradient;
      expectAgreement(logit!, { mean: g }, samples, "relax");
      expect(logit!.variance).toBeLessThan(0.5 * score);
      expect(logit!.standardError).toBeLessThan(Math.sqrt(score / samples));
    });
  }

  test("REBAR helps where f is monotone: .34902 against 1.5625 at t = 2", async () => {
    const { logit } = (
      await gradient(squareFrom(2), coin(0.5), rebar({ temperature: 0.5, eta: 1 }), { samples })
    ).gradient;
    expectAgreement(logit!, { mean: -0.75, variance: 0.349017 }, samples, "rebar");
  });

  test("REBAR with η and τ tuned together, coupled: 3.14e-4", async () => {
    const estimator = rebar({ temperature: 100, eta: 99.0101, noise: "coupled" });
    const { logit } = (await gradient(squareFrom(0.45), coin(0.5), estimator, { samples })).gradient;
    expectAgreement(logit!, { mean: 0.025, variance: 3.14031e-4 }, samples, "rebar");
    const fitted = rebar({ temperature: 100, noise: "coupled" });
    const found = (await gradient(squareFrom(0.45), coin(0.5), fitted, { samples })).gradient.logit!;
    expectAgreement(found, { mean: 0.025, variance: 3.14031e-4 }, samples, "fitted");
  });
});

describe("a bandit, by REINFORCE", () => {
  const rewards = [1, 0, 0.5];
  const arms = categorical({ logits: [0.2, -0.1, 0.5] });
  const reward = pointwise(
    (...x) => x.reduce((sum, arm, k) => sum + arm * rewards[k]!, 0),
    () => rewards,
  );
  const g = [0.14821037, -0.12989754, -0.01831283];

  test.each([
    ["none", 0.24152787],
    [0.5419296123, 0.07059993],
    [0.51466944, 0.07011906],
  ] as const)("with baseline %s the three variances sum to %d", async (baseline, total) => {
    const estimator = scoreFunction({ baseline: baseline === "none" ? baseline : { fixed: baseline } });
    const result = await gradient(reward, arms, estimator, { samples });
    const estimates = g.map((_, k) => result.gradient[`logit_${k}`]!);
    for (const [k, mean] of g.entries()) expectAgreement(estimates[k]!, { mean }, samples, `logit ${k}`);
    const sum = estimates.reduce((all, { variance }) => all + variance, 0);
    const error = estimates.reduce((all, { varianceError }) => all + varianceError, 0);
    expect(Math.abs(sum - total)).toBeLessThan(5 * error);
    expectAgreement(result.value, { mean: 0.5419296123 }, samples, "value");
  });

  test.each([
    ["enumeration", enumeration()],
    ["measure-valued", measureValued()],
    ["REBAR", rebar()],
    ["RELAX", relax()],
  ])("%s agrees", async (_, estimator) => {
    const result = await gradient(reward, arms, estimator, { samples });
    for (const [k, mean] of g.entries()) {
      const estimate = result.gradient[`logit_${k}`]!;
      expect(Math.abs(estimate.value - mean)).toBeLessThan(5 * estimate.standardError + 1e-8);
      expect(estimate.variance).toBeLessThan(0.05);
    }
  });
});
