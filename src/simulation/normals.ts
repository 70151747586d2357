import { BLOCK, type Kernel, type Pointer } from "../kernel/kernel.js";
import { directionNumbers, SOBOL_DIMENSIONS } from "../random/direction-numbers.js";

export type Sampler = "sobol" | "random";

/** Streams of one key that never meet. */
const INTERVALS = 0;
const SCRAMBLINGS = 1;
/** The stream of a model's latent path; the model counts its own draws within it. */
export const LATENT = 2;

/** Fills a column with the standard normals of interval k of the block's paths. */
export type Normals = (out: Pointer, k: number, batch: number, firstPath: number, paths: number) => void;

/**
 * The normals of a simulation's intervals: scrambled Sobol' points, interval k on dimension k and each batch a scrambling
 * of its own, or Philox. Beyond the last Sobol' dimension intervals are random, which stays unbiased.
 */
export function openNormals(
  kernel: Kernel,
  sampler: Sampler,
  key: readonly [number, number],
  intervals: number,
): Normals {
  const { exports: ops } = kernel;
  const [key0, key1] = key;
  const random: Normals = (out, k, batch, firstPath, paths) => {
    ops.philoxUniform(out, paths, key0, key1, firstPath, k, batch, INTERVALS);
    ops.inverseNormal(out, out, paths);
  };
  if (sampler === "random") return random;

  const dimensions = Math.min(intervals, SOBOL_DIMENSIONS);
  const directionBytes = 32 * 4;
  const directions = kernel.allocate(dimensions * directionBytes);
  for (let k = 0; k < dimensions; k++) {
    kernel.words(directions + k * directionBytes, 32).set(directionNumbers(k));
  }
  const seeds = kernel.allocate(16);
  return (out, k, batch, firstPath, paths) => {
    if (k >= dimensions) return random(out, k, batch, firstPath, paths);
    ops.philoxWords(seeds, 0, k, batch, SCRAMBLINGS, key0, key1);
    const [seed0, seed1] = kernel.words(seeds, 2) as unknown as [number, number];
    ops.sobolUniform(out, paths, directions + k * directionBytes, firstPath, seed0, seed1);
    ops.inverseNormal(out, out, paths);
  };
}

/** Equal batches of at least `paths` in all: whole blocks' granules, and powers of two for Sobol' points, whose nets need them. */
export function pathsPerBatch(sampler: Sampler, paths: number, batches: number): number {
  const least = Math.max(16, Math.ceil(paths / batches));
  return sampler === "sobol" ? 2 ** Math.ceil(Math.log2(least)) : Math.ceil(least / 16) * 16;
}

/** The blocks of a batch. */
export function* blocks(paths: number): Generator<{ readonly firstPath: number; readonly paths: number }> {
  for (let firstPath = 0; firstPath < paths; firstPath += BLOCK) {
    yield { firstPath, paths: Math.min(BLOCK, paths - firstPath) };
  }
}
