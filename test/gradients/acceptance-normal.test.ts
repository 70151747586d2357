import { describe, expect, test } from "vitest";
import {
  type Estimator,
  gradient,
  hessian,
  measureValued,
  normal,
  pathwise,
  pointwise,
  scoreFunction,
} from "../../src/gradients/index.js";
import { expectAgreement } from "./agreement.js";

const samples = 1 << 18;
const square = (k: number) =>
  pointwise(
    (x) => (x - k) ** 2,
    (x) => 2 * (x - k),
  );
const bump = (k: number) =>
  pointwise(
    (x) => Math.exp(-k * x * x),
    (x) => -2 * k * x * Math.exp(-k * x * x),
  );
const cosine = (k: number) =>
  pointwise(
    (x) => Math.cos(k * x),
    (x) => -k * Math.sin(k * x),
  );

/** Gradient and variances of one draw at mean 1, deviation 1, each (∂mean, ∂deviation), from quadrature and closed forms. */
const table = [
  {
    name: "x²",
    f: square(0),
    g: [2, 2],
    score: [30, 136],
    optimal: [14, 64],
    path: [4, 12],
    measure: [1.09295818, 8],
  },
  {
    name: "(x + 3)²",
    f: square(-3),
    g: [8, 2],
    score: [495, 1546],
    optimal: [134, 664],
    path: [4, 72],
    measure: [17.48733, 68],
  },
  {
    name: "e^−x²",
    f: bump(1),
    g: [-0.27579303, -0.09193101],
    score: [0.17575024, 0.17669049],
    optimal: [0.07222169, 0.11278398],
    path: [0.21172339, 0.17573121],
    measure: [0.01256762, 0.07066471],
  },
  {
    name: "e^−10x²",
    f: bump(10),
    g: [-0.12909046, -0.00614716],
    score: [0.07694042, 0.0090346],
    optimal: [0.06019662, 0.00873908],
    path: [0.94162944, 0.89204602],
    measure: [0.0206558, 0.11673167],
  },
  {
    name: "cos x/2",
    f: cosine(0.5),
    g: [-0.21154578, -0.19361597],
    score: [0.45524838, 0.7986579],
    optimal: [0.11786408, 0.46010212],
    path: [0.03928465, 0.08751285],
    measure: [0.00827547, 0.06526619],
  },
  {
    name: "cos 5x",
    f: cosine(5),
    g: [1.787e-5, -2.643e-5],
    score: [0.5, 1],
    optimal: [0.5, 0.99999984],
    path: [12.5, 12.5],
    measure: [0.29571684, 0.99999315],
  },
] as const;

describe("a standard normal problem", () => {
  for (const { name, f, g, ...variances } of table) {
    const cases: Record<string, readonly [Estimator, readonly [number, number]]> = {
      score: [scoreFunction({ baseline: "none" }), variances.score],
      optimal: [scoreFunction(), variances.optimal],
      pathwise: [pathwise(), variances.path],
      "measure-valued": [measureValued(), variances.measure],
    };
    for (const [label, [estimator, variance]] of Object.entries(cases)) {
      test(`${name} by ${label}: mean and variance are exact`, async () => {
        const result = await gradient(f, normal({ mean: 1, deviation: 1 }), estimator, {
          samples,
          seed: name,
        });
        const { mean, deviation } = result.gradient;
        expect(result.bias).toBeNull();
        expectAgreement(mean!, { mean: g[0], variance: variance[0] }, samples, "mean");
        expectAgreement(deviation!, { mean: g[1], variance: variance[1] }, samples, "deviation");
      });
    }
  }

  test("rough functions turn the order of estimators round: pathwise is best for x² and worst for cos 5x", async () => {
    const byMean = async (f: ReturnType<typeof square>, estimator: Estimator) =>
      (await gradient(f, normal({ mean: 1, deviation: 1 }), estimator)).gradient.mean!.variance;
    expect(await byMean(square(0), pathwise())).toBeLessThan(
      0.5 * (await byMean(square(0), scoreFunction())),
    );
    expect(await byMean(cosine(5), pathwise())).toBeGreaterThan(
      10 * (await byMean(cosine(5), scoreFunction())),
    );
  });

  test.each([
    { mean: 0.7, deviation: 1.5, k: -1 },
    { mean: -2, deviation: 0.3, k: 0.5 },
  ])("(x − k)² at $mean, $deviation, $k: closed forms of every baseline", async ({ mean, deviation, k }) => {
    const a = mean - k;
    const v = deviation ** 2;
    const g = [2 * a, 2 * deviation];
    const baselines = {
      none: [a ** 4 / v + 14 * a ** 2 + 15 * v, (2 * a ** 4) / v + 60 * a ** 2 + 74 * v],
      optimal: [8 * a ** 2 + 6 * v, 40 * a ** 2 + 24 * v],
      mean: [8 * a ** 2 + 10 * v, 40 * a ** 2 + 56 * v],
    } as const;
    for (const [name, variance] of Object.entries(baselines)) {
      const baseline = name === "mean" ? { fixed: a ** 2 + v } : (name as "none" | "optimal");
      const result = await gradient(square(k), normal({ mean, deviation }), scoreFunction({ baseline }), {
        samples,
      });
      expectAgreement(result.gradient.mean!, { mean: g[0]!, variance: variance[0] }, samples, name);
      expectAgreement(result.gradient.deviation!, { mean: g[1]!, variance: variance[1] }, samples, name);
    }
  });

  test.each([
    [2, 14],
    [4, 5.3333333333],
    [8, 2.4285714286],
  ])("the leave-one-out baseline of %d draws has variance %d", async (size, variance) => {
    const groups = samples / size;
    const estimator = scoreFunction({ baseline: { leaveOneOut: size } });
    const result = await gradient(square(0), normal({ mean: 1, deviation: 1 }), estimator, {
      samples: groups,
    });
    expectAgreement(result.gradient.mean!, { mean: 2, variance }, groups, `groups of ${size}`);
    expectAgreement(result.value, { mean: 2, variance: 6 / size }, groups, `value in groups of ${size}`);
    expect(result.evaluations).toBe(size);
  });

  test("the Hessian of E[x²] is (2, 0, 2), and the weight itself is a control of 136 → 64", async () => {
    const distribution = normal({ mean: 1, deviation: 1 });
    const raw = await hessian(square(0), distribution, { samples, baseline: "none" });
    const controlled = await hessian(square(0), distribution, { samples });
    expectAgreement(raw.hessian.mean!.mean!, { mean: 2, variance: 136 }, samples, "raw");
    expectAgreement(controlled.hessian.mean!.mean!, { mean: 2, variance: 64 }, samples, "controlled");
    expectAgreement(controlled.hessian.mean!.deviation!, { mean: 0 }, samples, "mixed");
    expectAgreement(controlled.hessian.deviation!.deviation!, { mean: 2 }, samples, "deviation twice");
    expect(controlled.hessian.deviation!.mean).toEqual(controlled.hessian.mean!.deviation);
  });

  test("a control of known mean: z for e^z, with ρ² = .582", async () => {
    const of = pointwise((x) => x);
    const estimator = scoreFunction({ baseline: "none", controls: [{ of, mean: 0, gradient: [1, 0] }] });
    const f = pointwise((x) => Math.exp(x));
    const standard = normal({ mean: 0, deviation: 1 });
    const { value } = await gradient(f, standard, estimator, { samples });
    expectAgreement(value, { mean: Math.exp(0.5), variance: 1.95249244 }, samples, "controlled");
    expect(Math.abs(value.explained - 0.58197671)).toBeLessThan(0.02);
    const raw = await gradient(f, standard, scoreFunction({ baseline: "none" }), { samples });
    expectAgreement(raw.value, { mean: Math.exp(0.5), variance: 4.67077427 }, samples, "raw");
  });
});
