import { describe, expect, test } from "vitest";
import {
  arm,
  bernoulli,
  categorical,
  compare,
  directional,
  disarm,
  enumeration,
  gradient,
  hessian,
  mixed,
  normal,
  pathwise,
  pointwise,
  poisson,
  product,
  rebar,
  relax,
  relaxation,
  scoreFunction,
  straightThrough,
  uniformLocation,
} from "../../src/gradients/index.js";
import { loadKernel } from "../../src/kernel/kernel.js";

const square = pointwise(
  (x) => x * x,
  (x) => 2 * x,
);
const standard = normal({ mean: 1, deviation: 1 });
const coin = bernoulli({ logit: 0.3 });

describe("an estimator that does not apply says why", () => {
  const step = pointwise((x) => (x > 0 ? 1 : 0));
  test.each([
    ["pathwise for a coin", square, coin, pathwise(), "they do not move smoothly with the parameters"],
    [
      "pathwise for a jump",
      step,
      standard,
      pathwise(),
      "f has no slopes: it was given without them, or it jumps",
    ],
    [
      "the score where the support moves",
      square,
      uniformLocation({ location: 0, width: 1 }),
      scoreFunction(),
      "the support of uniform-location moves with its location",
    ],
    ["enumeration of counts", square, poisson({ mean: 2 }), enumeration(), "there are infinitely many"],
    [
      "enumeration of thirty coins",
      square,
      product(Array.from({ length: 30 }, () => coin)),
      enumeration(),
      "too many to list",
    ],
    ["a relaxation of a normal", square, standard, relaxation({ temperature: 1 }), "no logits to relax"],
    ["a relaxation of a black box", step, coin, rebar(), "f has no slopes"],
    ["a straight-through black box", step, coin, straightThrough({ temperature: 1 }), "f has no slopes"],
    ["RELAX of a count", square, poisson({ mean: 2 }), relax(), "no logits"],
    ["ARM for classes", square, categorical({ logits: [0, 1] }), arm(), "for coins, not for classes"],
    ["DisARM of a normal", square, standard, disarm(), "no logits"],
    [
      "mixed with a gap",
      square,
      standard,
      mixed({ mean: pathwise() }),
      "no estimator was given for deviation",
    ],
    ["mixed with a misfit", square, coin, mixed({ logit: pathwise() }), "do not move smoothly"],
    [
      "a direction that is none",
      square,
      standard,
      directional({ up: { height: 1 } }, pathwise()),
      "has no parameter height",
    ],
  ] as const)("%s", async (_, f, distribution, estimator, reason) => {
    await expect(gradient(f, distribution, estimator)).rejects.toThrow(RangeError);
    await expect(gradient(f, distribution, estimator)).rejects.toThrow(reason);
  });

  test("a Hessian without second-order scores", async () => {
    await expect(hessian(square, uniformLocation({ location: 0, width: 1 }))).rejects.toThrow(
      "moves with its location",
    );
  });

  test.each([
    [
      () => scoreFunction({ baseline: { leaveOneOut: 1.5 } }),
      "leaveOneOut must be a whole number >= 2, got 1.5",
    ],
    [() => scoreFunction({ baseline: { movingAverage: 1 } }), "movingAverage must be >= 0 and < 1, got 1"],
    [() => relaxation({ temperature: 0 }), "temperature must be > 0, got 0"],
    [() => rebar({ temperature: Number.NaN }), "temperature must be > 0, got NaN"],
  ])("options out of bounds: %#", (make, message) => {
    expect(make).toThrow(message);
  });

  test.each([
    [{ samples: 0 }, "samples must be a whole number >= 1, got 0"],
    [{ batches: 3 }, "batches must be an even number >= 2, got 3"],
  ])("a run out of bounds: %o", async (options, message) => {
    await expect(gradient(square, standard, scoreFunction(), options)).rejects.toThrow(message);
  });
});

/** Means over many small runs, each with a seed of its own. */
async function meanOverSeeds(seeds: number, run: (seed: string) => Promise<number>) {
  const values: number[] = [];
  for (let seed = 0; seed < seeds; seed++) values.push(await run(`trap ${seed}`));
  const mean = values.reduce((sum, value) => sum + value, 0) / seeds;
  const spread = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (seeds - 1);
  return { mean, error: Math.sqrt(spread / seeds) };
}

test("fixed coefficients that do not suffice are refused", async () => {
  const estimator = scoreFunction({ coefficients: [] });
  await expect(gradient(square, standard, estimator)).rejects.toThrow(
    "coefficients must be one per control, got 0 for 1",
  );
});

describe("traps of well-known code", () => {
  test("a moving average that saw the present draw would give .0225 for .025", async () => {
    const f = pointwise((b) => (b - 0.45) ** 2);
    const estimator = scoreFunction({ baseline: { movingAverage: 0.9 } });
    const { gradient: by } = await gradient(f, bernoulli({ logit: 0 }), estimator, { samples: 1 << 20 });
    const { value, standardError } = by.logit!;
    expect(standardError).toBeLessThan(0.0001);
    expect(Math.abs(value - 0.025)).toBeLessThan(5 * standardError);
    expect(Math.abs(value - 0.0225)).toBeGreaterThan(10 * standardError);
  });

  test("coefficients fitted on the draws they are used on would be biased: 2 stays 2 with 16 draws a half", async () => {
    const kernel = await loadKernel();
    const { mean, error } = await meanOverSeeds(3000, async (seed) => {
      const result = await gradient(square, standard, scoreFunction(), {
        samples: 32,
        batches: 2,
        seed,
        kernel,
      });
      return result.gradient.mean!.value;
    });
    expect(error).toBeLessThan(0.03);
    expect(Math.abs(mean - 2)).toBeLessThan(5 * error);
  });

  test("pilot coefficients leave a small run unbiased too", async () => {
    const kernel = await loadKernel();
    const estimator = scoreFunction({ coefficients: "pilot" });
    const { mean, error } = await meanOverSeeds(2000, async (seed) => {
      const result = await gradient(square, standard, estimator, { samples: 32, batches: 2, seed, kernel });
      return result.gradient.mean!.value;
    });
    expect(error).toBeLessThan(0.03);
    expect(Math.abs(mean - 2)).toBeLessThan(5 * error);
  });

  test("a control with coefficient 1 can be worse than none, and the fitted one is not", async () => {
    const f = pointwise((x) => Math.cos(3 * x));
    // The second-order Taylor expansion at the mean 0: 1 − 9x²/2, whose expectations are known.
    const taylor = { of: pointwise((x) => 1 - 4.5 * x * x), mean: 1 - 4.5, gradient: [0, -9] };
    const at = normal({ mean: 0, deviation: 1 });
    const variance = async (
      coefficients: "crossFit" | readonly number[],
      controls: readonly (typeof taylor)[],
    ) => {
      const estimator = scoreFunction({ baseline: "none", controls, coefficients });
      return (await gradient(f, at, estimator)).gradient.deviation!;
    };
    const none = await variance("crossFit", []);
    const one = await variance([1], [taylor]);
    const fitted = await variance("crossFit", [taylor]);
    expect(one.variance).toBeGreaterThan(10 * none.variance);
    expect(fitted.variance).toBeLessThan(none.variance * 1.01);
    const truth = -9 * Math.exp(-4.5);
    for (const { value, standardError } of [none, one, fitted]) {
      expect(Math.abs(value - truth)).toBeLessThan(5 * standardError);
    }
  });

  test("probabilities are not read as logits, nor logits as probabilities", async () => {
    const identity = pointwise((x) => x);
    const options = { samples: 1 << 16 };
    const byProbability = await gradient(identity, bernoulli({ probability: 0.1 }), enumeration(), options);
    expect(byProbability.value.value).toBeCloseTo(0.1, 12);
    expect(byProbability.gradient.probability!.value).toBeCloseTo(1, 12);
    const byLogit = await gradient(identity, bernoulli({ logit: 0.1 }), enumeration(), options);
    expect(byLogit.value.value).toBeCloseTo(1 / (1 + Math.exp(-0.1)), 12);
  });

  test.each([[-800], [-40], [40], [800]])("relaxations stay finite at a logit of %d", async (logit) => {
    const f = pointwise(
      (b) => (b - 0.45) ** 2,
      (b) => 2 * (b - 0.45),
    );
    const estimators = [
      relaxation({ temperature: 0.01 }),
      straightThrough({ temperature: 0.01 }),
      rebar({ temperature: 0.01, eta: 1 }),
      rebar({ temperature: 0.01, eta: 1, noise: "coupled" }),
      relax(),
      arm(),
      disarm(),
    ];
    for (const estimator of estimators) {
      for (const distribution of [bernoulli({ logit }), categorical({ logits: [logit, 0, -logit] })]) {
        const on =
          distribution.dimension === 1
            ? f
            : pointwise(
                (...x) => f3(x),
                (...x) => x.map((b) => 2 * b),
              );
        const names = distribution.parameters.map(({ name }) => [name]);
        if (estimator.obstacle({ distribution, integrand: on, derivatives: [[], ...names] }) !== null)
          continue;
        const { gradient: by } = await gradient(on, distribution, estimator, { samples: 1 << 12 });
        for (const { value, standardError } of Object.values(by)) {
          expect(Number.isFinite(value), estimator.name).toBe(true);
          expect(Math.abs(value), estimator.name).toBeLessThanOrEqual(5 * standardError + 1e-6);
        }
      }
    }
  });
  const f3 = (x: readonly number[]) => x.reduce((sum, b) => sum + b * b, 0);
});

describe("mixed and directional", () => {
  test("take each parameter from its own estimator, on the same draws", async () => {
    const both = await gradient(square, standard, mixed({ mean: pathwise(), deviation: scoreFunction() }));
    const path = await gradient(square, standard, pathwise());
    const score = await gradient(square, standard, scoreFunction());
    expect(both.gradient.mean).toEqual(path.gradient.mean);
    expect(both.gradient.deviation).toEqual(score.gradient.deviation);
  });

  test("the error of a direction is that of the sum, not of independent parts", async () => {
    const along = directional({ opposite: { mean: 1, deviation: -1 }, same: { mean: 2 } }, pathwise());
    const single = await gradient(square, standard, pathwise());
    const { gradient: by } = await gradient(square, standard, along);
    expect(by.same!.value).toBeCloseTo(2 * single.gradient.mean!.value, 12);
    expect(by.opposite!.value).toBeCloseTo(
      single.gradient.mean!.value - single.gradient.deviation!.value,
      12,
    );
    // Var[2x − 2xz] at mean 1: E[(2(1 + z)(1 − z))²] = 4 E[(1 − z²)²] = 8.
    expect(Math.abs(by.opposite!.variance - 8)).toBeLessThan(5 * by.opposite!.varianceError);
  });

  test("a control serves the sum of its parts", async () => {
    const along = directional({ both: { mean: 1, deviation: 1 } }, scoreFunction());
    const { gradient: by } = await gradient(square, standard, along, { samples: 1 << 18 });
    expect(Math.abs(by.both!.value - 4)).toBeLessThan(5 * by.both!.standardError);
    expect(by.both!.explained).toBeGreaterThan(0.4);
  });
});

describe("compare", () => {
  test("tables bias, variance, cost and their product, and lists who refused", async () => {
    const { rows, refusals } = await compare(square, coin, [
      scoreFunction({ baseline: "none" }),
      disarm(),
      relaxation({ temperature: 0.5 }),
      pathwise(),
    ]);
    expect(rows.map(({ estimator }) => estimator)).toEqual([
      "score-function",
      "disarm",
      "relaxation, temperature 0.5",
    ]);
    expect(rows.map(({ cost }) => cost)).toEqual([1, 2, 2]);
    expect(rows.map(({ bias }) => bias === null)).toEqual([true, true, false]);
    expect(rows[0]!.relativeWork).toBe(1);
    expect(rows[1]!.relativeWork).toBeCloseTo((2 * rows[1]!.variance) / rows[0]!.variance, 12);
    expect(refusals).toEqual([
      { estimator: "pathwise", reason: expect.stringContaining("do not move smoothly") },
    ]);
  });

  test("measures time where it is given a clock", async () => {
    let now = 0;
    const { rows } = await compare(square, standard, [pathwise()], {
      samples: 1024,
      batches: 64,
      clock: () => now++,
    });
    expect(rows[0]!.cost).toBe(1 / 1024);
  });
});

describe("a run", () => {
  test("gives kernel memory back, when it fails too", async () => {
    const kernel = await loadKernel();
    const mark = kernel.mark();
    await gradient(square, standard, scoreFunction(), { kernel, samples: 1024 });
    const broken = {
      value: () => {
        throw new Error("no");
      },
    };
    await expect(gradient(broken, standard, scoreFunction(), { kernel })).rejects.toThrow("no");
    expect(kernel.mark()).toBe(mark);
  });

  test("tells how many draws carry it, and how much the controls explain", async () => {
    const rare = pointwise((x) => (x > 4 ? 1 : 0));
    const { gradient: by, samples } = await gradient(rare, standard, scoreFunction(), { samples: 1 << 16 });
    expect(samples).toBe(1 << 16);
    expect(by.mean!.effectiveSamples).toBeLessThan(0.01 * samples);
    const linear = await gradient((x) => x, standard, scoreFunction());
    expect(linear.gradient.mean!.explained).toBeGreaterThan(0.3);
  });

  test("a NaN of f shows in the result and is not swallowed", async () => {
    const { value, gradient: by } = await gradient((x) => Math.sqrt(x), standard, scoreFunction());
    expect(value.value).toBeNaN();
    expect(by.mean!.value).toBeNaN();
  });
});
