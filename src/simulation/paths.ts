import type { LatentBlock } from "../dynamics/dynamics.js";
import { BLOCK, type Kernel, type Pointer } from "../kernel/kernel.js";
import { streamKey } from "../random/seeds.js";
import type { Derivative } from "./derivative.js";
import { openNormals, type Sampler } from "./normals.js";
import { type Schedule, scheduleName } from "./schedule.js";
import { openWeights } from "./weights.js";

/** A schedule's paths and weights, a block at a time. */
export interface Paths {
  /** One column of S(t_k) per date. */
  readonly prices: readonly Pointer[];
  /** The weights W, one column per derivative, BLOCK numbers apart. */
  readonly weights: Pointer;
  /** Simulates a block. Its numbers depend on (seed, underlying, schedule, stream, batch, path, step) alone. */
  simulate(batch: number, firstPath: number, paths: number): void;
}

export interface PathOptions {
  readonly seed: string;
  /** The pilot run has a stream of its own: its coefficients are independent of the numbers they are used on. */
  readonly stream: "main" | "pilot";
  readonly sampler: Sampler;
  readonly derivatives: readonly Derivative[];
}

/**
 * Under Sobol' points the first normal is drawn this much wider and every weight multiplied by the ratio of the densities,
 * TAIL · exp(−(1 − TAIL⁻²) z²/2). Nets leave no error in the bulk, so all of it comes from the one path per batch in each tail,
 * where weights grow like powers of z: their spread was then too skewed for an honest error bar. With the ratio they vanish
 * there. Costs 7 % of a plain variance; L'Ecuyer and Owen (2009) on importance sampling for unbounded integrands.
 */
const TAIL = 1.25;

/** Reserves the columns of a simulation in kernel memory; release them by the caller's mark. */
export function openPaths(kernel: Kernel, schedule: Schedule, options: PathOptions): Paths {
  const { exports: ops } = kernel;
  const { dynamics, parameters, carry, dates, spot } = schedule;
  const key = streamKey(options.seed, schedule.underlying, scheduleName(dates), options.stream);
  const law = dynamics.law({
    parameters,
    carry,
    dates,
    wanted: [...new Set(options.derivatives.flat())].filter((parameter) => parameter !== "spot"),
  });
  const columns = (count: number) => Array.from({ length: count }, () => kernel.allocate(BLOCK * 8));
  const prices = columns(dates.length);
  const start = kernel.allocate(BLOCK * 8);
  ops.fill(start, spot, BLOCK);
  const z = kernel.allocate(BLOCK * 8);
  const normals = openNormals(kernel, options.sampler, key, dates.length);
  const weights = openWeights(kernel, schedule, law, options.derivatives);

  const isWidened = options.sampler === "sobol";
  const ratio = kernel.allocate(BLOCK * 8);
  const widen = (paths: number) => {
    ops.multiplyScalar(z, z, TAIL, paths);
    ops.multiply(ratio, z, z, paths);
    ops.multiplyScalar(ratio, ratio, (TAIL ** -2 - 1) / 2, paths);
    ops.exp(ratio, ratio, paths);
    ops.multiplyScalar(ratio, ratio, TAIL, paths);
  };

  const tangents = law.kind === "latent" ? law.tangentParameters.length : 0;
  const latent = {
    key,
    state: columns(law.kind === "latent" ? law.stateColumns : 0),
    mean: kernel.allocate(BLOCK * 8),
    deviation: kernel.allocate(BLOCK * 8),
    meanTangents: columns(tangents),
    deviationTangents: columns(tangents),
  };
  const intervalColumns = { z, ...latent };

  return {
    prices,
    weights: weights.pointer,
    simulate(batch, firstPath, paths) {
      const block: LatentBlock = { ...latent, paths, firstPath, batch };
      weights.begin(paths);
      for (const [k, price] of prices.entries()) {
        const previous = prices[k - 1] ?? start;
        normals(z, k, batch, firstPath, paths);
        if (k === 0 && isWidened) widen(paths);
        if (law.kind === "constant") {
          const { mean, deviation } = law.intervals[k]!;
          ops.growthConstant(price, previous, z, mean, deviation, paths);
        } else {
          law.fill(kernel, k, block);
          ops.growthColumns(price, previous, z, latent.mean, latent.deviation, paths);
        }
        weights.interval(k, intervalColumns, paths);
      }
      weights.finish(paths);
      if (!isWidened) return;
      for (let g = 0; g < options.derivatives.length; g++) {
        const weight = weights.pointer + g * BLOCK * 8;
        ops.multiply(weight, weight, ratio, paths);
      }
    },
  };
}
