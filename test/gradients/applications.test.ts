import { describe, expect, test } from "vitest";
import { openAdam } from "../../src/gradients/applications/adam.js";
import { elbo } from "../../src/gradients/applications/elbo.js";
import { cartPole } from "../../src/gradients/applications/environments.js";
import { meanField } from "../../src/gradients/applications/mean-field.js";
import { logisticPolicy, policyGradient } from "../../src/gradients/applications/policy-gradient.js";
import { examples } from "../../src/gradients/examples/catalogue.js";
import { trainCartPole } from "../../src/gradients/examples/discrete.js";
import { logisticElbo, logisticLogJoint } from "../../src/gradients/examples/variational.js";
import { pathwise, scoreFunction } from "../../src/gradients/index.js";
import { loadKernel } from "../../src/kernel/kernel.js";

const samples = 1 << 16;
const exact: Record<string, Record<string, number>> = {
  elbo: { elbo: -10.2889013134, "z_0.mean": 5.5, "z_0.log_deviation": -3.25 },
  "elbo-coin": { elbo: -1.70798787, logit: -0.20591126 },
  reinforce: { logit_0: 0.14821037, logit_1: -0.12989754, logit_2: -0.01831283 },
  "black-scholes-call": { spot: 0.63683065, volatility: 37.52403469 },
  "black-scholes-digital": { spot: 0.01876202 },
  "merton-intensity": { intensity: 2.0983567 },
  "credit-tranche": { probability: 4.24063617 },
  "regime-switching": { worsens: 18.79194217 },
  "bermudan-put": { boundary: 0.04405312 },
  "normal-bump": { mean: -0.12909046, deviation: -0.00614716 },
};

/** Variances of one draw, by parameter and the beginning of the estimator's name; and upper bounds on errors. */
const variances: Record<string, readonly (readonly [string, RegExp, number])[]> = {
  elbo: [
    ["z_0.mean", /^score-function, entropy/, 259.6456],
    ["z_0.mean", /^score-function, optimal/, 76.34375],
    ["z_0.mean", /^pathwise/, 18.0625],
  ],
  "black-scholes-call": [
    ["spot", /^score-function$/, 2.148666],
    ["spot", /optimal/, 1.097763],
    ["spot", /^pathwise/, 0.332215],
    ["volatility", /^score-function$/, 75770],
    ["volatility", /optimal/, 51799],
    ["volatility", /^pathwise/, 5729],
  ],
  "black-scholes-digital": [
    ["spot", /^score-function$/, 7.8e-4],
    ["spot", /optimal/, 2.14e-4],
  ],
  "merton-intensity": [
    ["intensity", /^score-function$/, 468],
    ["intensity", /^score-function, optimal/, 366],
    ["intensity", /^count: score-function; /, 392],
    ["intensity", /^count: score-function, optimal/, 312],
    ["intensity", /^count: measure-valued/, 118],
  ],
  "credit-tranche": [
    ["probability", /^score-function$/, 893],
    ["probability", /optimal/, 646],
    ["probability", /features/, 313],
    ["probability", /measure-valued/, 159],
  ],
};

describe("every example", () => {
  test.each(
    examples.filter(({ name }) => name !== "cart-pole").map((example) => [example.name, example] as const),
  )(
    "%s: each unbiased estimator agrees with the exact value, and each biased one says so",
    async (name, example) => {
      const rows = await example.run({
        samples: name === "credit-tranche" ? samples / 4 : samples,
        seed: "examples",
      });
      expect(rows.length).toBeGreaterThan(0);
      for (const { parameter, estimator, bias, estimate, exact: truth, standardError, variance } of rows) {
        if (bias !== null) expect(estimator).toMatch(/relaxation|straight-through/);
        else
          expect(Math.abs(estimate - truth!), `${estimator}, ${parameter}`).toBeLessThanOrEqual(
            5 * standardError,
          );
        const size = /groups of 16/.test(estimator) ? 4 : 1;
        expect(standardError, `${estimator}, ${parameter}`).toBeLessThanOrEqual(
          size * 1.7 * Math.sqrt(variance / (samples / 4)) + 1e-12 * Math.abs(truth!) + 1e-15,
        );
        const known = exact[name]?.[parameter];
        if (known !== undefined)
          expect(Math.abs(truth! - known)).toBeLessThan(1e-8 * Math.max(1, Math.abs(known)));
      }
      for (const [parameter, pattern, variance] of variances[name] ?? []) {
        const row = rows.find(
          (candidate) => candidate.parameter === parameter && pattern.test(candidate.estimator),
        )!;
        expect(Math.abs(row.variance / variance - 1), `${row.estimator}: ${row.variance}`).toBeLessThan(0.12);
      }
    },
    60_000,
  );
});

describe("variational inference", () => {
  test("the ELBO at the posterior of a conjugate problem is the evidence, without error", async () => {
    const conjugate = {
      value: ([w]: readonly Float64Array[], out: Float64Array) => {
        const log = Math.log(2 * Math.PI);
        for (let i = 0; i < out.length; i++) {
          out[i] = -(w![i]! ** 2) / 8 - (log + Math.log(4)) / 2;
          for (const y of [1.2, 0.7, 2.1, 1.5]) out[i]! -= (y - w![i]!) ** 2 / 2 + log / 2;
        }
      },
    };
    const q = meanField([1.2941176471], [Math.log(0.4850712501)]);
    const { value } = await elbo(conjugate, q, scoreFunction(), { entropy: "sampled" });
    expect(value.value).toBeCloseTo(-5.8285372754, 8);
    expect(value.standardError).toBeLessThan(1e-8);
  });

  test("logistic regression: stochastic ascent ends at the optimum that quadrature finds", async () => {
    const kernel = await loadKernel();
    const ascend = async (
      steps: number,
      gradientAt: (theta: Float64Array, step: number) => Promise<readonly number[]> | readonly number[],
    ) => {
      const theta = new Float64Array(8);
      for (const rate of [0.1, 0.03, 0.01]) {
        const adam = openAdam(8, rate);
        for (let step = 0; step < steps; step++) adam.step(theta, await gradientAt(theta, step));
      }
      return theta;
    };
    const split = (theta: Float64Array) => [[...theta.slice(0, 4)], [...theta.slice(4)]] as const;
    const valueAt = (theta: Float64Array) => logisticElbo(...split(theta)).value;
    const exactOptimum = await ascend(60, (theta) => {
      const { byMean, byLogDeviation } = logisticElbo(...split(theta));
      return [...byMean, ...byLogDeviation];
    });
    const found = await ascend(60, async (theta, step) => {
      const { gradient } = await elbo(logisticLogJoint, meanField(...split(theta)), pathwise(), {
        samples: 256,
        batches: 2,
        seed: `step ${step}`,
        kernel,
      });
      return [0, 1, 2, 3]
        .flatMap((d) => [gradient[`z_${d}.mean`]!.value])
        .concat([0, 1, 2, 3].map((d) => gradient[`z_${d}.log_deviation`]!.value));
    });
    expect(valueAt(exactOptimum)).toBeGreaterThan(valueAt(new Float64Array(8)) + 5);
    expect(valueAt(exactOptimum) - valueAt(found)).toBeLessThan(0.02);
    for (const estimator of [pathwise(), scoreFunction()]) {
      const at = await elbo(logisticLogJoint, meanField(...split(exactOptimum)), estimator, { kernel });
      for (const { value, standardError } of Object.values(at.gradient)) {
        expect(Math.abs(value)).toBeLessThan(5 * standardError + 1e-3);
      }
    }
  }, 60_000);

  test("an entropy without a closed form is refused by name when asked for exactly", async () => {
    const { poisson } = await import("../../src/gradients/index.js");
    const logJoint = { value: (_: unknown, out: Float64Array) => void out.fill(0) };
    await expect(elbo(logJoint, poisson({ mean: 2 }), scoreFunction(), { entropy: "exact" })).rejects.toThrow(
      "poisson: its entropy has no closed form here",
    );
  });
});

describe("CartPole", () => {
  test("a policy that pushes at random balances for 22 steps", () => {
    const { meanReturn } = policyGradient(cartPole(), logisticPolicy(4), new Float64Array(4), {
      episodes: 2000,
      groups: 4,
    });
    // Standard deviation of one episode is about 12.
    expect(Math.abs(meanReturn - 22.2)).toBeLessThan(5 * (12 / Math.sqrt(8000)) + 0.1);
  });

  test("ten seeds of ten reach a mean return of 475", () => {
    for (let seed = 0; seed < 10; seed++) {
      const { recent, episodes, firstReturn } = trainCartPole(`seed ${seed}`);
      expect(recent, `seed ${seed}`).toBeGreaterThanOrEqual(475);
      expect(episodes).toBeLessThan(2500);
      expect(firstReturn).toBeLessThan(60);
    }
  }, 60_000);

  test("a group of one episode has nobody to be its baseline", () => {
    expect(() => policyGradient(cartPole(), logisticPolicy(4), new Float64Array(4), { episodes: 1 })).toThrow(
      "episodes must be a whole number >= 2, got 1",
    );
  });
});
