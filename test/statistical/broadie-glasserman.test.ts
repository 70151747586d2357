import { beforeAll, describe, expect, test } from "vitest";
import { blackScholes } from "../../src/dynamics/black-scholes.js";
import type { Estimator, RunRequest } from "../../src/estimators/estimator.js";
import { greeksOf } from "../../src/estimators/greeks.js";
import { likelihoodRatio, likelihoodRatioRaw } from "../../src/estimators/likelihood-ratio.js";
import { batchStatistics } from "../../src/gradients/batch-statistics.js";
import { products } from "../../src/index.js";
import { type Kernel, loadKernel } from "../../src/kernel/kernel.js";

// M. Broadie and P. Glasserman, "Estimating security price derivatives using simulation", Management Science 42 (1996), tables
// 1 and 2: r = .1, K = 100, dividend yield .03, volatility .25, T = .2, 10,000 trials. [spot, exact, the paper's standard error]
const EXPIRY = 0.2;
const EUROPEAN = {
  delta: [
    [90, 0.22191789, 0.008],
    [100, 0.56844299, 0.013],
    [110, 0.84425802, 0.017],
  ],
  vega: [
    [90, 11.946044, 0.672],
    [100, 17.445997, 1.086],
    [110, 11.434747, 1.543],
  ],
  gamma: [
    [90, 0.029496405, 0.002],
    [100, 0.034891993, 0.002],
    [110, 0.018900408, 0.003],
  ],
  rho: [
    [90, 3.7505646, 0.134],
    [100, 10.34368, 0.241],
    [110, 16.108254, 0.361],
  ],
  theta: [
    [90, -8.7423816, 0.463],
    [100, -14.370259, 0.754],
    [110, -12.414792, 1.074],
  ],
} as const;
/** Arithmetic average of the last 30 daily closes. */
const ASIAN = {
  delta: [
    [90, 0.173264, 0.007],
    [100, 0.560501, 0.013],
    [110, 0.869445, 0.019],
  ],
  vega: [
    [90, 8.80602, 0.962],
    [100, 14.93887, 2.516],
    [110, 8.48778, 4.812],
  ],
  gamma: [
    [90, 0.029611, 0.002],
    [100, 0.04075, 0.004],
    [110, 0.01916, 0.004],
  ],
} as const;
const CLOSES = Array.from({ length: 30 }, (_, i) => EXPIRY - (29 - i) / 365.25);

const payoffs = {
  European: products.vanilla!.payoff({ right: "call", strike: 100 } as never, EXPIRY),
  Asian: products.asian!.payoff(
    { right: "call", strike: 100, observations: CLOSES, average: "arithmetic" } as never,
    EXPIRY,
  ),
};

let kernel: Kernel;
beforeAll(async () => {
  kernel = await loadKernel();
});

type Settings = Pick<RunRequest, "sampler" | "batches" | "paths"> & { readonly estimator: Estimator };

function estimate(option: keyof typeof payoffs, spot: number, greek: string, settings: Settings) {
  const { wrt, sign } = greeksOf(blackScholes).find(({ name }) => name === greek)!;
  const { dates, amount } = payoffs[option];
  const run = settings.estimator.open(kernel, {
    schedule: {
      underlying: `${option} ${spot}`,
      spot,
      carry: { rate: 0.1, dividendYield: 0.03 },
      dynamics: blackScholes,
      parameters: { volatility: 0.25 },
      dates,
    },
    amounts: [amount],
    derivatives: [[], wrt],
    seed: "broadie-glasserman",
    ...settings,
  });
  const batches = Array.from({ length: settings.batches }, (_, batch) => run.batch(batch));
  const { mean, standardError } = batchStatistics(run.merge(batches, run.pilot()).of(0, 1));
  run.close();
  return { value: sign * mean, standardError, paths: run.pathsPerBatch * settings.batches };
}

// 625 batches of 16 paths: 10,000 trials, and a standard error known to 3 %.
const RAW: Settings = { estimator: likelihoodRatioRaw, sampler: "random", batches: 625, paths: 10_000 };
const ENGINE: Settings = { estimator: likelihoodRatio, sampler: "sobol", batches: 32, paths: 8192 };

describe.each([
  ["European", EUROPEAN],
  ["Asian", ASIAN],
] as const)("Broadie and Glasserman's %s option", (option, table) => {
  const rows = Object.entries(table).flatMap(([greek, cells]) =>
    cells.map(([spot, exact, printed]: readonly [number, number, number]) => ({
      greek,
      spot,
      exact,
      printed,
    })),
  );

  test.each(rows)(
    "$greek at $spot: raw scores have the printed standard error",
    ({ greek, spot, exact, printed }) => {
      const { value, standardError, paths } = estimate(option, spot, greek, RAW);
      expect(paths).toBe(10_000);
      expect(Math.abs(value - exact)).toBeLessThanOrEqual(5 * standardError);
      // The table prints three decimals.
      expect(Math.abs(standardError - printed)).toBeLessThanOrEqual(0.2 * printed + 0.0005);
    },
  );

  test.each(rows)(
    "$greek at $spot: fewer trials with controls are sharper",
    ({ greek, spot, exact, printed }) => {
      const { value, standardError, paths } = estimate(option, spot, greek, ENGINE);
      expect(paths).toBeLessThan(10_000);
      expect(Math.abs(value - exact)).toBeLessThanOrEqual(5 * standardError);
      expect(standardError).toBeLessThan(printed);
    },
  );
});
