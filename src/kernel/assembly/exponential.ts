import { STRIDE, allSet, bytes, constant, mulAdd, mulSub } from "./pair";

// exp x = 2^n exp r with n = round(x / ln 2): Cody and Waite's reduction, ln 2 in two parts so that n·LN2_HIGH is exact,
// then a minimax polynomial of degree 11 for exp r on |r| ≤ ln 2 / 2, even and odd powers apart. Within 1.2 ulp.
const TABLE: usize = memory.data<f64>(
  [
    1.4426950408889634, // 0: 1 / ln 2
    6755399441055744.0, // 1: 1.5·2^52; added, it rounds to an integer and leaves that integer in the low bits
    6.93147180369123816490e-1, // 2: ln 2, high part
    1.90821492927058770002e-10, // 3: ln 2, low part
    1.0, // 4
    0.5, // 5: coefficient of r^2, and so on up to r^11
    0.16666666666666669,
    0.041666666666624164,
    0.008333333333330065,
    0.0013888888917196719,
    0.00019841269863040545,
    2.4801521322368428e-5,
    2.755726848030982e-6,
    2.7620075880109014e-7,
    2.510037583265786e-8,
    708.0, // 15: exp x is an ordinary number for |x| up to here
    800.0, // 16: beyond ±800 the result is Infinity or 0
  ],
  16,
);
const INVERSE_LN2 = 0;
const ROUNDER = 1;
const LN2_HIGH = 2;
const LN2_LOW = 3;
const ONE = 4;
const POWER = 3; // index of r^k is POWER + k
const ORDINARY = 15;
const BEYOND = 16;

// @ts-ignore: decorator
@inline
function roundedQuotient(x: v128): v128 {
  return mulAdd(x, constant(TABLE, INVERSE_LN2), constant(TABLE, ROUNDER));
}

/** x − n ln 2. */
// @ts-ignore: decorator
@inline
function remainder(x: v128, n: v128): v128 {
  return mulSub(n, constant(TABLE, LN2_LOW), mulSub(n, constant(TABLE, LN2_HIGH), x));
}

/** exp r of a remainder, in [0.7, 1.42]. */
// @ts-ignore: decorator
@inline
function reducedExponential(r: v128): v128 {
  const w = f64x2.mul(r, r);
  let even = mulAdd(constant(TABLE, POWER + 10), w, constant(TABLE, POWER + 8));
  let odd = mulAdd(constant(TABLE, POWER + 11), w, constant(TABLE, POWER + 9));
  even = mulAdd(even, w, constant(TABLE, POWER + 6));
  odd = mulAdd(odd, w, constant(TABLE, POWER + 7));
  even = mulAdd(even, w, constant(TABLE, POWER + 4));
  odd = mulAdd(odd, w, constant(TABLE, POWER + 5));
  even = mulAdd(even, w, constant(TABLE, POWER + 2));
  odd = mulAdd(odd, w, constant(TABLE, POWER + 3));
  return f64x2.add(mulAdd(mulAdd(odd, r, even), w, r), constant(TABLE, ONE));
}

/** Whether `exponential` may be used: |x| ≤ 708. False for NaN. */
// @ts-ignore: decorator
@inline
export function isOrdinaryExponent(x: v128): v128 {
  return f64x2.le(f64x2.abs(x), constant(TABLE, ORDINARY));
}

/** exp x of ordinary exponents. */
// @ts-ignore: decorator
@inline
export function exponential(x: v128): v128 {
  const t = roundedQuotient(x);
  const y = reducedExponential(remainder(x, f64x2.sub(t, constant(TABLE, ROUNDER))));
  return i64x2.add(y, i64x2.shl(t, 52));
}

/** exp(x + rest) of ordinary exponents x and a rest below 1e-4, which may be too small to change the bits of x. */
// @ts-ignore: decorator
@inline
export function exponentialOfSum(x: v128, rest: v128): v128 {
  const t = roundedQuotient(x);
  const r = remainder(x, f64x2.sub(t, constant(TABLE, ROUNDER)));
  return i64x2.add(reducedExponential(f64x2.add(r, rest)), i64x2.shl(t, 52));
}

/** exp x of any x: Infinity on overflow, subnormal numbers and 0 on underflow, NaN of NaN. */
export function exponentialOfAny(x: v128): v128 {
  // pmin and pmax return their first argument when it is NaN.
  const bounded = f64x2.pmax(f64x2.pmin(x, constant(TABLE, BEYOND)), f64x2.neg(constant(TABLE, BEYOND)));
  const n = f64x2.sub(roundedQuotient(bounded), constant(TABLE, ROUNDER));
  const half = f64x2.nearest(f64x2.mul(n, f64x2.splat(0.5)));
  return f64x2.mul(f64x2.mul(reducedExponential(remainder(bounded, n)), powerOfTwo(half)), powerOfTwo(f64x2.sub(n, half)));
}

// @ts-ignore: decorator
@inline
function powerOfTwo(n: v128): v128 {
  return i64x2.add(constant(TABLE, ONE), i64x2.shl(f64x2.add(n, constant(TABLE, ROUNDER)), 52));
}

/** out = exp x. Within 1.2 ulp for every x whose exponential is a normal number, else as `exponentialOfAny`. */
export function exp(out: usize, x: usize, n: i32): void {
  for (const end = x + bytes(n); x < end; x += STRIDE, out += STRIDE) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    const x2 = v128.load(x, 32);
    const x3 = v128.load(x, 48);
    if (allSet(isOrdinaryExponent(x0), isOrdinaryExponent(x1), isOrdinaryExponent(x2), isOrdinaryExponent(x3))) {
      const y0 = exponential(x0);
      const y1 = exponential(x1);
      const y2 = exponential(x2);
      const y3 = exponential(x3);
      v128.store(out, y0);
      v128.store(out, y1, 16);
      v128.store(out, y2, 32);
      v128.store(out, y3, 48);
    } else {
      v128.store(out, exponentialOfAny(x0));
      v128.store(out, exponentialOfAny(x1), 16);
      v128.store(out, exponentialOfAny(x2), 32);
      v128.store(out, exponentialOfAny(x3), 48);
    }
  }
}
