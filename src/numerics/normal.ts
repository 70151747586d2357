import { exp, log } from "./elementary.js";
import { type Polynomial, polynomialAt } from "./polynomial.js";

/** Density of the standard normal, φ(x) = e^{−x²/2}/√(2π), to a relative 1e-15 until it underflows (|x| > 38). */
export function normalDensity(x: number): number {
  return INVERSE_ROOT_TWO_PI * expMinusHalfSquare(Math.abs(x));
}

/**
 * Distribution function of the standard normal, Φ(x), to a relative 1e-15 in both tails until it underflows
 * (x < −38): of the complement 1 − Φ(x) ask `normalCdf(-x)`, which does not cancel.
 * Rational approximations of W. J. Cody, Math. Comp. 23 (1969) 631, with the coefficients of ANORM
 * (Algorithm 715, ACM TOMS 19 (1993) 22).
 */
export function normalCdf(x: number): number {
  const y = Math.abs(x);
  if (y <= 0.67448975) return 0.5 + x * ratio(CENTRE, x * x);
  const tail = expMinusHalfSquare(y) * (y <= Math.sqrt(32) ? ratio(SHOULDER, y) : farTail(y));
  return x < 0 ? tail : 1 - tail;
}

/**
 * z with Φ(z) = u for u in (0, 1), to a relative 1e-15 or the rounding of u; ∓Infinity at 0 and 1, NaN outside. The guess of
 * Abramowitz and Stegun (1964), 26.2.23, and two steps of Halley.
 */
export function inverseNormal(u: number): number {
  if (!(u > 0 && u < 1)) return u === 0 ? -Infinity : u === 1 ? Infinity : Number.NaN;
  if (u > 0.5) return -inverseNormal(1 - u);
  const t = Math.sqrt(-2 * log(u));
  let z =
    (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
  for (let step = 0; step < 2; step++) {
    const newton = (normalCdf(z) - u) / normalDensity(z);
    z -= newton / (1 + (z * newton) / 2);
  }
  return z;
}

const INVERSE_ROOT_TWO_PI = 0.3989422804014327;

/** e^{y²/2} Φ(−y) by its asymptotic series in 1/y², which needs no more than this ratio beyond √32. */
function farTail(y: number): number {
  const u = 1 / (y * y);
  return (INVERSE_ROOT_TWO_PI - u * ratio(FAR, u)) / y;
}

/** Squaring y rounds, and the exponential magnifies that error by y²: square a short leading part exactly instead. */
function expMinusHalfSquare(y: number): number {
  if (y > 39) return 0;
  const leading = Math.trunc(y * 16) / 16;
  return exp((-leading * leading) / 2) * exp((-(y - leading) * (y + leading)) / 2);
}

interface Quotient {
  readonly numerator: Polynomial;
  readonly denominator: Polynomial;
}

function ratio({ numerator, denominator }: Quotient, x: number): number {
  return polynomialAt(numerator, x) / polynomialAt(denominator, x);
}

const CENTRE: Quotient = {
  numerator: [
    18154.98125334356, 1067.6894854603709, 161.02823106855587, 2.2352520354606837, 0.06568233791820745,
  ],
  denominator: [45507.78933502673, 10260.932208618979, 976.0985517377767, 47.202581904688245, 1],
};

const SHOULDER: Quotient = {
  numerator: [
    9842.714838383978, 11602.65143764735, 6848.190450536283, 2494.5375852903726, 597.2702763948002,
    93.50665613217785, 8.883149794388377, 0.39894151208813466, 1.0765576773720192e-8,
  ],
  denominator: [
    19685.429676859992, 38912.00328609327, 34900.95272114598, 18615.571640885097, 6485.558298266761,
    1519.3775994075547, 235.387901782625, 22.266688044328117, 1,
  ],
};

const FAR: Quotient = {
  numerator: [
    2.9112874951168793e-5, 0.0014216191932278934, 0.022235277870649807, 0.12740116116024736,
    0.215898534057957, 0.023073441764940174,
  ],
  denominator: [
    7.297515550839662e-5, 0.0037823963320275824, 0.06598813786892856, 0.4682382124808651, 1.284260096144911,
    1,
  ],
};
