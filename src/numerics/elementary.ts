// Elementary functions from exact operations (+ − × ÷ √), so that every JavaScript engine gives the same bits: Math.exp and its
// kin may differ in the last one. Whatever a result depends on is computed by these or by the kernel.

/** x². */
export function square(x: number): number {
  return x * x;
}

/** xⁿ for a whole number n, by repeated squaring. */
export function power(x: number, n: number): number {
  if (!Number.isSafeInteger(n)) throw new RangeError(`n must be a whole number, got ${n}`);
  if (n < 0) return 1 / power(x, -n);
  if (n === 0) return 1;
  const half = power(x, Math.floor(n / 2));
  return n % 2 === 0 ? half * half : half * half * x;
}

/** The least power of two, at least 1, that is not below x; Infinity when there is none. */
export function powerOfTwoFrom(x: number): number {
  let result = 1;
  while (result < x) result *= 2;
  return result;
}

const LN2_HIGH = 0.6931471803691238; // n · LN2_HIGH is exact
const LN2_LOW = 1.9082149292705877e-10;
const INVERSE_LN2 = Math.LOG2E;
/** 1.5 · 2^52: added and taken away, it rounds to a whole number. */
const ROUNDER = 6755399441055744;

/** e^x within 1.2 ulp, with subnormal numbers and 0 on underflow and Infinity on overflow: the bits of the kernel's. */
export function exp(x: number): number {
  const bounded = Math.max(-800, Math.min(800, x));
  const n = bounded * INVERSE_LN2 + ROUNDER - ROUNDER;
  const r = bounded - n * LN2_HIGH - n * LN2_LOW;
  const w = r * r;
  const even =
    (((2.7620075880109014e-7 * w + 2.4801521322368428e-5) * w + 0.0013888888917196719) * w +
      0.041666666666624164) *
      w +
    0.5;
  const odd =
    (((2.510037583265786e-8 * w + 2.755726848030982e-6) * w + 0.00019841269863040545) * w +
      0.008333333333330065) *
      w +
    0.16666666666666669;
  const half = Math.trunc(n / 2);
  return ((odd * r + even) * w + r + 1) * powerOfTwo(half) * powerOfTwo(n - half);
}

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/** 2ⁿ for whole n from −1022 to 1023. */
function powerOfTwo(n: number): number {
  words[0] = 0;
  words[1] = (n + 1023) << 20;
  return float[0]!;
}

const SMALLEST_NORMAL = 2.2250738585072014e-308;

/**
 * ln x within 1 ulp, −Infinity at 0, NaN below: the bits of the kernel's.
 * The constants and the form are fdlibm's: Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at
 * SunSoft, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and distribute this software is freely
 * granted, provided that this notice is preserved.
 */
export function log(x: number): number {
  if (!(x > 0 && x < Infinity)) return x === 0 ? -Infinity : x > 0 ? x : Number.NaN;
  const isSubnormal = x < SMALLEST_NORMAL;
  float[0] = isSubnormal ? x * 2 ** 54 : x;
  let k = (words[1]! >>> 20) - 1023 - (isSubnormal ? 54 : 0);
  words[1] = (words[1]! & 0xfffff) | 0x3ff00000;
  let m = float[0];
  if (m >= Math.SQRT2) {
    m /= 2;
    k++;
  }
  const f = m - 1;
  const s = f / (f + 2);
  const z = s * s;
  const w = z * z;
  const odd =
    ((0.14798198605116586 * w + 0.1818357216161805) * w + 0.2857142874366239) * w + 0.6666666666666735;
  const even = (0.15313837699209373 * w + 0.22222198432149784) * w + 0.3999999999940942;
  const halfSquare = f * f * 0.5;
  const small = s * (halfSquare + (even * z + odd) * z) + k * LN2_LOW;
  return k * LN2_HIGH + (f - (halfSquare - small));
}

/** ln(1 + x) within 2 ulp: the logarithm of the rounded sum, and what the rounding left out. */
export function log1p(x: number): number {
  const sum = 1 + x;
  if (!(sum > 0 && sum < Infinity)) return log(sum);
  const rest = x < 1 ? x - (sum - 1) : 1 - (sum - x);
  // ln 1 has no sign, and would lose that of −0.
  return sum === 1 ? x : log(sum) + rest / sum;
}

/** ∛x within 1 ulp, by one step of Newton from e^{ln|x|/3}. */
export function cbrt(x: number): number {
  if (x === 0 || !Number.isFinite(x)) return x;
  const size = Math.abs(x);
  const root = exp(log(size) / 3);
  return Math.sign(x) * (root - (root - size / (root * root)) / 3);
}
