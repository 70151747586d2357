import { describe, expect, test } from "vitest";
import { loadKernel } from "../../src/kernel/kernel.js";
import { logGamma } from "../../src/numerics/gamma-function.js";

const blocks = 128;

describe("Poisson counts", () => {
  test.each([0.01, 0.7, 5, 11.9, 12.1, 80])("of mean %d have Poisson's frequencies", async (mean) => {
    const kernel = await loadKernel();
    const out = kernel.allocate(8192);
    const seen = new Map<number, number>();
    for (let b = 0; b < blocks; b++) {
      kernel.exports.poissonVariates(out, 1024, mean, 1, 2, 0, 3, b);
      for (const k of kernel.column(out, 1024)) seen.set(k, (seen.get(k) ?? 0) + 1);
    }
    const n = 1024 * blocks;
    for (let k = 0; k < mean + 10 * Math.sqrt(mean) + 10; k++) {
      const expected = n * Math.exp(k * Math.log(mean) - mean - logGamma(k + 1));
      const count = seen.get(k) ?? 0;
      if (expected > 10) expect(Math.abs(count - expected), `${k}`).toBeLessThan(5 * Math.sqrt(expected) + 1);
    }
  });
});

describe("gamma variates", () => {
  test.each([0.05, 0.4, 1, 3.7, 60, 1000])("of shape %d have gamma's moments", async (shape) => {
    const kernel = await loadKernel();
    const out = kernel.allocate(8192);
    const n = 1024 * blocks;
    let [sum, squares, logs] = [0, 0, 0];
    for (let b = 0; b < blocks; b++) {
      kernel.exports.gammaVariates(out, 1024, shape, 1, 2, 0, 3, b);
      for (const g of kernel.column(out, 1024)) {
        sum += g;
        squares += (g - shape) ** 2;
        logs += g > 0 ? 0 : 1;
      }
    }
    expect(Math.abs(sum / n - shape)).toBeLessThan(5 * Math.sqrt(shape / n));
    // Var[(G − α)²] = 2α² + 6α.
    expect(Math.abs(squares / n - shape)).toBeLessThan(5 * Math.sqrt((2 * shape ** 2 + 6 * shape) / n));
    expect(logs).toBe(0);
  });

  test.each([
    [0.6, 0.2],
    [2.3, 4],
    [49, 45],
    [51, 60],
    [400, 380],
  ])("of shape %d at %d have the tangent that holds their probability", async (shape, value) => {
    const kernel = await loadKernel();
    const [at, out] = [kernel.allocate(128), kernel.allocate(128)];
    kernel.column(at, 16).fill(value);
    kernel.exports.gammaTangents(out, at, shape, 16);
    // ∂G/∂α = −(∂F/∂α)/f, F by its series, differenced.
    const logF = (a: number) => {
      let term = 1 / a;
      let total = term;
      for (let k = 1; k < 4000; k++) {
        term *= value / (a + k);
        total += term;
      }
      return Math.log(total) + a * Math.log(value) - value - logGamma(a);
    };
    const h = 1e-4 * shape;
    const byShape = (logF(shape + h) - logF(shape - h)) / (2 * h);
    const density = Math.exp((shape - 1) * Math.log(value) - value - logGamma(shape) - logF(shape));
    expect(kernel.column(out, 16)[0]).toBeCloseTo(-byShape / density, 5);
  });
});
