import { inverseNormal } from "./inverse-normal";
import { LATENT_STREAM } from "./latent-stream";
import { isPositiveNormal, log, logarithm } from "./logarithm";
import { bytes, choose, gather, mulAdd, mulSub, scatter } from "./pair";
import { philoxUniform } from "./philox";
import { columnAt, constant } from "./step-tables";

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
const SCRATCH: usize = memory.data(11 * CHUNK * 8, 16);
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
    for (let j = 1; j <= directions; j++) moveTangents(j, count, constants, columns, directions, from);
  }
}

/** Draws v' of all paths as a squared normal; answers how many are listed as exponentials. */
function drawQuadratics(n: i32, constants: usize, columns: usize, directions: i32, from: usize): usize {
  const m0 = f64x2.splat(constant(constants, directions, M0, 0));
  const m1 = f64x2.splat(constant(constants, directions, M1, 0));
  const s0 = f64x2.splat(constant(constants, directions, S0, 0));
  const s1 = f64x2.splat(constant(constants, directions, S1, 0));
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
  const drift = f64x2.splat(constant(constants, directions, DRIFT, 0));
  const k0 = f64x2.splat(constant(constants, directions, K0, 0));
  const k1 = f64x2.splat(constant(constants, directions, K1, 0));
  const k2 = f64x2.splat(constant(constants, directions, K2, 0));
  const k3 = f64x2.splat(constant(constants, directions, K3, 0));
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

/** Moves the tangents of direction j, after the paths themselves. */
function moveTangents(j: i32, n: i32, constants: usize, columns: usize, directions: i32, from: usize): void {
  const m1 = constant(constants, directions, M1, 0);
  const s1 = constant(constants, directions, S1, 0);
  const k1 = constant(constants, directions, K1, 0);
  const k2 = constant(constants, directions, K2, 0);
  const k3 = constant(constants, directions, K3, 0);
  const a = exponentOf(constants, directions);
  const dM0 = constant(constants, directions, M0, j);
  const dM1 = constant(constants, directions, M1, j);
  const dS0 = constant(constants, directions, S0, j);
  const dS1 = constant(constants, directions, S1, j);
  const dDrift = constant(constants, directions, DRIFT, j);
  const dK0 = constant(constants, directions, K0, j);
  const dK1 = constant(constants, directions, K1, j);
  const dK2 = constant(constants, directions, K2, j);
  const dK3 = constant(constants, directions, K3, j);
  const dA = dK2 + 0.5 * dK3;
  const vColumn = columnAt(columns, 0, from);
  const vTangent = columnAt(columns, 3 * j, from);
  const meanTangent = columnAt(columns, 3 * j + 1, from);
  const squareTangent = columnAt(columns, 3 * j + 2, from);

  for (let at: usize = 0; at < bytes(n); at += 8) {
    const v = load<f64>(OLD + at);
    const next = load<f64>(vColumn + at);
    const mean = load<f64>(MEAN + at);
    const square = load<f64>(SQUARE + at);
    const scale = load<f64>(SCALE + at);
    const room = load<f64>(ROOM + at);
    const isCorrected = room > 0;
    const psi = square / (mean * mean);

    const dv = load<f64>(vTangent + at);
    const dMean = dM0 + dM1 * v + m1 * dv;
    const dSquare = dS0 + dS1 * v + s1 * dv;
    const dPsi = psi * (dSquare / square - (2 * dMean) / mean);
    let dNext: f64 = 0;
    let dLogMoment: f64 = 0;
    if (square < SWITCH * (mean * mean)) {
      const z = load<f64>(Z + at);
      const bSquare = load<f64>(B_SQUARE + at);
      const b = Math.sqrt(bSquare);
      const inverse = 2 / psi;
      const dInverse = -inverse * (dPsi / psi);
      const dbSquare = dInverse * (1 + (2 * inverse - 1) / (2 * Math.sqrt(inverse * (inverse - 1))));
      const db = dbSquare / (2 * b);
      const dScale = (dMean - scale * dbSquare) / (1 + bSquare);
      dNext = (b + z) * (dScale * (b + z) + 2 * scale * db);
      if (isCorrected) {
        const dProduct = dA * scale + a * dScale;
        dLogMoment =
          (dProduct * bSquare + a * scale * dbSquare) / room +
          (2 * a * scale * bSquare * dProduct) / (room * room) +
          dProduct / room;
      }
    } else {
      const u = load<f64>(U + at);
      const p = (psi - 1) / (psi + 1);
      const dp = (2 * dPsi) / ((psi + 1) * (psi + 1));
      const dScale = (-dp - scale * dMean) / mean;
      if (u > p) dNext = -dp / ((1 - p) * scale) - (next * dScale) / scale;
      if (isCorrected) {
        const dMoment =
          dp - (scale * dp) / room + ((1 - p) * dScale) / room - ((1 - p) * scale * (dScale - dA)) / (room * room);
        dLogMoment = dMoment / load<f64>(MOMENT + at);
      }
    }
    const dLevel = isCorrected ? -dLogMoment - 0.5 * (dK3 * v + k3 * dv) : dK0 + dK1 * v + k1 * dv;
    store<f64>(vTangent + at, dNext);
    store<f64>(meanTangent + at, load<f64>(meanTangent + at) + dDrift + dLevel + dK2 * next + k2 * dNext);
    store<f64>(squareTangent + at, load<f64>(squareTangent + at) + dK3 * (v + next) + k3 * (dv + dNext));
  }
}
