import { cos, sin, tan } from "./circular.js";

/**
 * The number that a Student-t variable with ν degrees of freedom stays below with probability p; a two-sided
 * 95 % interval uses p = 0.975. Valid for whole ν ≥ 1 and p in [1e-5, 1 − 1e-5], where its relative error stays
 * below 2e-11 (further out 2p − 1 has too few digits left); throws a RangeError otherwise.
 */
export function studentQuantile(p: number, degreesOfFreedom: number): number {
  if (!(p >= 1e-5 && p <= 1 - 1e-5)) throw new RangeError(`p must be in [1e-5, 1 - 1e-5], got ${p}`);
  if (!(Number.isSafeInteger(degreesOfFreedom) && degreesOfFreedom >= 1)) {
    throw new RangeError(`degreesOfFreedom must be a whole number >= 1, got ${degreesOfFreedom}`);
  }
  if (p < 0.5) return -studentQuantile(1 - p, degreesOfFreedom);

  // With t = √ν tan ψ, P(|T| < t) is concave in ψ: Newton from 0 climbs to the root and stops at rounding.
  const wanted = 2 * p - 1;
  let angle = 0;
  for (;;) {
    const { probability, slope } = centralProbability(angle, degreesOfFreedom);
    const next = angle + (wanted - probability) / slope;
    if (!(next > angle)) return Math.sqrt(degreesOfFreedom) * tan(angle);
    angle = next;
  }
}

/**
 * P(|T| < √ν tan ψ) = I_{ν−1}(ψ)/I_{ν−1}(π/2) and its derivative in ψ, where I_n(ψ) = ∫₀^ψ cosⁿ and
 * I_n = (cosⁿ⁻¹ψ sin ψ + (n − 1) I_{n−2})/n (Abramowitz and Stegun 26.7.3, 26.7.4).
 */
function centralProbability(angle: number, degreesOfFreedom: number): { probability: number; slope: number } {
  const sine = sin(angle);
  const cosine = cos(angle);
  const odd = degreesOfFreedom % 2 === 1;
  let whole = odd ? Math.PI / 2 : 1; // I_n(π/2), from n = 0 or 1
  let power = odd ? 1 : cosine; // cosⁿψ
  let probability = (odd ? angle : sine) / whole;
  for (let n = odd ? 2 : 3; n < degreesOfFreedom; n += 2) {
    whole *= (n - 1) / n;
    probability += (power * cosine * sine) / (n * whole);
    power *= cosine * cosine;
  }
  return { probability, slope: power / whole };
}
