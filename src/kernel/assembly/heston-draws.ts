import { exponential, exponentialOfAny } from "./exponential";
import { CHUNK, GAMMA, LAMBDA, PHI, STILL, UNIT, Y } from "./heston-columns";
import { inverseNormal } from "./inverse-normal";
import {
  LARGEST_COUNT,
  RECIPROCALS,
  SMALL_MEAN,
  inverseGaussian,
  leaveAhead,
  nextGamma,
  nextInverseGaussian,
  nextPoisson,
  openAhead,
  resumeAhead,
  uniformsAhead,
} from "./latent-stream";
import { logarithm } from "./logarithm";
import { bytes, choose, constant, mulAdd, mulSub } from "./pair";

// The random variates of a step of Heston's variance, of the numbers that latent-stream.ts drew ahead: a Poisson count, a gamma variate
// whose shape it moves, and an inverse Gaussian. Most paths come to theirs at the first attempt, and go two at a time; the others go
// alone. Either way they are the variates of latent-stream.ts, and a path's depend on its own numbers only.

/**
 * The places of a path's numbers. Those after the count are one later where it took two, or where the gamma, of a shape below 1, has a
 * boost before its normal.
 */
const OF_COUNT = 0;
const SECOND_OF_COUNT = 1;
const OF_BOOST = 1;
const GAMMA_NORMAL = 1;
const GAMMA_UNIFORM = 2;
const UNIT_NORMAL = 3;
const UNIT_UNIFORM = 4;

/** The count, −1 where it is not decided; whether the places are later, a mask; and normals. */
const COUNT: usize = memory.data(CHUNK * 8, 16);
const LATER: usize = memory.data(CHUNK * 8, 16);
const NORMAL: usize = memory.data(CHUNK * 8, 16);
/** The paths that go alone, as many as `alone`, with room for one that does not. */
const ALONE: usize = memory.data((CHUNK + 1) * 4, 16);
let alone: i32 = 0;

/** Below this a gamma variate is as good as 0, and so are its derivatives. */
const LEAST_GAMMA: f64 = 1e-290;

/** Fills GAMMA and Y of n paths (a multiple of 4, at most CHUNK) from LAMBDA; numbers are drawn ahead from `firstPath` on. */
export function drawGammas(n: i32, degrees: f64, firstPath: u32): void {
  drawCounts(n);
  drawFirstGammas(n, 0.5 * degrees);
  drawGammasAlone(n, 0.5 * degrees, firstPath);
  const least = f64x2.splat(LEAST_GAMMA);
  const two = f64x2.splat(2);
  for (let at: usize = 0; at < bytes(n); at += 16) {
    const drawn = v128.load(GAMMA + at);
    const gamma = v128.and(drawn, f64x2.ge(drawn, least));
    v128.store(GAMMA + at, gamma);
    v128.store(Y + at, f64x2.mul(f64x2.mul(two, v128.load(LAMBDA + at)), gamma));
  }
}

/** What `nextPoisson` comes to, for large means at its first attempt without a logarithm. */
function drawCounts(n: i32): void {
  const uniforms = uniformsAhead(OF_COUNT);
  const one = f64x2.splat(1);
  const small = f64x2.splat(SMALL_MEAN);
  // Four paths wait for the largest of their counts.
  for (let at: usize = 0; at < bytes(n); at += 32) {
    const mean0 = meanOf(at);
    const mean1 = meanOf(at + 16);
    const isSmall0 = f64x2.lt(mean0, small);
    const isSmall1 = f64x2.lt(mean1, small);
    const own0 = v128.and(mean0, isSmall0);
    const own1 = v128.and(mean1, isSmall1);
    let p0 = exponential(f64x2.neg(own0));
    let p1 = exponential(f64x2.neg(own1));
    let u0 = v128.load(uniforms + at);
    let u1 = v128.load(uniforms + at, 16);
    let count0 = f64x2.splat(0);
    let count1 = count0;
    let isBeyond0 = f64x2.gt(u0, p0);
    let isBeyond1 = f64x2.gt(u1, p1);
    for (let k = 1; v128.any_true(v128.or(isBeyond0, isBeyond1)) && k <= LARGEST_COUNT; k++) {
      const inverse = constant(RECIPROCALS, k);
      u0 = f64x2.sub(u0, v128.and(p0, isBeyond0));
      u1 = f64x2.sub(u1, v128.and(p1, isBeyond1));
      count0 = f64x2.add(count0, v128.and(one, isBeyond0));
      count1 = f64x2.add(count1, v128.and(one, isBeyond1));
      p0 = f64x2.mul(p0, f64x2.mul(own0, inverse));
      p1 = f64x2.mul(p1, f64x2.mul(own1, inverse));
      isBeyond0 = v128.and(isBeyond0, f64x2.gt(u0, p0));
      isBeyond1 = v128.and(isBeyond1, f64x2.gt(u1, p1));
    }
    v128.store(COUNT + at, i64x2.all_true(isSmall0) ? count0 : choose(isSmall0, count0, largeCount(mean0, at)));
    v128.store(COUNT + at, i64x2.all_true(isSmall1) ? count1 : choose(isSmall1, count1, largeCount(mean1, at + 16)), 16);
  }
}

/** The means of the counts of the paths from `at` on. */
// @ts-ignore: decorator
@inline
function meanOf(at: usize): v128 {
  return f64x2.mul(f64x2.splat(0.5), v128.load(LAMBDA + at));
}

/** The counts of large means, by Hörmann's first attempt. */
function largeCount(mean: v128, at: usize): v128 {
  const b = mulAdd(f64x2.splat(2.53), f64x2.sqrt(mean), f64x2.splat(0.931));
  const a = mulAdd(f64x2.splat(0.02483), b, f64x2.splat(-0.059));
  const acceptance = f64x2.sub(f64x2.splat(0.9277), f64x2.div(f64x2.splat(3.6224), f64x2.sub(b, f64x2.splat(2))));
  const half = f64x2.splat(0.5);
  const u = f64x2.sub(v128.load(uniformsAhead(OF_COUNT) + at), half);
  const v = v128.load(uniformsAhead(SECOND_OF_COUNT) + at);
  const us = f64x2.sub(half, f64x2.abs(u));
  const slope = f64x2.add(f64x2.div(f64x2.add(a, a), us), b);
  const count = f64x2.floor(f64x2.add(mulAdd(slope, u, mean), f64x2.splat(0.43)));
  const isDecided = v128.and(f64x2.ge(us, f64x2.splat(0.07)), f64x2.le(v, acceptance));
  return choose(isDecided, count, f64x2.splat(-1));
}

/**
 * What `nextGamma` comes to at its first attempt without a logarithm, and −1 where that, or the count, is not decided. Large counts
 * that are decided are not 0, so no path is both later for its count and boosted.
 */
function drawFirstGammas(n: i32, halfDegrees: f64): void {
  const one = f64x2.splat(1);
  const least = f64x2.splat(halfDegrees);
  for (let at: usize = 0; at < bytes(n); at += 16) {
    const isLarge = f64x2.ge(meanOf(at), f64x2.splat(SMALL_MEAN));
    const isLater = v128.or(isLarge, isBoosted(f64x2.add(least, v128.load(COUNT + at))));
    v128.store(LATER + at, isLater);
    v128.store(NORMAL + at, numberOf(GAMMA_NORMAL, isLater, at));
  }
  inverseNormal(NORMAL, NORMAL, n);
  for (let at: usize = 0; at < bytes(n); at += 16) {
    const count = v128.load(COUNT + at);
    const shape = f64x2.add(least, count);
    const boosted = isBoosted(shape);
    const d = f64x2.sub(f64x2.add(shape, v128.and(one, boosted)), f64x2.splat(1.0 / 3));
    const c = f64x2.div(one, f64x2.sqrt(f64x2.mul(f64x2.splat(9), d)));
    const z = v128.load(NORMAL + at);
    const root = mulAdd(c, z, one);
    const v = f64x2.mul(f64x2.mul(root, root), root);
    const square = f64x2.mul(z, z);
    const squeeze = mulSub(f64x2.mul(f64x2.splat(0.0331), square), square, one);
    const isTaken = f64x2.lt(numberOf(GAMMA_UNIFORM, v128.load(LATER + at), at), squeeze);
    const isPossible = v128.and(f64x2.gt(root, f64x2.splat(0)), f64x2.ge(count, f64x2.splat(0)));
    let gamma = f64x2.mul(d, v);
    if (v128.any_true(boosted)) {
      const boost = exponentialOfAny(f64x2.div(logarithm(v128.load(uniformsAhead(OF_BOOST) + at)), least));
      gamma = choose(boosted, f64x2.mul(gamma, boost), gamma);
    }
    v128.store(GAMMA + at, choose(v128.and(isTaken, isPossible), gamma, f64x2.splat(-1)));
  }
}

// @ts-ignore: decorator
@inline
function isBoosted(shape: v128): v128 {
  return f64x2.lt(shape, f64x2.splat(1));
}

/** Number `place` of the paths from `at` on. */
// @ts-ignore: decorator
@inline
function numberOf(place: usize, isLater: v128, at: usize): v128 {
  return choose(isLater, v128.load(uniformsAhead(place + 1) + at), v128.load(uniformsAhead(place) + at));
}

/** The gamma variates and the counts that are not decided. */
function drawGammasAlone(n: i32, halfDegrees: f64, firstPath: u32): void {
  alone = 0;
  for (let i = 0; i < n; i++) {
    store<i32>(ALONE + (<usize>alone << 2), i);
    alone += i32(load<f64>(GAMMA + bytes(i)) < 0);
  }
  for (let k = 0; k < alone; k++) {
    const i = load<i32>(ALONE + (<usize>k << 2));
    const mean = 0.5 * load<f64>(LAMBDA + bytes(i));
    let count = load<f64>(COUNT + bytes(i));
    const used = count < 0 ? 0 : mean < SMALL_MEAN ? 1 : 2;
    openAhead(i, firstPath + i, used);
    if (used == 0) count = nextPoisson(mean);
    store<f64>(GAMMA + bytes(i), nextGamma(halfDegrees + count));
    leaveAhead(i);
  }
}

/** Fills UNIT from PHI, after `drawGammas` of the same paths: the inverse Gaussians that the integrals are of their means. */
export function drawUnits(n: i32, firstPath: u32): void {
  const one = f64x2.splat(1);
  const still = f64x2.splat(STILL);
  for (let at: usize = 0; at < bytes(n); at += 16)
    v128.store(NORMAL + at, numberOf(UNIT_NORMAL, v128.load(LATER + at), at));
  inverseNormal(NORMAL, NORMAL, n);
  for (let at: usize = 0; at < bytes(n); at += 16) {
    const phi = v128.load(PHI + at);
    const u = numberOf(UNIT_UNIFORM, v128.load(LATER + at), at);
    const unit = inverseGaussian(phi, v128.load(NORMAL + at), u);
    v128.store(UNIT + at, choose(f64x2.lt(phi, still), unit, one));
  }
  for (let k = 0; k < alone; k++) {
    const i = load<i32>(ALONE + (<usize>k << 2));
    const phi = load<f64>(PHI + bytes(i));
    if (phi >= STILL) continue;
    resumeAhead(i, firstPath + i);
    store<f64>(UNIT + bytes(i), nextInverseGaussian(phi));
  }
}
