import { logarithmOfAny } from "./logarithm";

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
const CENTRE_SHIFT: f64 = 0.180625;
export const CENTRE_EDGE: f64 = 0.425;
const TAIL_SHIFT: f64 = 1.6;
const FAR_EDGE: f64 = 5;
const DEGREE = 7;

function polynomial(coefficients: usize, x: f64): f64 {
  let sum = load<f64>(coefficients + (DEGREE << 3));
  for (let k = DEGREE - 1; k >= 0; k--) sum = sum * x + load<f64>(coefficients + (<usize>k << 3));
  return sum;
}

/** z with P(Z ≤ z) = u, Z standard normal: relative error at most 1e-15; ∓Infinity at 0 and 1, NaN outside. */
export function as241(u: f64): f64 {
  const q = u - 0.5;
  if (abs(q) <= CENTRE_EDGE) return as241Centre(q);
  const p = min(u, 1 - u);
  if (p == 0) return q < 0 ? -Infinity : Infinity;
  const r = sqrt(-f64x2.extract_lane(logarithmOfAny(f64x2.splat(p)), 0));
  const z =
    r <= FAR_EDGE
      ? polynomial(TAIL_NUMERATOR, r - TAIL_SHIFT) / polynomial(TAIL_DENOMINATOR, r - TAIL_SHIFT)
      : polynomial(FAR_NUMERATOR, r - FAR_EDGE) / polynomial(FAR_DENOMINATOR, r - FAR_EDGE);
  return copysign(z, q);
}

/** The same of q = u − ½, |q| ≤ CENTRE_EDGE, which may be small. */
export function as241Centre(q: f64): f64 {
  const r = CENTRE_SHIFT - q * q;
  return (q * polynomial(CENTRE_NUMERATOR, r)) / polynomial(CENTRE_DENOMINATOR, r);
}
