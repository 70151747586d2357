import { describe, expect, test } from "vitest";
import { creditPortfolio } from "../../src/gradients/applications/credit-portfolio.js";
import { jumpDiffusion } from "../../src/gradients/applications/jump-diffusion.js";
import { lognormalPrice } from "../../src/gradients/applications/lognormal-price.js";
import { meanField } from "../../src/gradients/applications/mean-field.js";
import { regimePath } from "../../src/gradients/applications/regime-switching.js";
import { stoppingRule } from "../../src/gradients/applications/stopping-rule.js";
import { isColumnDistribution, openColumns, pairIndex } from "../../src/gradients/column-distribution.js";
import {
  bernoulli,
  beta,
  type ColumnDistribution,
  categorical,
  distributions,
  exponential,
  gamma,
  gradient,
  lognormal,
  measureValued,
  mixture,
  multivariateNormal,
  normal,
  pathwise,
  pointwise,
  poisson,
  product,
  scoreFunction,
  uniformLocation,
} from "../../src/gradients/index.js";
import { loadKernel } from "../../src/kernel/kernel.js";

/** How to make each distribution from its parameters, in their order, and where. */
const cases: Record<string, { of(p: readonly number[]): ColumnDistribution; at: readonly number[] }> = {
  normal: { of: ([mean, deviation]) => normal({ mean: mean!, deviation: deviation! }), at: [0.7, 1.3] },
  lognormal: {
    of: ([mean, deviation]) => lognormal({ mean: mean!, deviation: deviation! }),
    at: [-0.2, 0.4],
  },
  exponential: { of: ([rate]) => exponential({ rate: rate! }), at: [1.7] },
  gamma: { of: ([shape, rate]) => gamma({ shape: shape!, rate: rate! }), at: [2.3, 1.4] },
  "gamma of small shape": { of: ([shape, rate]) => gamma({ shape: shape!, rate: rate! }), at: [0.6, 0.8] },
  beta: { of: ([a, b]) => beta({ a: a!, b: b! }), at: [1.6, 2.7] },
  poisson: { of: ([mean]) => poisson({ mean: mean! }), at: [3.2] },
  "bernoulli by logit": { of: ([logit]) => bernoulli({ logit: logit! }), at: [-0.6] },
  "bernoulli by probability": { of: ([probability]) => bernoulli({ probability: probability! }), at: [0.3] },
  categorical: { of: (logits) => categorical({ logits }), at: [0.2, -0.1, 0.5] },
  "multivariate normal": {
    of: ([a, b, l00, l10, l11]) => multivariateNormal({ mean: [a!, b!], factor: [[l00!], [l10!, l11!]] }),
    at: [0.3, -0.5, 1.2, 0.4, 0.8],
  },
  product: {
    of: ([mean, deviation, shape, rate, logit]) =>
      product({
        a: normal({ mean: mean!, deviation: deviation! }),
        b: gamma({ shape: shape!, rate: rate! }),
        c: bernoulli({ logit: logit! }),
      }),
    at: [0.5, 0.9, 1.8, 1.1, 0.4],
  },
  mixture: {
    of: ([first, second, mean, deviation, otherMean, otherDeviation]) =>
      mixture({
        logits: [first!, second!],
        components: [
          normal({ mean: mean!, deviation: deviation! }),
          normal({ mean: otherMean!, deviation: otherDeviation! }),
        ],
      }),
    at: [0.3, -0.2, -1, 0.7, 1.5, 1.1],
  },
  "mean field": { of: ([a, b, s, t]) => meanField([a!, s!], [b!, t!]), at: [0.2, -0.3, 0.5, 0.1] },
  "lognormal price": {
    of: ([spot, volatility]) =>
      lognormalPrice({ spot: spot!, volatility: volatility!, rate: 0.03, years: 2 }),
    at: [100, 0.25],
  },
  "regime path": {
    of: ([worsens, recovers]) => regimePath({ worsens: worsens!, recovers: recovers!, steps: 6 }),
    at: [0.2, 0.35],
  },
  "stopping rule": {
    of: ([boundary]) =>
      stoppingRule({ spot: 36, rate: 0.06, volatility: 0.2, dates: [0.5, 1], boundary: boundary!, width: 2 }),
    at: [34],
  },
  "credit portfolio": {
    of: (probabilities) => creditPortfolio({ probabilities, correlation: 0.3 }),
    at: [0.1, 0.25, 0.1],
  },
};

const count = 1024;

async function drawBlock(distribution: ColumnDistribution) {
  const kernel = await loadKernel();
  const drawn = openColumns(kernel, distribution, { seed: "contract", stream: "main", sampler: "random" });
  return drawn.draw(0, 0, count).x;
}

const columns = (n: number) => Array.from({ length: n }, () => new Float64Array(count));

describe.each(Object.entries(cases))("%s", (_, { of, at }) => {
  const distribution = of(at);
  const n = distribution.parameters.length;
  const nudged = (j: number, by: number) => of(at.map((value, k) => (k === j ? value + by : value)));

  test("its score is the derivative of its log-density", async () => {
    const x = await drawBlock(distribution);
    const scores = columns(n);
    if (typeof distribution.score === "string") throw new Error(distribution.score);
    distribution.score(x, scores);
    for (let j = 0; j < n; j++) {
      const h = 1e-5 * Math.max(1, Math.abs(at[j]!));
      const [up, down] = columns(2) as [Float64Array, Float64Array];
      nudged(j, h).logProb(x, up);
      nudged(j, -h).logProb(x, down);
      for (let i = 0; i < count; i++) {
        const slope = (up[i]! - down[i]!) / (2 * h);
        expect(Math.abs(scores[j]![i]! - slope)).toBeLessThan(1e-6 * Math.max(1, Math.abs(slope)));
      }
    }
  });

  test("its second-order scores are the derivatives of its score, or it says that it has none", async () => {
    const { scoreJacobian } = distribution;
    if (typeof scoreJacobian === "string") {
      expect(
        distribution.obstacle([distribution.parameters[0]!.name, distribution.parameters[0]!.name]),
      ).toBe(scoreJacobian);
      return;
    }
    const x = await drawBlock(distribution);
    const second = columns((n * (n + 1)) / 2);
    scoreJacobian(x, second);
    for (let i = 0; i < n; i++) {
      for (let j = i; j < n; j++) {
        const h = 1e-5 * Math.max(1, Math.abs(at[j]!));
        const [up, down] = [columns(n), columns(n)];
        const score = (of: ColumnDistribution, out: Float64Array[]) => {
          if (typeof of.score !== "string") of.score(x, out);
        };
        score(nudged(j, h), up);
        score(nudged(j, -h), down);
        for (let k = 0; k < count; k++) {
          const slope = (up[i]![k]! - down[i]![k]!) / (2 * h);
          const value = second[pairIndex(i, j, n)]![k]!;
          expect(Math.abs(value - slope)).toBeLessThan(2e-5 * Math.max(1, Math.abs(slope)));
        }
      }
    }
  });

  test("score, pathwise and measure-valued gradients of one function agree", async () => {
    const f = {
      value: (x: readonly Float64Array[], out: Float64Array) => {
        for (let i = 0; i < out.length; i++)
          out[i] = x.reduce((sum, column, d) => sum + Math.sin(column[i]! / (d + 2)), 0);
      },
      slopes: (x: readonly Float64Array[], out: readonly Float64Array[]) => {
        for (const [d, column] of out.entries()) {
          for (let i = 0; i < column.length; i++) column[i] = Math.cos(x[d]![i]! / (d + 2)) / (d + 2);
        }
      },
    };
    const options = { samples: 1 << 16, seed: "agree" };
    const reference = await gradient(f, distribution, scoreFunction(), options);
    for (const estimator of [pathwise(), measureValued()]) {
      const names = distribution.parameters.map(({ name }) => [name]);
      if (estimator.obstacle({ distribution, integrand: f, derivatives: [[], ...names] }) !== null) continue;
      const other = await gradient(f, distribution, estimator, options);
      for (const [name, estimate] of Object.entries(other.gradient)) {
        const by = reference.gradient[name]!;
        const error = Math.hypot(estimate.standardError, by.standardError);
        expect(Math.abs(estimate.value - by.value), `${estimator.name}, ${name}`).toBeLessThan(5 * error);
        expect(error, `${estimator.name}, ${name}`).toBeLessThan(0.3);
      }
    }
    for (const { scoreZ } of Object.values(reference.gradient)) expect(Math.abs(scoreZ!)).toBeLessThan(5);
  });
});

describe("draws", () => {
  const moments = [
    ["gamma", gamma({ shape: 2.3, rate: 1.4 }), 2.3 / 1.4],
    ["gamma of shape 120", gamma({ shape: 120, rate: 2 }), 60],
    ["beta", beta({ a: 1.6, b: 2.7 }), 1.6 / 4.3],
    ["poisson", poisson({ mean: 3.2 }), 3.2],
    ["poisson of mean 5000", poisson({ mean: 5000 }), 5000],
    ["exponential", exponential({ rate: 1.7 }), 1 / 1.7],
    ["lognormal", lognormal({ mean: -0.2, deviation: 0.4 }), Math.exp(-0.12)],
    ["bernoulli", bernoulli({ probability: 0.3 }), 0.3],
    ["uniform", uniformLocation({ location: 2, width: 3 }), 3.5],
  ] as const;
  test.each(moments)(
    "%s have the right mean and its derivatives, with either sampler",
    async (_, distribution, mean) => {
      for (const sampler of ["random", "sobol"] as const) {
        const { value } = await gradient(
          pointwise((x) => x),
          distribution,
          measureOrScore(distribution),
          { samples: 1 << 16, sampler },
        );
        expect(Math.abs(value.value - mean)).toBeLessThan(5 * value.standardError);
        expect(value.standardError).toBeLessThan(0.01 * mean);
      }
    },
  );

  const measureOrScore = (distribution: ColumnDistribution) =>
    typeof distribution.score === "string" ? measureValued() : scoreFunction();

  test("derivatives of gamma and beta means by implicit tangents are those of the formulas", async () => {
    const identity = pointwise(
      (x) => x,
      () => 1,
    );
    const ofGamma = await gradient(identity, gamma({ shape: 2.3, rate: 1.4 }), pathwise());
    expect(Math.abs(ofGamma.gradient.shape!.value - 1 / 1.4)).toBeLessThan(
      5 * ofGamma.gradient.shape!.standardError,
    );
    expect(ofGamma.gradient.shape!.standardError).toBeLessThan(0.005);
    const ofBeta = await gradient(identity, beta({ a: 1.6, b: 2.7 }), pathwise());
    expect(Math.abs(ofBeta.gradient.a!.value - 2.7 / 4.3 ** 2)).toBeLessThan(
      5 * ofBeta.gradient.a!.standardError,
    );
    expect(ofBeta.gradient.a!.standardError).toBeLessThan(0.001);
  });

  test("are the same bits whatever else is asked of them", async () => {
    const one = await gradient((x) => x, normal({ mean: 0, deviation: 1 }), scoreFunction(), {
      seed: "bits",
    });
    const two = await gradient(
      (x) => x,
      normal({ mean: 0, deviation: 1 }),
      scoreFunction({ baseline: "none" }),
      {
        seed: "bits",
      },
    );
    expect(two.value).toEqual(one.value);
    const other = await gradient((x) => x, normal({ mean: 0, deviation: 1 }), scoreFunction(), {
      seed: "bytes",
    });
    expect(other.value.value).not.toBe(one.value.value);
  });
});

describe("parameters", () => {
  test.each([
    [() => normal({ mean: 0, deviation: 0 }), "normal: deviation must be > 0, got 0"],
    [() => normal({ mean: Number.NaN, deviation: 1 }), "normal: mean must be a finite number, got NaN"],
    [() => bernoulli({ probability: 1.2 }), "bernoulli: probability must be > 0 and < 1, got 1.2"],
    [() => gamma({ shape: -1, rate: 1 }), "gamma: shape must be > 0, got -1"],
    [() => poisson({ mean: 0 }), "poisson: mean must be > 0 and <= 1000000, got 0"],
    [() => uniformLocation({ location: 0, width: 0 }), "uniform-location: width must be > 0, got 0"],
    [
      () => categorical({ logits: [0, Number.POSITIVE_INFINITY] }),
      "categorical: logit_1 must be a finite number",
    ],
    [() => multivariateNormal({ mean: [0], factor: [[-1]] }), "factor_0_0 must be > 0, got -1"],
    [
      () => creditPortfolio({ probabilities: [0.1, 0], correlation: 0.2 }),
      "probability_1 must be > 0 and < 1, got 0",
    ],
    [
      () => creditPortfolio({ probabilities: [0.1], correlation: 1 }),
      "correlation must be >= 0 and < 1, got 1",
    ],
    [() => mixture({ logits: [0], components: [] }), "there must be a logit per component, got 1 for 0"],
    [() => product({}), "there must be at least one part"],
  ])("out of bounds are refused: %#", (make, message) => {
    expect(make).toThrow(message);
    expect(make).toThrow(RangeError);
  });

  test("each distribution of the catalogue tells meaning and unit of its parameters", () => {
    expect(Object.keys(distributions)).toHaveLength(10);
    for (const { of, at } of Object.values(cases)) {
      const distribution = of(at);
      expect(isColumnDistribution(distribution)).toBe(true);
      for (const { term } of distribution.parameters) {
        expect(term.meaning).not.toBe("");
        expect(term.unit).not.toBe("");
      }
    }
  });
});

describe("jump-diffusion", () => {
  test("its score and second-order scores are derivatives of its log-density", async () => {
    const model = {
      spot: 100,
      rate: 0.05,
      volatility: 0.2,
      years: 1,
      intensity: 1,
      jumpMean: -0.1,
      jumpDeviation: 0.15,
    };
    const distribution = jumpDiffusion(model);
    const x = await drawBlock(distribution);
    const scores = columns(3);
    const second = columns(6);
    if (typeof distribution.score === "string" || typeof distribution.scoreJacobian === "string")
      throw new Error();
    distribution.score(x, scores);
    distribution.scoreJacobian(x, second);
    // Both ways the intensity enters move together, and so does the spot.
    const h = 1e-5;
    const [up, down] = columns(2) as [Float64Array, Float64Array];
    jumpDiffusion({ ...model, intensity: 1 + h }).logProb(x, up);
    jumpDiffusion({ ...model, intensity: 1 - h }).logProb(x, down);
    for (let i = 0; i < count; i++) {
      expect(scores[0]![i]! + scores[1]![i]!).toBeCloseTo((up[i]! - down[i]!) / (2 * h), 6);
    }
    const [above, below] = [columns(3), columns(3)];
    const score = (spot: number, out: Float64Array[]) => {
      const moved = jumpDiffusion({ ...model, spot });
      if (typeof moved.score !== "string") moved.score(x, out);
    };
    score(100 + 1e-3, above);
    score(100 - 1e-3, below);
    for (let i = 0; i < count; i++) {
      for (const j of [1, 2]) {
        const slope = (above[j]![i]! - below[j]![i]!) / 2e-3;
        expect(Math.abs(second[pairIndex(j, 2, 3)]![i]! - slope)).toBeLessThan(
          1e-6 * Math.max(1, Math.abs(slope)),
        );
      }
    }
  });
});
