import { millsRatio } from "./mills-ratio";

// Derivatives of random variates in their parameters with the probability held fixed: ∂x/∂θ = −(∂F/∂θ)/f.

/** ∂G/∂α of a gamma variate G of shape α. */
export function gammaTangent(shape: f64, gamma: f64): f64 {
  return shape > 50 ? largeGammaTangent(shape, gamma) : smallGammaTangent(shape, gamma);
}

/** The series of the incomplete gamma function, differentiated: G Σ t_n (ψ(α + n + 1) − ln G), t_n = G^n / (α)_{n+1}. */
function smallGammaTangent(shape: f64, gamma: f64): f64 {
  let term = 1 / shape;
  let digammaLessLog = digamma(shape + 1) - Math.log(gamma);
  let sum: f64 = 0;
  for (let n = 1; n < 2000; n++) {
    const added = term * digammaLessLog;
    sum += added;
    const next = shape + n;
    if (gamma < next && Math.abs(added) < 1e-17 * Math.abs(sum)) break;
    term *= gamma / next;
    digammaLessLog += 1 / next;
  }
  return gamma * sum;
}

/** From the Cornish-Fisher expansion of the quantile, whose normal z is found by Newton's method. */
export function largeGammaTangent(shape: f64, gamma: f64): f64 {
  const root = Math.sqrt(shape);
  const target = (gamma - shape) / root;
  const h = 1 / root;
  let z = 3 * root * (Math.cbrt(gamma / shape) - 1 + 1 / (9 * shape));
  for (let i = 0; i < 3; i++) {
    const q = z * z;
    const value =
      z +
      h *
        ((q - 1) / 3 +
          h *
            ((z * (q - 7)) / 36 +
              h * (-((3 * q + 7) * q - 16) / 810 + (h * z * ((9 * q + 256) * q - 433)) / 38880)));
    const slope =
      1 +
      h *
        ((2 * z) / 3 +
          h *
            ((3 * q - 7) / 36 +
              h * ((-z * (12 * q + 14)) / 810 + (h * ((45 * q + 768) * q - 433)) / 38880)));
    z -= (value - target) / slope;
  }
  const q = z * z;
  const h2 = h * h;
  return (
    1 +
    h *
      (0.5 * z +
        h2 *
          ((-z * (q - 7)) / 72 +
            h * (((3 * q + 7) * q - 16) / 810 - (h * z * ((9 * q + 256) * q - 433)) / 25920)))
  );
}

/** ψ(x), x > 0: recurrence up to 8, then the asymptotic series. */
export function digamma(x: f64): f64 {
  let shift: f64 = 0;
  while (x < 8) {
    shift -= 1 / x;
    x += 1;
  }
  const f = 1 / (x * x);
  const series =
    f * (1.0 / 12 - f * (1.0 / 120 - f * (1.0 / 252 - f * (1.0 / 240 - f * (1.0 / 132 - (f * 691) / 32760)))));
  return shift + Math.log(x) - 0.5 / x - series;
}

/** ψ'(x), x > 0, in the same way. */
export function trigamma(x: f64): f64 {
  let shift: f64 = 0;
  while (x < 10) {
    shift += 1 / (x * x);
    x += 1;
  }
  const f = 1 / (x * x);
  const series =
    f * (1.0 / 6 - f * (1.0 / 30 - f * (1.0 / 42 - f * (1.0 / 30 - f * (5.0 / 66 - f * (691.0 / 2730 - (f * 7) / 6))))));
  return shift + 1 / x + 0.5 * f + series / x;
}

/** ∂²Y/∂φ² at fixed probability, from ∂Y/∂φ = U(φ, Y): ∂U/∂φ + U ∂U/∂Y, with M' = bM − 1. */
export function inverseGaussianSecondTangent(shape: f64, y: f64): f64 {
  const root = Math.sqrt(shape * y);
  const b = Math.sqrt(shape / y) * (1 + y);
  const mills = millsRatio(b);
  const millsSlope = b * mills - 1;
  const first = (y / shape) * (1 - 2 * root * mills);
  const byShape = -first / shape - (y / shape) * ((root / shape) * mills + (root * millsSlope * b) / shape);
  const bySelf =
    first / y - (y / shape) * ((root / y) * mills + 2 * root * millsSlope * Math.sqrt(shape / y) * ((y - 1) / (2 * y)));
  return byShape + first * bySelf;
}
