import type { ReferenceCase } from "../reference/read.js";

/**
 * The natural size of a Greek: payoff times the root mean square of its weight. A digital or a touch pays 1, everything else about the
 * spot; a first interval of Δ gives a derivative in the spot a size 1/(S σ √Δ), and n dates give one in the volatility a size
 * √(2n)/σ. Under Heston the weights see what of the volatility is independent of the variance, σ √(1 − ρ²).
 */
export function naturalSize(greek: string, { product, params }: ReferenceCase): number {
  const { S = 0, T = 0, n = 1, r = 0, v0 = 0, theta = 0, rho = 0, lambda = 1, nu = 1 } = params;
  const sigma = params.sigma ?? Math.sqrt(((v0 + theta) / 2) * (1 - rho ** 2));
  const paid = /digital|touch/.test(product) ? 1 : S;
  const bySpot = 1 / (S * sigma * Math.sqrt(T / n));
  const byVolatility = Math.sqrt(2 * n) / sigma;
  const byVariance = byVolatility / sigma;
  const byTime = (1 + Math.abs(r) * T + Math.sqrt(n)) / T;
  const byRate = T * (1 + 1 / (sigma * Math.sqrt(T)));
  const sizes: Readonly<Record<string, number>> = {
    price: 1,
    delta: bySpot,
    gamma: bySpot ** 2,
    speed: bySpot ** 3,
    vega: byVolatility,
    vanna: bySpot * byVolatility,
    volga: byVolatility ** 2,
    theta: byTime,
    theta_calendar: byTime,
    charm: bySpot * byTime,
    rho: byRate,
    dividend_rho: byRate,
    d_v0: byVariance,
    d_theta: params.nu === undefined ? byVariance : T * S * bySpot,
    d2_spot_v0: bySpot * byVariance,
    d2_v0_v0: byVariance ** 2,
    d_kappa: 1,
    d_xi: 1,
    d_rho: 1,
    d_lambda: Math.sqrt(T / lambda),
    d2_spot_lambda: bySpot * Math.sqrt(T / lambda),
    d_mu_j: lambda * T * S * bySpot,
    d_delta_j: lambda * T * S * bySpot,
    d_nu: 1 / Math.sqrt(nu * T),
  };
  const size = sizes[greek];
  if (size === undefined) throw new RangeError(`greek must have a natural size, got ${greek}`);
  return paid * size;
}

/** Degree of a Greek's weight as a polynomial in the normals: a path at five deviations carries 5^degree times the natural size. */
const DEGREES: Readonly<Record<string, number>> = {
  price: 0,
  delta: 1,
  rho: 1,
  dividend_rho: 1,
  speed: 3,
  vanna: 3,
  charm: 3,
  d2_spot_v0: 3,
  volga: 4,
  d2_v0_v0: 4,
};

/** What an event is worth that stays unseen in so many paths as seldom as five standard errors are exceeded. */
export function unseenSize(greek: string, reference: ReferenceCase, paths: number): number {
  return (15 / paths) * 5 ** (DEGREES[greek] ?? 2) * naturalSize(greek, reference);
}
