// Sine and cosine with the same bits in every JavaScript engine, as elementary.ts.
// The polynomials and the reduction are fdlibm's: Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at
// SunSoft, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and distribute this software is freely
// granted, provided that this notice is preserved.

/** sin x within 1 ulp for |x| <= 1e5; throws RangeError beyond. */
export function sin(x: number): number {
  return ofQuarter(x, 0);
}

/** cos x within 1 ulp for |x| <= 1e5; throws RangeError beyond. */
export function cos(x: number): number {
  return ofQuarter(x, 1);
}

/** tan x within 3 ulp, as sine over cosine. */
export function tan(x: number): number {
  return sin(x) / cos(x);
}

// π/2 in three parts, of which the first two have 33 bits: their products with a count of quarters are exact.
const QUARTER = 1.5707963267341256;
const QUARTER_MIDDLE = 6.077100506303966e-11;
const QUARTER_LOW = 2.0222662487959506e-21;
const QUARTERS_IN_ONE = 0.6366197723675814;

/** sin(x + shift · π/2). */
function ofQuarter(x: number, shift: number): number {
  if (Math.abs(x) > 1e5) throw new RangeError(`x must be within ±1e5, got ${x}`);
  const n = Math.round(x * QUARTERS_IN_ONE);
  const high = x - n * QUARTER;
  const middle = high - n * QUARTER_MIDDLE;
  const low = n * QUARTER_LOW - (high - middle - n * QUARTER_MIDDLE);
  const r = middle - low;
  const rest = middle - r - low;
  const quarter = (((n + shift) % 4) + 4) % 4;
  const value = quarter % 2 === 0 ? reducedSine(r, rest) : reducedCosine(r, rest);
  return quarter < 2 ? value : -value;
}

/** sin(x + rest) for |x| <= π/4. */
function reducedSine(x: number, rest: number): number {
  const z = x * x;
  const v = z * x;
  const r =
    0.00833333333332249 +
    z *
      (-0.0001984126982985795 +
        z * (2.7557313707070068e-6 + z * (-2.5050760253406863e-8 + z * 1.58969099521155e-10)));
  return x - (z * (0.5 * rest - v * r) - rest - v * -0.16666666666666632);
}

/** cos(x + rest) for |x| <= π/4. */
function reducedCosine(x: number, rest: number): number {
  const z = x * x;
  const w = z * z;
  const r =
    z * (0.0416666666666666 + z * (-0.001388888888887411 + z * 2.480158728947673e-5)) +
    w * w * (-2.7557314351390663e-7 + z * (2.087572321298175e-9 + z * -1.1359647557788195e-11));
  const half = 0.5 * z;
  const leading = 1 - half;
  return leading + (1 - leading - half + (z * r - x * rest));
}
