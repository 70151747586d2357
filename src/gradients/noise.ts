import { BLOCK, COLUMN_BYTES, type Kernel, type Pointer, padded } from "../kernel/kernel.js";
import { powerOfTwoFrom } from "../numerics/elementary.js";
import { directionNumbers, SOBOL_DIMENSIONS } from "../random/direction-numbers.js";

export type Sampler = "sobol" | "random";

/**
 * What a draw is made of: a column per entry. `gamma` is the shape, at unit scale; `tangentOf` the derivative, in its shape,
 * of the gamma variate at that place of the list.
 */
export type Noise =
  | "uniform"
  | "normal"
  | "exponential"
  | { readonly gamma: number }
  | { readonly tangentOf: number };

/** Streams of one key that never meet; the kernel's rejection samplers have the stream 2. */
const DRAWS = 0;
const SCRAMBLINGS = 1;

/** Points are moved by less than 2^-6: a cell of a net of 64 points. */
const ROTATED_BITS = 6;

/** Fills a column with the numbers of dimension k. */
export type Fill = (out: Pointer, k: number, batch: number, first: number, count: number) => void;

/**
 * Uniforms in (0, 1): scrambled Sobol' points, each batch a scrambling of its own, or Philox. Beyond the last Sobol' dimension they are
 * random, which stays unbiased. `isRotated` is for functions that are the same at both ends: it moves the points of every batch by a
 * number of its own, modulo 1.
 *
 * A net has one of two numbers of points beyond a given level. Where nearly all batches have the same one, the spread of their means
 * would say nothing of the other; moved by up to a few of the net's cells, they have both. Farther they are not moved, as that would
 * cost the nets of several dimensions some of their evenness.
 */
export function openUniforms(
  kernel: Kernel,
  sampler: Sampler,
  [key0, key1]: readonly [number, number],
  dimensions: number,
  isRotated = false,
): Fill {
  const { exports: ops } = kernel;
  const random: Fill = (out, k, batch, first, count) =>
    ops.philoxUniform(out, count, key0, key1, first, k, batch, DRAWS);
  if (sampler === "random") return random;

  const nets = Math.min(dimensions, SOBOL_DIMENSIONS);
  const directionBytes = 32 * 4;
  const directions = kernel.allocate(nets * directionBytes);
  for (let k = 0; k < nets; k++) {
    kernel.words(directions + k * directionBytes, 32).set(directionNumbers(k));
  }
  const seeds = kernel.allocate(16);
  return (out, k, batch, first, count) => {
    if (k >= nets) return random(out, k, batch, first, count);
    ops.philoxWords(seeds, 0, k, batch, SCRAMBLINGS, key0, key1);
    const words = kernel.words(seeds, 3);
    const rotation = isRotated ? words[2]! >>> ROTATED_BITS : 0;
    ops.sobolUniform(out, count, directions + k * directionBytes, first, words[0]!, words[1]!, rotation);
  };
}

/** Standard normals, by inversion of the uniforms. */
export function openNormals(
  kernel: Kernel,
  sampler: Sampler,
  key: readonly [number, number],
  dimensions: number,
): Fill {
  const uniforms = openUniforms(kernel, sampler, key, dimensions);
  return (out, k, batch, first, count) => {
    uniforms(out, k, batch, first, count);
    kernel.exports.inverseNormal(out, out, count);
  };
}

/** A column per kind of noise, refilled for every block. Gamma variates are random under either sampler. */
export function openNoise(
  kernel: Kernel,
  sampler: Sampler,
  key: readonly [number, number],
  kinds: readonly Noise[],
): { readonly columns: readonly Pointer[]; fill(batch: number, first: number, count: number): void } {
  const { exports: ops } = kernel;
  const uniforms = openUniforms(kernel, sampler, key, kinds.length);
  const columns = kinds.map(() => kernel.allocate(COLUMN_BYTES));
  return {
    columns,
    fill(batch, first, count) {
      for (const [k, kind] of kinds.entries()) {
        const out = columns[k]!;
        if (typeof kind === "object") {
          if ("gamma" in kind) ops.gammaVariates(out, count, kind.gamma, key[0], key[1], first, k, batch);
          else ops.gammaTangents(out, columns[kind.tangentOf]!, gammaShape(kinds[kind.tangentOf]!), count);
          continue;
        }
        uniforms(out, k, batch, first, count);
        if (kind === "normal") ops.inverseNormal(out, out, count);
        if (kind === "exponential") {
          ops.log(out, out, count);
          ops.negate(out, out, count);
        }
      }
    },
  };
}

function gammaShape(kind: Noise): number {
  if (typeof kind === "object" && "gamma" in kind) return kind.gamma;
  throw new Error("tangentOf must point at a gamma variate");
}

/** Equal batches of at least `draws` in all: whole granules of the kernel, and powers of two for Sobol' points, whose nets need them. */
export function drawsPerBatch(sampler: Sampler, draws: number, batches: number): number {
  const least = Math.max(16, Math.ceil(draws / batches));
  return sampler === "sobol" ? powerOfTwoFrom(least) : padded(least);
}

/** The blocks of a batch. */
export function* blocks(draws: number): Generator<{ readonly first: number; readonly count: number }> {
  for (let first = 0; first < draws; first += BLOCK) {
    yield { first, count: Math.min(BLOCK, draws - first) };
  }
}
