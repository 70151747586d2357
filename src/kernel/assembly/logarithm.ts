import { STRIDE, allSet, bytes, choose, constant, mulAdd } from "./pair";

// log x = k ln 2 + log m with m in [√½, √2), then fdlibm's e_log.c: with f = m − 1, s = f / (2 + f), z = s²,
// log m = f − f²/2 + s (f²/2 + R(z)), R minimax. Within 1 ulp.
// The constants and the form are fdlibm's: Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at
// SunSoft, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and distribute this software is freely
// granted, provided that this notice is preserved.
const TABLE: usize = memory.data<f64>(
  [
    1.0, // 0
    2.0, // 1
    0.5, // 2
    6.93147180369123816490e-1, // 3: ln 2, high part
    1.90821492927058770002e-10, // 4: ln 2, low part
    6.666666666666735130e-1, // 5: coefficient of z, and so on up to z^7
    3.999999999940941908e-1,
    2.857142874366239149e-1,
    2.222219843214978396e-1,
    1.818357216161805012e-1,
    1.531383769920937332e-1,
    1.479819860511658591e-1,
    4503599627371519.0, // 12: 2^52 + 1023
    2.2250738585072014e-308, // 13: smallest normal number
    Infinity, // 14
    18014398509481984.0, // 15: 2^54
    54.0, // 16
  ],
  16,
);
const ONE = 0;
const TWO = 1;
const HALF = 2;
const LN2_HIGH = 3;
const LN2_LOW = 4;
const POWER = 4; // index of z^k is POWER + k
const EXPONENT_BIAS = 12;
const SMALLEST_NORMAL = 13;
const INFINITE = 14;
const SUBNORMAL_SCALE = 15;
const SUBNORMAL_EXPONENT = 16;

const BITS: usize = memory.data<u64>(
  [
    0x3ff0000000000000 - 0x3fe6a09e667f3bcd, // 0: takes √½ to 1, so that the exponent field splits at √½
    0x3fe6a09e667f3bcd, // 1: √½
    0x000fffffffffffff, // 2: the mantissa field
    0x4330000000000000, // 3: 2^52; or-ed to an integer below 2^52 it makes the f64 2^52 + integer
  ],
  16,
);

/** log x − c ln 2 of positive normal x, with `bias` = 2^52 + 1023 + c. */
// @ts-ignore: decorator
@inline
function biasedLogarithm(x: v128, bias: v128): v128 {
  const shifted = i64x2.add(x, constant(BITS, 0));
  const k = f64x2.sub(v128.or(i64x2.shr_u(shifted, 52), constant(BITS, 3)), bias);
  const m = i64x2.add(v128.and(shifted, constant(BITS, 2)), constant(BITS, 1));
  const f = f64x2.sub(m, constant(TABLE, ONE));
  const s = f64x2.div(f, f64x2.add(f, constant(TABLE, TWO)));
  const z = f64x2.mul(s, s);
  const w = f64x2.mul(z, z);
  let odd = mulAdd(constant(TABLE, POWER + 7), w, constant(TABLE, POWER + 5));
  let even = mulAdd(constant(TABLE, POWER + 6), w, constant(TABLE, POWER + 4));
  odd = mulAdd(odd, w, constant(TABLE, POWER + 3));
  even = mulAdd(even, w, constant(TABLE, POWER + 2));
  odd = mulAdd(odd, w, constant(TABLE, POWER + 1));
  const rest = f64x2.mul(mulAdd(even, z, odd), z);
  const halfSquare = f64x2.mul(f64x2.mul(f, f), constant(TABLE, HALF));
  const small = mulAdd(s, f64x2.add(halfSquare, rest), f64x2.mul(k, constant(TABLE, LN2_LOW)));
  return mulAdd(k, constant(TABLE, LN2_HIGH), f64x2.sub(f, f64x2.sub(halfSquare, small)));
}

/** Whether `logarithm` may be used: x is positive, normal and finite. False for NaN. */
// @ts-ignore: decorator
@inline
export function isPositiveNormal(x: v128): v128 {
  return v128.and(
    f64x2.le(constant(TABLE, SMALLEST_NORMAL), x),
    f64x2.lt(x, constant(TABLE, INFINITE)),
  );
}

/** log x of positive normal x. */
// @ts-ignore: decorator
@inline
export function logarithm(x: v128): v128 {
  return biasedLogarithm(x, constant(TABLE, EXPONENT_BIAS));
}

/** log x of any x: −Infinity at 0, NaN below, right for subnormal numbers. */
export function logarithmOfAny(x: v128): v128 {
  const zero = f64x2.splat(0);
  const subnormal = f64x2.lt(x, constant(TABLE, SMALLEST_NORMAL));
  const scaled = choose(subnormal, f64x2.mul(x, constant(TABLE, SUBNORMAL_SCALE)), x);
  const bias = f64x2.add(
    constant(TABLE, EXPONENT_BIAS),
    v128.and(subnormal, constant(TABLE, SUBNORMAL_EXPONENT)),
  );
  const y = biasedLogarithm(scaled, bias);
  const finite = choose(f64x2.eq(x, zero), f64x2.neg(constant(TABLE, INFINITE)), y);
  const upToInfinity = choose(f64x2.eq(x, constant(TABLE, INFINITE)), x, finite);
  // 0/0 is NaN; `ge` is false for NaN and for negative x.
  return choose(f64x2.ge(x, zero), upToInfinity, f64x2.div(zero, zero));
}

/** out = log x. Within 1 ulp for every positive x, else as `logarithmOfAny`. */
export function log(out: usize, x: usize, n: i32): void {
  for (const end = x + bytes(n); x < end; x += STRIDE, out += STRIDE) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    const x2 = v128.load(x, 32);
    const x3 = v128.load(x, 48);
    if (allSet(isPositiveNormal(x0), isPositiveNormal(x1), isPositiveNormal(x2), isPositiveNormal(x3))) {
      const y0 = logarithm(x0);
      const y1 = logarithm(x1);
      const y2 = logarithm(x2);
      const y3 = logarithm(x3);
      v128.store(out, y0);
      v128.store(out, y1, 16);
      v128.store(out, y2, 32);
      v128.store(out, y3, 48);
    } else {
      v128.store(out, logarithmOfAny(x0));
      v128.store(out, logarithmOfAny(x1), 16);
      v128.store(out, logarithmOfAny(x2), 32);
      v128.store(out, logarithmOfAny(x3), 48);
    }
  }
}
