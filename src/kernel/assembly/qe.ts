import { inverseNormal } from "./inverse-normal";
import { LATENT_STREAM } from "./latent-stream";
import { isPositiveNormal, log, logarithm } from "./logarithm";
import { bytes, choose, gather, mulAdd, mulSub, scatter } from "./pair";
import { philoxUniform } from "./philox";
import { columnAt, constant, splatOf } from "./step-tables";

// One step of Andersen's quadratic-exponential scheme, martingale-corrected: J. Computational Finance 11 (2008), §3.2, §4.2.
// Constants of the step, each followed by its directional derivatives:

/** Mean M0 + M1·v and variance S0 + S1·v of v'. */
const M0 = 0;
const M1 = 1;
const S0 = 2;
const S1 = 3;
/** m = DRIFT + K0 + K1·v + K2·v' without the correction, s² = K3·(v + v'); A = K2 + K3/2. */
const DRIFT = 4;
const K0 = 5;
const K1 = 6;
const K2 = 7;
const K3 = 8;

/** From this s²/m² on the law of v' is an atom at 0 and an exponential, below it a squared normal. */
const SWITCH: f64 = 1.5;

/** Paths of one pass, and its columns, which stay in the first-level cache: what later passes need of each path's step. */
const CHUNK = 256;
const COLUMN_BYTES: usize = CHUNK * 8;
const SCRATCH: usize = memory.data(16 * CHUNK * 8, 16);
const U = SCRATCH;
const Z = SCRATCH + COLUMN_BYTES;
const OLD = SCRATCH + 2 * COLUMN_BYTES;
const MEAN = SCRATCH + 3 * COLUMN_BYTES;
const SQUARE = SCRATCH + 4 * COLUMN_BYTES;
/** Quadratic: v' = scale (b + z)². Exponential: 0 with probability p, else exponential of rate `scale`. */
const SCALE = SCRATCH + 5 * COLUMN_BYTES;
const B_SQUARE = SCRATCH + 6 * COLUMN_BYTES;
/** E[e^{A v'}] exists where `room` is positive, and then is e^tilt/√room, or of an exponential `moment`. */
const ROOM = SCRATCH + 7 * COLUMN_BYTES;
const TILT = SCRATCH + 8 * COLUMN_BYTES;
const MOMENT = SCRATCH + 9 * COLUMN_BYTES;
const LOG_ROOM = SCRATCH + 10 * COLUMN_BYTES;
/** How v' and ln E[e^{A v'}] move with the mean and the variance of v', and with A. */
const NEXT_BY_MEAN = SCRATCH + 11 * COLUMN_BYTES;
const NEXT_BY_SQUARE = SCRATCH + 12 * COLUMN_BYTES;
const LOG_BY_MEAN = SCRATCH + 13 * COLUMN_BYTES;
const LOG_BY_SQUARE = SCRATCH + 14 * COLUMN_BYTES;
const LOG_BY_A = SCRATCH + 15 * COLUMN_BYTES;
/** The paths whose v' is exponential, as offsets into the columns; one more makes them even. */
const EXPONENTIALS: usize = memory.data((CHUNK + 1) * 4, 16);

/** Advances n paths by one step and adds to m and s²; arguments as of hestonStep, and firstPath is even. */
export function qeStep(
  n: i32,
  constants: usize,
  columns: usize,
  directions: i32,
  key0: u32,
  key1: u32,
  firstPath: u32,
  step: u32,
  batch: u32,
): void {
  for (let done = 0; done < n; done += CHUNK) {
    const count = min(n - done, CHUNK);
    const from = bytes(done);
    philoxUniform(U, count, key0, key1, firstPath + done, step, batch, LATENT_STREAM);
    inverseNormal(Z, U, count);
    const exponentials = drawQuadratics(count, constants, columns, directions, from);
    drawExponentials(exponentials, constants, columns, directions, from);
    // Apart, since many short chains overlap where few long ones do not.
    log(LOG_ROOM, LOG_ROOM, count);
    advance(count, constants, columns, directions, from);
    if (directions == 0) continue;
    findQuadraticSlopes(count, constants, directions);
    findExponentialSlopes(exponentials, columns, from);
    for (let j = 1; j <= directions; j++) moveTangents(j, count, constants, columns, directions, from);
  }
}

/** Draws v' of all paths as a squared normal; answers how many are listed as exponentials. */
function drawQuadratics(n: i32, constants: usize, columns: usize, directions: i32, from: usize): usize {
  const m0 = splatOf(constants, directions, M0, 0);
  const m1 = splatOf(constants, directions, M1, 0);
  const s0 = splatOf(constants, directions, S0, 0);
  const s1 = splatOf(constants, directions, S1, 0);
  const a = f64x2.splat(exponentOf(constants, directions));
  const one = f64x2.splat(1);
  const two = f64x2.splat(2);
  // Less than a last bit of anything but 0, by which nothing may be divided.
  const least = f64x2.splat(1e-300);
  const switchOver = f64x2.splat(SWITCH);
  const vColumn = columnAt(columns, 0, from);
  let exponentials: usize = 0;
  for (let at: usize = 0; at < bytes(n); at += 16) {
    const v = v128.load(vColumn + at);
    const mean = mulAdd(m1, v, m0);
    const square = mulAdd(s1, v, s0);
    const meanSquare = f64x2.mul(mean, mean);
    // 2/ψ = 2m²/s²; 1 + b² − 2 A m has the sign of 1 − 2 A scale.
    const inverse = f64x2.div(f64x2.mul(two, meanSquare), square);
    const less = f64x2.sub(inverse, one);
    const bSquare = f64x2.add(less, f64x2.sqrt(f64x2.mul(inverse, less)));
    const above = f64x2.add(one, bSquare);
    const aMean = f64x2.mul(a, mean);
    const rest = f64x2.sub(f64x2.sub(above, f64x2.mul(two, aMean)), least);
    // One division for two: 1/above and 1/rest are this times the other.
    const inverseBoth = f64x2.div(one, f64x2.mul(above, rest));
    const inverseAbove = f64x2.mul(rest, inverseBoth);
    const scale = f64x2.mul(mean, inverseAbove);
    const shifted = f64x2.add(f64x2.sqrt(bSquare), v128.load(Z + at));
    const room = f64x2.mul(rest, inverseAbove);
    v128.store(OLD + at, v);
    v128.store(MEAN + at, mean);
    v128.store(SQUARE + at, square);
    v128.store(SCALE + at, scale);
    v128.store(B_SQUARE + at, bSquare);
    v128.store(ROOM + at, room);
    v128.store(LOG_ROOM + at, room);
    v128.store(TILT + at, f64x2.mul(f64x2.mul(aMean, bSquare), f64x2.mul(above, inverseBoth)));
    v128.store(vColumn + at, f64x2.mul(scale, f64x2.mul(shifted, shifted)));
    const isQuadratic = i64x2.bitmask(f64x2.lt(square, f64x2.mul(switchOver, meanSquare)));
    store<u32>(EXPONENTIALS + (exponentials << 2), <u32>at);
    exponentials += 1 - (isQuadratic & 1);
    store<u32>(EXPONENTIALS + (exponentials << 2), <u32>at + 8);
    exponentials += 1 - (isQuadratic >> 1);
  }
  return exponentials;
}

/** A of E[e^{A v'}]. */
// @ts-ignore: decorator
@inline
function exponentOf(constants: usize, directions: i32): f64 {
  return constant(constants, directions, K2, 0) + 0.5 * constant(constants, directions, K3, 0);
}

/** Draws the listed paths anew, two at a time; an odd last one twice. */
function drawExponentials(count: usize, constants: usize, columns: usize, directions: i32, from: usize): void {
  const a = f64x2.splat(exponentOf(constants, directions));
  const one = f64x2.splat(1);
  const two = f64x2.splat(2);
  const vColumn = columnAt(columns, 0, from);
  if (count > 0) store<u32>(EXPONENTIALS + (count << 2), load<u32>(EXPONENTIALS + ((count - 1) << 2)));
  for (let i: usize = 0; i < count; i += 2) {
    const first: usize = load<u32>(EXPONENTIALS + (i << 2));
    const second: usize = load<u32>(EXPONENTIALS + (i << 2), 4);
    const mean = gather(MEAN + first, MEAN + second);
    const square = gather(SQUARE + first, SQUARE + second);
    const u = gather(U + first, U + second);
    // 1 − p = 2/(1 + ψ), of which the rate is the share 1/m.
    const rate = f64x2.div(f64x2.mul(two, mean), mulAdd(mean, mean, square));
    const rest = f64x2.mul(rate, mean);
    const p = f64x2.sub(one, rest);
    const drawn = f64x2.div(logarithm(f64x2.div(rest, f64x2.sub(one, u))), rate);
    const room = f64x2.sub(rate, a);
    const moment = f64x2.add(p, f64x2.div(f64x2.mul(rate, rest), room));
    scatter(vColumn + first, vColumn + second, v128.and(drawn, f64x2.gt(u, p)));
    scatter(SCALE + first, SCALE + second, rate);
    scatter(ROOM + first, ROOM + second, room);
    scatter(MOMENT + first, MOMENT + second, moment);
    scatter(TILT + first, TILT + second, logarithm(moment));
    scatter(LOG_ROOM + first, LOG_ROOM + second, one);
  }
}

/** Adds the step to m and s². */
function advance(n: i32, constants: usize, columns: usize, directions: i32, from: usize): void {
  const drift = splatOf(constants, directions, DRIFT, 0);
  const k0 = splatOf(constants, directions, K0, 0);
  const k1 = splatOf(constants, directions, K1, 0);
  const k2 = splatOf(constants, directions, K2, 0);
  const k3 = splatOf(constants, directions, K3, 0);
  const half = f64x2.splat(0.5);
  const halfK3 = f64x2.mul(k3, half);
  const vColumn = columnAt(columns, 0, from);
  const meanColumn = columnAt(columns, 1, from);
  const squareColumn = columnAt(columns, 2, from);
  for (let at: usize = 0; at < bytes(n); at += 16) {
    const v = v128.load(OLD + at);
    const next = v128.load(vColumn + at);
    const room = v128.load(ROOM + at);
    const isCorrected = isPositiveNormal(room);
    const logMoment = mulSub(half, v128.load(LOG_ROOM + at), v128.load(TILT + at));
    const corrected = f64x2.neg(mulAdd(halfK3, v, logMoment));
    const level = choose(isCorrected, corrected, mulAdd(k1, v, k0));
    v128.store(ROOM + at, v128.and(isCorrected, room));
    const change = f64x2.add(f64x2.add(drift, level), f64x2.mul(k2, next));
    v128.store(meanColumn + at, f64x2.add(v128.load(meanColumn + at), change));
    v128.store(squareColumn + at, mulAdd(k3, f64x2.add(v, next), v128.load(squareColumn + at)));
  }
}

/** What is the same for every direction, of all paths as squared normals. */
function findQuadraticSlopes(n: i32, constants: usize, directions: i32): void {
  const a = f64x2.splat(exponentOf(constants, directions));
  const one = f64x2.splat(1);
  const half = f64x2.splat(0.5);
  const two = f64x2.splat(2);
  for (let at: usize = 0; at < bytes(n); at += 16) {
    const mean = v128.load(MEAN + at);
    const square = v128.load(SQUARE + at);
    const scale = v128.load(SCALE + at);
    const bSquare = v128.load(B_SQUARE + at);
    const b = f64x2.sqrt(bSquare);
    // b² = i − 1 + √(i (i − 1)) with i = 2m²/s², of which i' = i (2m'/m − (s²)'/s²).
    const inverse = f64x2.div(f64x2.mul(f64x2.mul(two, mean), mean), square);
    const root = f64x2.sub(bSquare, f64x2.sub(inverse, one));
    const byInverse = mulAdd(f64x2.sub(inverse, half), f64x2.div(one, root), one);
    const share = f64x2.mul(inverse, byInverse);
    const bSquareByMean = f64x2.div(f64x2.mul(two, share), mean);
    const bSquareBySquare = f64x2.neg(f64x2.div(share, square));
    const inverseAbove = f64x2.div(one, f64x2.add(one, bSquare));
    const scaleByMean = f64x2.mul(mulSub(scale, bSquareByMean, one), inverseAbove);
    const scaleBySquare = f64x2.neg(f64x2.mul(f64x2.mul(scale, bSquareBySquare), inverseAbove));
    // v' = scale (b + z)².
    const shifted = f64x2.add(b, v128.load(Z + at));
    const byBSquare = f64x2.div(scale, b);
    const nextByMean = f64x2.mul(shifted, mulAdd(scaleByMean, shifted, f64x2.mul(byBSquare, bSquareByMean)));
    const nextBySquare = f64x2.mul(shifted, mulAdd(scaleBySquare, shifted, f64x2.mul(byBSquare, bSquareBySquare)));
    // With P = A scale, ln E = P b²/(1 − 2P) − ½ ln(1 − 2P).
    const inverseRoom = f64x2.div(one, v128.load(ROOM + at));
    const p = f64x2.mul(f64x2.mul(a, scale), inverseRoom);
    const byP = f64x2.mul(inverseRoom, mulAdd(f64x2.mul(two, p), bSquare, f64x2.add(one, bSquare)));
    const byScale = f64x2.mul(a, byP);
    v128.store(NEXT_BY_MEAN + at, nextByMean);
    v128.store(NEXT_BY_SQUARE + at, nextBySquare);
    v128.store(LOG_BY_MEAN + at, mulAdd(byScale, scaleByMean, f64x2.mul(p, bSquareByMean)));
    v128.store(LOG_BY_SQUARE + at, mulAdd(byScale, scaleBySquare, f64x2.mul(p, bSquareBySquare)));
    v128.store(LOG_BY_A + at, f64x2.mul(byP, scale));
  }
}

/** The same of the listed paths, as exponentials. */
function findExponentialSlopes(count: usize, columns: usize, from: usize): void {
  const one = f64x2.splat(1);
  const two = f64x2.splat(2);
  const vColumn = columnAt(columns, 0, from);
  for (let i: usize = 0; i < count; i += 2) {
    const first: usize = load<u32>(EXPONENTIALS + (i << 2));
    const second: usize = load<u32>(EXPONENTIALS + (i << 2), 4);
    const mean = gather(MEAN + first, MEAN + second);
    const square = gather(SQUARE + first, SQUARE + second);
    const rate = gather(SCALE + first, SCALE + second);
    const inverseMean = f64x2.div(one, mean);
    const psi = f64x2.mul(f64x2.mul(square, inverseMean), inverseMean);
    const inverseAbove = f64x2.div(one, f64x2.add(psi, one));
    // p = (ψ − 1)/(ψ + 1), the rate is (1 − p)/m.
    const p = f64x2.mul(f64x2.sub(psi, one), inverseAbove);
    const rest = f64x2.sub(one, p);
    const byPsi = f64x2.mul(f64x2.mul(two, inverseAbove), inverseAbove);
    const pBySquare = f64x2.mul(f64x2.mul(byPsi, inverseMean), inverseMean);
    const pByMean = f64x2.neg(f64x2.mul(f64x2.mul(f64x2.mul(two, byPsi), psi), inverseMean));
    const rateByMean = f64x2.neg(f64x2.mul(f64x2.add(pByMean, rate), inverseMean));
    const rateBySquare = f64x2.neg(f64x2.mul(pBySquare, inverseMean));
    // v' = ln((1 − p)/(1 − u))/rate where u > p.
    const isPositive = f64x2.gt(gather(U + first, U + second), p);
    const inverseRate = f64x2.div(one, rate);
    const byP = f64x2.neg(f64x2.div(inverseRate, rest));
    const byRate = f64x2.neg(f64x2.mul(gather(vColumn + first, vColumn + second), inverseRate));
    const nextByMean = v128.and(mulAdd(byP, pByMean, f64x2.mul(byRate, rateByMean)), isPositive);
    const nextBySquare = v128.and(mulAdd(byP, pBySquare, f64x2.mul(byRate, rateBySquare)), isPositive);
    // E = p + (1 − p) rate/room, room = rate − A.
    const inverseRoom = f64x2.div(one, gather(ROOM + first, ROOM + second));
    const inverseMoment = f64x2.div(one, gather(MOMENT + first, MOMENT + second));
    const share = f64x2.mul(rate, inverseRoom);
    const momentByP = f64x2.sub(one, share);
    const momentByRate = f64x2.mul(f64x2.mul(rest, inverseRoom), momentByP);
    const momentByA = f64x2.mul(f64x2.mul(rest, share), inverseRoom);
    const ofMean = mulAdd(momentByP, pByMean, f64x2.mul(momentByRate, rateByMean));
    const ofSquare = mulAdd(momentByP, pBySquare, f64x2.mul(momentByRate, rateBySquare));
    scatter(NEXT_BY_MEAN + first, NEXT_BY_MEAN + second, nextByMean);
    scatter(NEXT_BY_SQUARE + first, NEXT_BY_SQUARE + second, nextBySquare);
    scatter(LOG_BY_MEAN + first, LOG_BY_MEAN + second, f64x2.mul(ofMean, inverseMoment));
    scatter(LOG_BY_SQUARE + first, LOG_BY_SQUARE + second, f64x2.mul(ofSquare, inverseMoment));
    scatter(LOG_BY_A + first, LOG_BY_A + second, f64x2.mul(momentByA, inverseMoment));
  }
}

/** Moves the tangents of direction j, after the paths themselves. */
function moveTangents(j: i32, n: i32, constants: usize, columns: usize, directions: i32, from: usize): void {
  const m1 = splatOf(constants, directions, M1, 0);
  const s1 = splatOf(constants, directions, S1, 0);
  const k1 = splatOf(constants, directions, K1, 0);
  const k2 = splatOf(constants, directions, K2, 0);
  const k3 = splatOf(constants, directions, K3, 0);
  const dM0 = splatOf(constants, directions, M0, j);
  const dM1 = splatOf(constants, directions, M1, j);
  const dS0 = splatOf(constants, directions, S0, j);
  const dS1 = splatOf(constants, directions, S1, j);
  const dDrift = splatOf(constants, directions, DRIFT, j);
  const dK0 = splatOf(constants, directions, K0, j);
  const dK1 = splatOf(constants, directions, K1, j);
  const dK2 = splatOf(constants, directions, K2, j);
  const dK3 = splatOf(constants, directions, K3, j);
  const half = f64x2.splat(0.5);
  const dA = mulAdd(half, dK3, dK2);
  const zero = f64x2.splat(0);
  const vColumn = columnAt(columns, 0, from);
  const vTangent = columnAt(columns, 3 * j, from);
  const meanTangent = columnAt(columns, 3 * j + 1, from);
  const squareTangent = columnAt(columns, 3 * j + 2, from);
  for (let at: usize = 0; at < bytes(n); at += 16) {
    const v = v128.load(OLD + at);
    const next = v128.load(vColumn + at);
    const dv = v128.load(vTangent + at);
    const dMean = mulAdd(m1, dv, mulAdd(dM1, v, dM0));
    const dSquare = mulAdd(s1, dv, mulAdd(dS1, v, dS0));
    const dNext = mulAdd(v128.load(NEXT_BY_MEAN + at), dMean, f64x2.mul(v128.load(NEXT_BY_SQUARE + at), dSquare));
    const ofLaw = mulAdd(v128.load(LOG_BY_MEAN + at), dMean, f64x2.mul(v128.load(LOG_BY_SQUARE + at), dSquare));
    const dLogMoment = mulAdd(v128.load(LOG_BY_A + at), dA, ofLaw);
    const corrected = f64x2.neg(mulAdd(half, mulAdd(dK3, v, f64x2.mul(k3, dv)), dLogMoment));
    const plain = mulAdd(k1, dv, mulAdd(dK1, v, dK0));
    const dLevel = choose(f64x2.gt(v128.load(ROOM + at), zero), corrected, plain);
    const change = mulAdd(k2, dNext, mulAdd(dK2, next, f64x2.add(dDrift, dLevel)));
    const ofSquare = mulAdd(k3, f64x2.add(dv, dNext), f64x2.mul(dK3, f64x2.add(v, next)));
    v128.store(vTangent + at, dNext);
    v128.store(meanTangent + at, f64x2.add(v128.load(meanTangent + at), change));
    v128.store(squareTangent + at, f64x2.add(v128.load(squareTangent + at), ofSquare));
  }
}
