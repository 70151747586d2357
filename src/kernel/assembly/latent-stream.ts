import { inverseNormalScalar } from "./inverse-normal";
import { choose, mulAdd } from "./pair";
import { philox4x32, philoxColumns } from "./philox";
import { uniformOfWords } from "./uniform";

// The random numbers of one path's step: as many as the step wants, without disturbing any other path or step.
// Counter (path, step, batch, draw); the low bits of the last word keep clear of the streams of other numbers.

/** The last word of a stream's first counter. */
export const LATENT_STREAM: u32 = 2;
const STREAM_BITS: u32 = 2;

let key0: u32 = 0;
let key1: u32 = 0;
let path: u32 = 0;
let step: u32 = 0;
let batch: u32 = 0;
let draw: u32 = 0;
let spare: f64 = 0;
let hasSpare: bool = false;

/** Paths whose first numbers are drawn together. */
const AHEAD_PATHS = 1024;
const COLUMN_BYTES: usize = AHEAD_PATHS * 8;
/** Uniforms a path has ready: as many as most steps use, an even number. */
const AHEAD = 6;
const UNIFORMS: usize = memory.data(AHEAD * AHEAD_PATHS * 8, 16);

/** Number k of each path drawn ahead, counted from 0. */
// @ts-ignore: decorator
@inline
export function uniformsAhead(k: usize): usize {
  return UNIFORMS + k * COLUMN_BYTES;
}

/** Where the open path's numbers stand, and the next of them; AHEAD when none is ready. */
let ready: usize = 0;
let next: i32 = AHEAD;

export function openStream(k0: u32, k1: u32, ofPath: u32, ofStep: u32, ofBatch: u32): void {
  key0 = k0;
  key1 = k1;
  path = ofPath;
  step = ofStep;
  batch = ofBatch;
  draw = 0;
  hasSpare = false;
  next = AHEAD;
}

/** Draws the first numbers of n <= AHEAD_PATHS paths (a multiple of 16), which `openAhead` then serves. */
export function drawAhead(n: i32, k0: u32, k1: u32, firstPath: u32, ofStep: u32, ofBatch: u32): void {
  openStream(k0, k1, firstPath, ofStep, ofBatch);
  for (let k = 0; k < AHEAD; k += 2) {
    philoxColumns(uniformsAhead(k), uniformsAhead(k + 1), n, k0, k1, firstPath, ofStep, ofBatch, counterOf(k >> 1));
  }
}

/** Opens the stream of path `ofPath`, the i-th of those drawn ahead, behind its first `used` numbers, which are those of `openStream`. */
export function openAhead(i: i32, ofPath: u32, used: i32): void {
  path = ofPath;
  draw = AHEAD / 2;
  hasSpare = false;
  ready = UNIFORMS + (<usize>i << 3);
  next = used;
}

/** Where each path drawn ahead stopped: `next`, `draw`, `hasSpare` (words) and `spare`. */
const STOPPED: usize = memory.data(AHEAD_PATHS * 12, 16);
const SPARES: usize = memory.data(AHEAD_PATHS * 8, 16);

/** Leaves the open path, the i-th drawn ahead, for `resumeAhead` to go on with. */
export function leaveAhead(i: i32): void {
  const at = STOPPED + <usize>i * 12;
  store<i32>(at, next);
  store<u32>(at, draw, 4);
  store<u32>(at, u32(hasSpare), 8);
  store<f64>(SPARES + (<usize>i << 3), spare);
}

/** Opens a path where `leaveAhead` left it. */
export function resumeAhead(i: i32, ofPath: u32): void {
  openAhead(i, ofPath, 0);
  const at = STOPPED + <usize>i * 12;
  next = load<i32>(at);
  draw = load<u32>(at, 4);
  hasSpare = load<u32>(at, 8) != 0;
  spare = load<f64>(SPARES + (<usize>i << 3));
}

// @ts-ignore: decorator
@inline
function counterOf(ofDraw: u32): u32 {
  return (ofDraw << STREAM_BITS) | LATENT_STREAM;
}

/** The stream's next uniform in (0, 1). */
// @ts-ignore: decorator
@inline
export function nextUniform(): f64 {
  if (next < AHEAD) {
    const u = load<f64>(ready + <usize>next * COLUMN_BYTES);
    next++;
    return u;
  }
  return drawUniform();
}

function drawUniform(): f64 {
  if (hasSpare) {
    hasSpare = false;
    return spare;
  }
  const words = philox4x32(path, step, batch, counterOf(draw), key0, key1);
  draw++;
  spare = uniformOfWords(i32x4.extract_lane(words, 2), i32x4.extract_lane(words, 3));
  hasSpare = true;
  return uniformOfWords(i32x4.extract_lane(words, 0), i32x4.extract_lane(words, 1));
}

export function nextNormal(): f64 {
  return inverseNormalScalar(nextUniform());
}

/** Below this mean a Poisson is drawn by inversion. */
export const SMALL_MEAN: f64 = 12;
/** A small mean goes beyond this count less often than once in 1e80 draws. */
export const LARGEST_COUNT = 150;
/** 1/k: a division takes as long as the rest of a round. */
export const RECIPROCALS: usize = memory.data((LARGEST_COUNT + 1) * 8, 16);
for (let k = 1; k <= LARGEST_COUNT; k++) store<f64>(RECIPROCALS + ((<usize>k) << 3), 1 / <f64>k);

/** Poisson: inversion for small means, Hörmann's transformed rejection PTRS (1993) for large ones. */
export function nextPoisson(mean: f64): f64 {
  if (mean < SMALL_MEAN) {
    let k: f64 = 0;
    let p = Math.exp(-mean);
    let u = nextUniform();
    while (u > p && k < LARGEST_COUNT) {
      u -= p;
      k += 1;
      p *= mean * load<f64>(RECIPROCALS + ((<usize>k) << 3));
    }
    return k;
  }
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const acceptance = 0.9277 - 3.6224 / (b - 2);
  const logMean = Math.log(mean);
  while (true) {
    const u = nextUniform() - 0.5;
    const v = nextUniform();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= acceptance) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    const bound = k * logMean - mean - logFactorial(k);
    if (Math.log((v * inverseAlpha) / (a / (us * us) + b)) <= bound) return k;
  }
}

/** ln k!, by Stirling's series beyond 16. */
function logFactorial(k: f64): f64 {
  if (k < 16) {
    let product: f64 = 1;
    for (let i: f64 = 2; i <= k; i += 1) product *= i;
    return Math.log(product);
  }
  const x = k + 1;
  const square = 1 / (x * x);
  const series = (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square / 1680))) / x;
  return (x - 0.5) * Math.log(x) - x + 0.9189385332046727 + series;
}

/** Gamma of unit scale: Marsaglia and Tsang (2000), with their power of a uniform below shape 1. */
export function nextGamma(shape: f64): f64 {
  let boost: f64 = 1;
  if (shape < 1) {
    boost = Math.exp(Math.log(nextUniform()) / shape);
    shape += 1;
  }
  const d = shape - 1.0 / 3;
  const c = 1 / Math.sqrt(9 * d);
  while (true) {
    const z = nextNormal();
    let v = 1 + c * z;
    if (v <= 0) continue;
    v = v * v * v;
    const u = nextUniform();
    // The squeeze accepts most of what the exact test does, without logarithms.
    const square = z * z;
    if (u < 1 - 0.0331 * square * square) return d * v * boost;
    if (Math.log(u) < 0.5 * square + d * (1 - v + Math.log(v))) return d * v * boost;
  }
}

/** Inverse Gaussian of mean 1. */
export function nextInverseGaussian(shape: f64): f64 {
  const z = f64x2.splat(nextNormal());
  const u = f64x2.splat(nextUniform());
  return f64x2.extract_lane(inverseGaussian(f64x2.splat(shape), z, u), 0);
}

/** Of shapes φ, from a normal and a uniform: Michael, Schucany and Haas (1976), the smaller root without cancellation. */
// @ts-ignore: decorator
@inline
export function inverseGaussian(shape: v128, z: v128, u: v128): v128 {
  const one = f64x2.splat(1);
  const square = f64x2.mul(z, z);
  const root = f64x2.sqrt(f64x2.mul(square, mulAdd(f64x2.splat(4), shape, square)));
  const larger = f64x2.add(one, f64x2.div(f64x2.add(square, root), f64x2.add(shape, shape)));
  const isSmaller = f64x2.le(f64x2.mul(u, f64x2.add(one, larger)), larger);
  return choose(isSmaller, f64x2.div(one, larger), larger);
}
