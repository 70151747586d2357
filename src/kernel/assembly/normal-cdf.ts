import { exponentialOfAny, exponentialOfSum, isOrdinaryExponent } from "./exponential";
import { FARTHEST, tailRatio } from "./mills-ratio";
import { STRIDE, allSet, bytes, choose, constant, mulAdd, mulSub } from "./pair";

// Φ(−y) = e^{−y²/2} R(y) for y ≥ 0, without branches, and Φ(y) = 1 − Φ(−y).
const TABLE: usize = memory.data<f64>(
  [
    0.0, // 0
    1.0, // 1
    -0.5, // 2
    FARTHEST, // 3: beyond it Φ(−y) is below the smallest number
  ],
  16,
);
const ZERO = 0;
const ONE = 1;
const MINUS_HALF = 2;
const LAST = 3;

/** The leading 26 bits of the mantissa: a number cut to them has an exact square. */
const LEADING: usize = memory.data<u64>([0xfffffffff8000000], 16);

/** |x|, cut where the tail vanishes. */
// @ts-ignore: decorator
@inline
function distance(x: v128): v128 {
  return f64x2.pmin(f64x2.abs(x), constant(TABLE, LAST));
}

// The rounding of y² would be magnified by y²/2 in the exponential: y = h + r with h² exact, y² = h² + r (y + h).

// @ts-ignore: decorator
@inline
function leading(y: v128): v128 {
  return v128.and(y, constant(LEADING, 0));
}

// @ts-ignore: decorator
@inline
function leadingExponent(h: v128): v128 {
  return f64x2.mul(f64x2.mul(h, h), constant(TABLE, MINUS_HALF));
}

// @ts-ignore: decorator
@inline
function trailingExponent(y: v128, h: v128): v128 {
  return f64x2.mul(f64x2.mul(f64x2.sub(y, h), f64x2.add(y, h)), constant(TABLE, MINUS_HALF));
}

/** e^{−y²/2} where that is a normal number. */
// @ts-ignore: decorator
@inline
function bell(y: v128): v128 {
  const h = leading(y);
  return exponentialOfSum(leadingExponent(h), trailingExponent(y, h));
}

/** Φ(x), given Φ(−|x|). */
// @ts-ignore: decorator
@inline
function ofSide(x: v128, tail: v128): v128 {
  return choose(f64x2.lt(x, constant(TABLE, ZERO)), tail, f64x2.sub(constant(TABLE, ONE), tail));
}

/** Whether the tail of x is a normal number, so that `bell` may be used. False for NaN. */
// @ts-ignore: decorator
@inline
function isOrdinary(y: v128): v128 {
  return isOrdinaryExponent(leadingExponent(y));
}

/** Φ of any number: with a tail that is subnormal or 0, or NaN. */
function normalCdfOfAny(x: v128): v128 {
  const y = distance(x);
  const h = leading(y);
  const one = constant(TABLE, ONE);
  // e^t of the small rest t is 1 + t + t²/2.
  const t = trailingExponent(y, h);
  const correction = mulAdd(t, mulSub(t, constant(TABLE, MINUS_HALF), one), one);
  const farBell = f64x2.mul(exponentialOfAny(leadingExponent(h)), correction);
  return ofSide(x, f64x2.mul(choose(isOrdinary(y), bell(y), farBell), tailRatio(y)));
}

/**
 * out = Φ(x), the probability that a standard normal number is at most x: relative error at most 1.2e-15 in both tails, as
 * far as Φ is a normal number; subnormal numbers and 0 below −37.5, NaN of NaN.
 */
export function normalCdf(out: usize, x: usize, n: i32): void {
  for (const end = x + bytes(n); x < end; x += STRIDE, out += STRIDE) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    const x2 = v128.load(x, 32);
    const x3 = v128.load(x, 48);
    const y0 = distance(x0);
    const y1 = distance(x1);
    const y2 = distance(x2);
    const y3 = distance(x3);
    if (allSet(isOrdinary(y0), isOrdinary(y1), isOrdinary(y2), isOrdinary(y3))) {
      const m0 = tailRatio(y0);
      const m1 = tailRatio(y1);
      const m2 = tailRatio(y2);
      const m3 = tailRatio(y3);
      const b0 = bell(y0);
      const b1 = bell(y1);
      const b2 = bell(y2);
      const b3 = bell(y3);
      v128.store(out, ofSide(x0, f64x2.mul(m0, b0)));
      v128.store(out, ofSide(x1, f64x2.mul(m1, b1)), 16);
      v128.store(out, ofSide(x2, f64x2.mul(m2, b2)), 32);
      v128.store(out, ofSide(x3, f64x2.mul(m3, b3)), 48);
    } else {
      v128.store(out, normalCdfOfAny(x0));
      v128.store(out, normalCdfOfAny(x1), 16);
      v128.store(out, normalCdfOfAny(x2), 32);
      v128.store(out, normalCdfOfAny(x3), 48);
    }
  }
}
