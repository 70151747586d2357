import { logarithm, logarithmOfAny } from "./logarithm";
import { STRIDE, bytes, choose, constant, mulAdd, mulSub } from "./pair";

// Wichura's AS241 (Applied Statistics 37, 1988, 477–484), routine PPND16: a rational function of 0.180625 − q² in the
// centre |q| ≤ 0.425, q = u − ½; of r − 1.6 with r = √(−log min(u, 1 − u)) in the tails; of r − 5 in the far tails.

const CENTRE_NUMERATOR: usize = memory.data<f64>(
  [
    3.3871328727963666080, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
    4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3,
  ],
  16,
);
const CENTRE_DENOMINATOR: usize = memory.data<f64>(
  [
    1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3, 2.1213794301586595867e4,
    3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3,
  ],
  16,
);
const TAIL_NUMERATOR: usize = memory.data<f64>(
  [
    1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
    1.27045825245236838258, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4,
  ],
  16,
);
const TAIL_DENOMINATOR: usize = memory.data<f64>(
  [
    1.0, 2.05319162663775882187, 1.67638483018380384940, 6.89767334985100004550e-1, 1.48103976427480074590e-1,
    1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
  ],
  16,
);
const FAR_NUMERATOR: usize = memory.data<f64>(
  [
    6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 2.96560571828504891230e-1,
    2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
  ],
  16,
);
const FAR_DENOMINATOR: usize = memory.data<f64>(
  [
    1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2, 7.86869131145613259100e-4,
    1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
  ],
  16,
);
const TABLE: usize = memory.data<f64>([0.5, 1.0, 0.180625, 0.425, 1.6, 5.0], 16);
const HALF = 0;
const ONE = 1;
const CENTRE_SHIFT = 2;
const CENTRE_EDGE = 3;
const TAIL_SHIFT = 4;
const FAR_EDGE = 5;

/** Tails of at most this many numbers are gathered at a time. */
const CHUNK = 1024;
/** The gathered u of the tails, and where their results belong. One further group of eight pads the lists. */
const TAIL_U: usize = memory.data((CHUNK + 8) * 8, 16);
const TAIL_PLACE: usize = memory.data((CHUNK + 8) * 4, 16);
const NOWHERE: usize = memory.data(8, 16);

/** A ratio of two polynomials of degree 7. */
// @ts-ignore: decorator
@inline
function rational(numerator: usize, denominator: usize, x: v128): v128 {
  let above = constant(numerator, 7);
  let below = constant(denominator, 7);
  above = mulAdd(above, x, constant(numerator, 6));
  below = mulAdd(below, x, constant(denominator, 6));
  above = mulAdd(above, x, constant(numerator, 5));
  below = mulAdd(below, x, constant(denominator, 5));
  above = mulAdd(above, x, constant(numerator, 4));
  below = mulAdd(below, x, constant(denominator, 4));
  above = mulAdd(above, x, constant(numerator, 3));
  below = mulAdd(below, x, constant(denominator, 3));
  above = mulAdd(above, x, constant(numerator, 2));
  below = mulAdd(below, x, constant(denominator, 2));
  above = mulAdd(above, x, constant(numerator, 1));
  below = mulAdd(below, x, constant(denominator, 1));
  above = mulAdd(above, x, constant(numerator, 0));
  below = mulAdd(below, x, constant(denominator, 0));
  return f64x2.div(above, below);
}

// @ts-ignore: decorator
@inline
function centre(u: v128): v128 {
  const q = f64x2.sub(u, constant(TABLE, HALF));
  const r = mulSub(q, q, constant(TABLE, CENTRE_SHIFT));
  return f64x2.mul(q, rational(CENTRE_NUMERATOR, CENTRE_DENOMINATOR, r));
}

// @ts-ignore: decorator
@inline
function isTail(u: v128): v128 {
  return f64x2.gt(f64x2.abs(f64x2.sub(u, constant(TABLE, HALF))), constant(TABLE, CENTRE_EDGE));
}

// @ts-ignore: decorator
@inline
function smallerTail(u: v128): v128 {
  return f64x2.pmin(u, f64x2.sub(constant(TABLE, ONE), u));
}

/** √(−log p) of the smaller tail probability p. */
// @ts-ignore: decorator
@inline
function tailRoot(u: v128): v128 {
  return f64x2.sqrt(f64x2.neg(logarithm(smallerTail(u))));
}

// @ts-ignore: decorator
@inline
function isFar(root: v128): v128 {
  return f64x2.gt(root, constant(TABLE, FAR_EDGE));
}

/** |z| of a tail that is not far. */
// @ts-ignore: decorator
@inline
function tail(root: v128): v128 {
  return rational(TAIL_NUMERATOR, TAIL_DENOMINATOR, f64x2.sub(root, constant(TABLE, TAIL_SHIFT)));
}

/** |z| in lanes of the far tail, z elsewhere; Infinity where u is 0 or 1. */
function farTail(u: v128, z: v128): v128 {
  const p = smallerTail(u);
  const root = f64x2.sqrt(f64x2.neg(logarithmOfAny(p)));
  const far = rational(FAR_NUMERATOR, FAR_DENOMINATOR, f64x2.sub(root, constant(TABLE, FAR_EDGE)));
  const reached = choose(f64x2.eq(p, f64x2.splat(0)), f64x2.splat(Infinity), far);
  return choose(isFar(root), reached, z);
}

/** z with the sign of u − ½. */
// @ts-ignore: decorator
@inline
function signed(z: v128, u: v128): v128 {
  return choose(i64x2.splat(i64.MAX_VALUE), z, f64x2.sub(u, constant(TABLE, HALF)));
}

/** The inverse of the standard normal distribution function at one u, with the bits of `inverseNormal`. */
export function inverseNormalScalar(u: f64): f64 {
  const pair = f64x2.splat(u);
  if (!v128.any_true(isTail(pair))) return f64x2.extract_lane(centre(pair), 0);
  const root = tailRoot(pair);
  return f64x2.extract_lane(signed(farTail(pair, tail(root)), pair), 0);
}

/**
 * out = z with P(Z ≤ z) = u, Z standard normal: relative error at most 1e-15 for normal u in (0, 1); 0 and 1 give
 * ∓Infinity, anything outside [0, 1] NaN.
 */
export function inverseNormal(out: usize, u: usize, n: i32): void {
  for (; n > CHUNK; n -= CHUNK, out += CHUNK * 8, u += CHUNK * 8) inverseNormalChunk(out, u, CHUNK);
  inverseNormalChunk(out, u, n);
}

/** All numbers take the centre's formula without a branch; the tails' numbers are listed and done over, densely. */
function inverseNormalChunk(out: usize, u: usize, n: i32): void {
  const tails = centralPass(out, u, n);
  for (let j: usize = 0; j < 8; j++) {
    store<f64>(TAIL_U + ((tails + j) << 3), 0.01);
    store<usize>(TAIL_PLACE + ((tails + j) << 2), NOWHERE);
  }
  tailPass(tails);
}

/** Returns the number of tails listed. */
function centralPass(out: usize, u: usize, n: i32): usize {
  let tails: usize = 0;
  for (const end = u + bytes(n); u < end; u += STRIDE, out += STRIDE) {
    const u0 = v128.load(u);
    const u1 = v128.load(u, 16);
    const u2 = v128.load(u, 32);
    const u3 = v128.load(u, 48);
    const z0 = centre(u0);
    const z1 = centre(u1);
    const z2 = centre(u2);
    const z3 = centre(u3);
    v128.store(out, z0);
    v128.store(out, z1, 16);
    v128.store(out, z2, 32);
    v128.store(out, z3, 48);
    tails = listTails(tails, u0, out);
    tails = listTails(tails, u1, out + 16);
    tails = listTails(tails, u2, out + 32);
    tails = listTails(tails, u3, out + 48);
  }
  return tails;
}

/** Writes both lanes behind the list, and lets the list grow over those that are tails. */
// @ts-ignore: decorator
@inline
function listTails(tails: usize, u: v128, out: usize): usize {
  const mask = <usize>i64x2.bitmask(isTail(u));
  store<usize>(TAIL_PLACE + (tails << 2), out);
  v128.store64_lane(TAIL_U + (tails << 3), u, 0);
  tails += mask & 1;
  store<usize>(TAIL_PLACE + (tails << 2), out + 8);
  v128.store64_lane(TAIL_U + (tails << 3), u, 1);
  return tails + (mask >> 1);
}

function tailPass(tails: usize): void {
  for (let j: usize = 0; j < tails; j += 8) {
    const from = TAIL_U + (j << 3);
    const place = TAIL_PLACE + (j << 2);
    const u0 = v128.load(from);
    const u1 = v128.load(from, 16);
    const u2 = v128.load(from, 32);
    const u3 = v128.load(from, 48);
    const r0 = tailRoot(u0);
    const r1 = tailRoot(u1);
    const r2 = tailRoot(u2);
    const r3 = tailRoot(u3);
    let z0 = tail(r0);
    let z1 = tail(r1);
    let z2 = tail(r2);
    let z3 = tail(r3);
    if (v128.any_true(v128.or(v128.or(isFar(r0), isFar(r1)), v128.or(isFar(r2), isFar(r3))))) {
      z0 = farTail(u0, z0);
      z1 = farTail(u1, z1);
      z2 = farTail(u2, z2);
      z3 = farTail(u3, z3);
    }
    scatter(place, signed(z0, u0));
    scatter(place + 8, signed(z1, u1));
    scatter(place + 16, signed(z2, u2));
    scatter(place + 24, signed(z3, u3));
  }
}

// @ts-ignore: decorator
@inline
function scatter(place: usize, z: v128): void {
  v128.store64_lane(load<usize>(place), z, 0);
  v128.store64_lane(load<usize>(place, 4), z, 1);
}
