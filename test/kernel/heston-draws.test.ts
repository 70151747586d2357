import { describe, expect, test } from "vitest";
import { stepConstants } from "../../src/dynamics/heston-step.js";
import { loadKernel } from "../../src/kernel/kernel.js";
import { logGamma } from "../../src/numerics/gamma-function.js";
import { inverseNormal } from "../../src/numerics/normal.js";

const kernel = await loadKernel();
const n = 1024;
const [key0, key1, step, batch, firstPath] = [1, 2, 5, 3, 4096];

/** The uniforms of a path's step, one after the other: two of each counter (path, step, batch, 4 k + 2). */
function stream(path: number): () => number {
  const drawn: number[] = [];
  let draws = 0;
  return () => {
    if (drawn.length === 0) {
      const mark = kernel.mark();
      const out = kernel.allocate(16);
      kernel.exports.philoxWords(out, path, step, batch, 4 * draws++ + 2, key0, key1);
      const words = kernel.words(out, 4);
      for (const at of [0, 2]) drawn.push((words[at]! * 2 ** 20 + (words[at + 1]! >>> 12) + 0.5) / 2 ** 52);
      kernel.release(mark);
    }
    return drawn.shift()!;
  };
}

/** Inversion, and Hörmann's PTRS (1993) for large means. */
function poisson(mean: number, uniform: () => number): number {
  if (mean < 12) {
    let u = uniform();
    let k = 0;
    for (let p = Math.exp(-mean); u > p; p *= mean / ++k) u -= p;
    return k;
  }
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  for (;;) {
    const [u, v] = [uniform() - 0.5, uniform()];
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= 0.9277 - 3.6224 / (b - 2)) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    const ratio = (v * (1.1239 + 1.1328 / (b - 3.4))) / (a / (us * us) + b);
    if (Math.log(ratio) <= k * Math.log(mean) - mean - logGamma(k + 1)) return k;
  }
}

/** Marsaglia and Tsang (2000). */
function gamma(shape: number, uniform: () => number): number {
  if (shape < 1) {
    const boost = uniform() ** (1 / shape);
    return boost * gamma(shape + 1, uniform);
  }
  const d = shape - 1 / 3;
  for (;;) {
    const z = inverseNormal(uniform());
    const v = (1 + z / Math.sqrt(9 * d)) ** 3;
    if (v <= 0) continue;
    if (Math.log(uniform()) < 0.5 * z * z + d * (1 - v + Math.log(v))) return d * v;
  }
}

/** Of mean 1. Michael, Schucany and Haas (1976). */
function inverseGaussian(shape: number, uniform: () => number): number {
  const y = inverseNormal(uniform()) ** 2;
  const x = 1 + (y - Math.sqrt(4 * shape * y + y * y)) / (2 * shape);
  return uniform() <= 1 / (1 + x) ? x : 1 / x;
}

/** z I_{ν+1}(z) / I_ν(z) with y = z², by its continued fraction from far out. */
function besselRatio(order: number, y: number): number {
  let w = 0;
  for (let k = 400; k >= 0; k--) w = y / (2 * (order + k + 1) + w);
  return w;
}

/** Paths go two at a time or alone: v' and the integral of v are what each path's own numbers say. */
describe("a step of Heston's exact scheme draws its variates in order", () => {
  test.each([
    ["of many degrees", { kappa: 2, theta: 0.09, xi: 0.5, length: 0.5 }, 0.09],
    ["of few, with boosts where the count is 0", { kappa: 1.5, theta: 0.04, xi: 0.5, length: 0.5 }, 0.04],
    ["of counts about 5", { kappa: 1.15, theta: 0.0348, xi: 0.39, length: 1 / 12 }, 0.0348],
    ["of counts that are large", { kappa: 2, theta: 0.04, xi: 0.3, length: 0.01 }, 0.04],
    ["of counts on both sides of large", { kappa: 1.5, theta: 0.04, xi: 0.5, length: 0.027 }, 0.04],
    ["of a variance near 0", { kappa: 0.5, theta: 0.04, xi: 1, length: 0.5 }, 0.04],
    ["of a variance that begins at 0", { kappa: 1.5, theta: 0.04, xi: 0.5, length: 0.5 }, 0],
  ])("%s", (_, own, typical) => {
    const parameters = { ...own, rho: -0.5, drift: 0 };
    const table = stepConstants(kernel.exports, parameters, { directions: 0, pairs: [], slopes: () => [] });
    const [scale, pull, degrees, meanB, meanS, varianceB, varianceS] = table as unknown as number[];
    const mark = kernel.mark();
    const constants = kernel.allocate(table.byteLength);
    kernel.column(constants, table.length).set(table);
    const [v, mean, square] = [0, 1, 2].map(() => kernel.allocate(n * 8)) as [number, number, number];
    const columns = kernel.allocate(12);
    kernel.words(columns, 3).set([v, mean, square]);
    const begins = Array.from({ length: n }, (_, i) => typical * (0.5 + i / n));
    kernel.column(v, n).set(begins);
    for (const column of [mean, square]) kernel.exports.fill(column, 0, n);
    kernel.exports.hestonStep(n, constants, columns, 0, 0, 0, key0, key1, firstPath, step, batch);

    const ends = kernel.column(v, n);
    const integrals = kernel.column(square, n).map((s) => s / (1 - parameters.rho ** 2));
    for (const [i, begin] of begins.entries()) {
      const uniform = stream(firstPath + i);
      const lambda = pull! * begin;
      const g = gamma(0.5 * degrees! + poisson(0.5 * lambda, uniform), uniform);
      const end = 2 * scale! * g;
      const order = 0.5 * degrees! - 1;
      const y = 2 * lambda * g;
      const w = besselRatio(order, y);
      const b = order + 1 + w;
      const m1 = meanB! * b + meanS! * (begin + end);
      const m2 = varianceB! * b + meanB! ** 2 * (y - w * w - 2 * order * w) + varianceS! * (begin + end);
      const integral = m1 * inverseGaussian((m1 * m1) / m2, uniform);
      expect(ends[i]! / end, `v' of path ${i}`).toBeCloseTo(1, 10);
      expect(integrals[i]! / integral, `the integral of path ${i}`).toBeCloseTo(1, 8);
    }
    kernel.release(mark);
  });
});
