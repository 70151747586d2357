import { inverseNormal } from "./inverse-normal";
import { LATENT_STREAM } from "./latent-stream";
import { isPositiveNormal, logarithm } from "./logarithm";
import { bytes, choose, mulAdd } from "./pair";
import { philoxColumns } from "./philox";
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

/** Above this s²/m² the law of v' is an atom at 0 and an exponential, below it a squared normal. */
const SWITCH: f64 = 1.5;

/** Paths of one pass, and its columns: what the tangents need of each path's step. */
const CHUNK = 1024;
const COLUMN_BYTES: usize = CHUNK * 8;
const SCRATCH: usize = memory.data(9 * CHUNK * 8, 16);
const U = SCRATCH;
const Z = SCRATCH + COLUMN_BYTES;
const OLD = SCRATCH + 2 * COLUMN_BYTES;
const MEAN = SCRATCH + 3 * COLUMN_BYTES;
const SQUARE = SCRATCH + 4 * COLUMN_BYTES;
/** Quadratic: v' = scale (b + z)². Exponential: 0 with probability p, else exponential of rate `scale`. */
const SCALE = SCRATCH + 5 * COLUMN_BYTES;
const B_SQUARE = SCRATCH + 6 * COLUMN_BYTES;
/** E[e^{A v'}] exists where `room` is positive, and then, of an exponential, is `moment`. */
const ROOM = SCRATCH + 7 * COLUMN_BYTES;
const MOMENT = SCRATCH + 8 * COLUMN_BYTES;

/** Advances n paths by one step and adds to m and s²; arguments as of hestonStep. */
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
    // The second uniforms are not used, and their column is free until the next pass.
    philoxColumns(U, MOMENT, count, key0, key1, firstPath + done, step, batch, LATENT_STREAM);
    inverseNormal(Z, U, count);
    advance(count, constants, columns, directions, from);
    for (let j = 1; j <= directions; j++) moveTangents(j, count, constants, columns, directions, from);
  }
}

function advance(n: i32, constants: usize, columns: usize, directions: i32, from: usize): void {
  const m0 = f64x2.splat(constant(constants, directions, M0, 0));
  const m1 = f64x2.splat(constant(constants, directions, M1, 0));
  const s0 = f64x2.splat(constant(constants, directions, S0, 0));
  const s1 = f64x2.splat(constant(constants, directions, S1, 0));
  const drift = f64x2.splat(constant(constants, directions, DRIFT, 0));
  const k0 = f64x2.splat(constant(constants, directions, K0, 0));
  const k1 = f64x2.splat(constant(constants, directions, K1, 0));
  const k2 = f64x2.splat(constant(constants, directions, K2, 0));
  const k3 = f64x2.splat(constant(constants, directions, K3, 0));
  const halfK3 = f64x2.mul(k3, f64x2.splat(0.5));
  const a = f64x2.add(k2, halfK3);
  const zero = f64x2.splat(0);
  const half = f64x2.splat(0.5);
  const one = f64x2.splat(1);
  const two = f64x2.splat(2);
  const switchOver = f64x2.splat(SWITCH);

  const vColumn = columnAt(columns, 0, from);
  const meanColumn = columnAt(columns, 1, from);
  const squareColumn = columnAt(columns, 2, from);
  for (let at: usize = 0; at < bytes(n); at += 16) {
    const v = v128.load(vColumn + at);
    const z = v128.load(Z + at);
    const mean = mulAdd(m1, v, m0);
    const square = mulAdd(s1, v, s0);
    const psi = f64x2.div(square, f64x2.mul(mean, mean));
    const isQuadratic = f64x2.le(psi, switchOver);

    const inverse = f64x2.div(two, psi);
    const less = f64x2.sub(inverse, one);
    const bSquare = f64x2.add(less, f64x2.sqrt(f64x2.mul(inverse, less)));
    let scale = f64x2.div(mean, f64x2.add(one, bSquare));
    const shifted = f64x2.add(f64x2.sqrt(bSquare), z);
    let next = f64x2.mul(scale, f64x2.mul(shifted, shifted));
    const product = f64x2.mul(a, scale);
    let room = f64x2.sub(one, f64x2.mul(two, product));
    let logMoment = f64x2.sub(f64x2.div(f64x2.mul(product, bSquare), room), f64x2.mul(half, logarithm(room)));

    if (!i64x2.all_true(isQuadratic)) {
      const u = v128.load(U + at);
      const p = f64x2.div(f64x2.sub(psi, one), f64x2.add(psi, one));
      const rest = f64x2.sub(one, p);
      const rate = f64x2.div(rest, mean);
      const drawn = f64x2.div(logarithm(f64x2.div(rest, f64x2.sub(one, u))), rate);
      const roomOfRate = f64x2.sub(rate, a);
      const moment = f64x2.add(p, f64x2.div(f64x2.mul(rate, rest), roomOfRate));
      next = choose(isQuadratic, next, v128.and(drawn, f64x2.gt(u, p)));
      scale = choose(isQuadratic, scale, rate);
      room = choose(isQuadratic, room, roomOfRate);
      logMoment = choose(isQuadratic, logMoment, logarithm(moment));
      v128.store(MOMENT + at, moment);
    }
    const isCorrected = isPositiveNormal(room);
    const corrected = f64x2.neg(mulAdd(halfK3, v, logMoment));
    const level = choose(isCorrected, corrected, mulAdd(k1, v, k0));

    v128.store(OLD + at, v);
    v128.store(MEAN + at, mean);
    v128.store(SQUARE + at, square);
    v128.store(SCALE + at, scale);
    v128.store(B_SQUARE + at, bSquare);
    v128.store(ROOM + at, choose(isCorrected, room, zero));
    v128.store(vColumn + at, next);
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
  const a = k2 + 0.5 * k3;
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
    if (psi <= SWITCH) {
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
