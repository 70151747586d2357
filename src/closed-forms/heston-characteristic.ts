import {
  add,
  type Complex,
  complex,
  divide,
  exp,
  expm1,
  log1p,
  multiply,
  scale,
  sqrt,
  subtract,
} from "../numerics/complex.js";

/** dv = κ(θ − v) dt + ξ√v dW, correlation ρ with the spot. */
export interface HestonParameters {
  readonly v0: number;
  readonly kappa: number;
  readonly theta: number;
  readonly xi: number;
  readonly rho: number;
}

/** ln ψ and its derivatives at one point; ∂²lnψ/∂v0² = 0, and ∂²lnψ/∂θ∂v0 = 0. */
export interface LogCharacteristic {
  readonly value: Complex;
  readonly byV0: Complex;
  readonly byKappa: Complex;
  readonly byTheta: Complex;
  readonly byXi: Complex;
  readonly byRho: Complex;
  readonly byYears: Complex;
}

/**
 * ln ψ(z) = ln E[e^{iz ln(S_T/F)}] = κθ c + v0 B at z = u − i/2, where ψ always exists, with its derivatives.
 *
 * Heston's solution in the form of Albrecher et al., "The little Heston trap", Wilmott (Jan 2007) 83, whose logarithm
 * is continuous on its principal branch (Lord and Kahl, Math. Finance 20 (2010) 671), rearranged so that nothing
 * is divided by ξ: with p = iz(iz − 1) = −(u² + ¼), β = κ − ρξiz, d = √(β² − ξ²p), E = e^{−dT},
 *     B = p / (β + d coth(dT/2)),   ω = p(1 − E) / (2d(β + d)),   w = ξ²ω,
 *     c = ∫₀^T B dt = pT/(β + d) − 2ω ln(1 + w)/w.
 */
export function hestonLogCharacteristic(
  { v0, kappa, theta, xi, rho }: HestonParameters,
  years: number,
  u: number,
): LogCharacteristic {
  const p = -(u * u + 0.25);
  const iz = complex(0.5, u);
  const β = subtract(complex(kappa), scale(rho * xi, iz));
  const d = sqrt(subtract(multiply(β, β), complex(xi * xi * p)));
  const E = exp(scale(-years, d));
  const oneLessE = scale(-1, expm1(scale(-years, d)));
  const coth = divide(add(complex(1), E), oneLessE);

  const sum = add(β, d);
  const denominator = add(β, multiply(d, coth));
  const B = divide(complex(p), denominator);
  const ω = divide(scale(p / 2, oneLessE), multiply(d, sum));
  const w = scale(xi * xi, ω);
  const logRatio = divide(log1p(w), w);
  const c = subtract(divide(complex(p * years), sum), scale(2, multiply(ω, logRatio)));

  const inverseOnePlusW = divide(complex(1), add(complex(1), w));
  const logRatioSlope = divide(subtract(inverseOnePlusW, logRatio), w);
  const EOverOneLessE = divide(E, oneLessE);
  const dCoth = subtract(coth, scale(2 * years, divide(multiply(d, EOverOneLessE), oneLessE))); // ∂(d coth)/∂d

  /** ∂ ln ψ in a parameter that moves β and ξ² at the given speeds; κ's own factor in κθ c not included. */
  const along = (βSpeed: Complex, xiSquaredSpeed: number): Complex => {
    const dSpeed = divide(subtract(multiply(β, βSpeed), complex((xiSquaredSpeed * p) / 2)), d);
    const sumSpeed = add(βSpeed, dSpeed);
    const BSpeed = scale(-1, multiply(divide(B, denominator), add(βSpeed, multiply(dSpeed, dCoth))));
    const ωSpeed = multiply(
      ω,
      subtract(
        multiply(dSpeed, subtract(scale(years, EOverOneLessE), divide(complex(1), d))),
        divide(sumSpeed, sum),
      ),
    );
    const cSpeed = add(
      scale(-p * years, divide(sumSpeed, multiply(sum, sum))),
      scale(-2, multiply(ωSpeed, inverseOnePlusW)),
      scale(-2 * xiSquaredSpeed, multiply(multiply(ω, ω), logRatioSlope)),
    );
    return add(scale(kappa * theta, cSpeed), scale(v0, BSpeed));
  };

  return {
    value: add(scale(kappa * theta, c), scale(v0, B)),
    byV0: B,
    byKappa: add(along(complex(1), 0), scale(theta, c)),
    byTheta: scale(kappa, c),
    byXi: along(scale(-rho, iz), 2 * xi),
    byRho: along(scale(-xi, iz), 0),
    // The Riccati equation: ∂B/∂T = p/2 − β B + ½ ξ² B², and ∂c/∂T = B.
    byYears: add(
      scale(kappa * theta, B),
      scale(v0, add(complex(p / 2), multiply(B, subtract(scale((xi * xi) / 2, B), β)))),
    ),
  };
}
