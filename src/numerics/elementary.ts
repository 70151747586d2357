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

/** 1.5 · 2^52: added and taken away, it rounds to a whole number. */
const ROUNDER = 6755399441055744;
/** ln 2 in two parts: whole multiples of the first are exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** 2^(j/64). */
const ROOTS = [
  // biome-ignore-start lint/suspicious/noApproximativeNumericConstant: √2 is one of a table
  1.0, 1.0108892860517005, 1.0218971486541166, 1.0330248790212284, 1.0442737824274138, 1.0556451783605572,
  1.0671404006768237, 1.0787607977571199, 1.0905077326652577, 1.102382583307841, 1.1143867425958924,
  1.1265216186082418, 1.1387886347566916, 1.1511892299529827, 1.1637248587775775, 1.1763969916502812,
  1.189207115002721, 1.202156731452703, 1.215247359980469, 1.22848053610687, 1.241857812073484,
  1.255380757024691, 1.2690509571917332, 1.2828700160787783, 1.2968395546510096, 1.3109612115247644,
  1.3252366431597413, 1.339667524053303, 1.3542555469368927, 1.3690024229745905, 1.383909881963832,
  1.3989796725383112, 1.4142135623730951, 1.42961333839197, 1.4451808069770467, 1.460917794180647,
  1.4768261459394993, 1.4929077282912648, 1.5091644275934228, 1.5255981507445384, 1.5422108254079407,
  1.559004400237837, 1.5759808451078865, 1.593142151342267, 1.6104903319492543, 1.6280274218573478,
  1.645755478153965, 1.6636765803267364, 1.681792830507429, 1.7001063537185235, 1.718619298122478,
  1.7373338352737062, 1.7562521603732995, 1.7753764925265212, 1.7947090750031072, 1.8142521755003989,
  1.8340080864093424, 1.8539791250833855, 1.8741676341103, 1.8945759815869656, 1.9152065613971474,
  1.9360617934922943, 1.9571441241754002,
  1.978456026387951,
  // biome-ignore-end lint/suspicious/noApproximativeNumericConstant: √2 is one of a table
];
const STEPS_PER_UNIT = 92.33248261689366; // 64 / ln 2

/**
 * e^x within 1.1 ulp, with subnormal numbers and 0 on underflow and Infinity on overflow: the bits of the kernel's.
 * With x = n ln 2 / 64 + r it is 2^(n/64) e^r: a root, a power of two and a polynomial; Tang, ACM TOMS 15 (1989).
 */
export function exp(x: number): number {
  const bounded = Math.max(-800, Math.min(800, x));
  const n = bounded * STEPS_PER_UNIT + ROUNDER - ROUNDER;
  const r = bounded - n * (LN2_HIGH / 64) - n * (LN2_LOW / 64);
  const w = r * r;
  const high = 0.008333339368964238 * r + 0.04166670891608746;
  const low = 0.1666666666666437 * r + 0.49999999999983935;
  const lessOne = (high * w + low) * w + r;
  const j = n & 63;
  const root = ROOTS[j]!;
  const exponent = (n - j) / 64;
  const half = Math.trunc(exponent / 2);
  return (root * lessOne + root) * powerOfTwo(half) * powerOfTwo(exponent - half);
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
