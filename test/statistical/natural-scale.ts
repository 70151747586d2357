import type { ReferenceCase } from "../reference/read.js";

/**
 * The natural size of a Greek: what it is for an at-the-money option that pays as much as this one may. A digital pays 1,
 * everything else about the spot; a first interval of Δ gives the weights of the spot a size 1/(S σ √Δ), and n dates give the
 * weight of the volatility a size √(2n)/σ.
 */
export function scale(greek: string, { product, params }: ReferenceCase): number {
  const { S = 0, T = 0, n = 1, sigma = Math.sqrt(params.v0 ?? 0), r = 0 } = params;
  const paid = product.includes("digital") ? 1 : S;
  const bySpot = 1 / (S * sigma * Math.sqrt(T / n));
  const byVolatility = Math.sqrt(2 * n) / sigma;
  const byTime = (1 / T) * (1 + Math.abs(r) * T) + Math.sqrt(n) / T;
  const sizes: Record<string, number> = {
    price: 1,
    delta: bySpot,
    gamma: bySpot ** 2,
    speed: bySpot ** 3,
    vega: byVolatility,
    vanna: bySpot * byVolatility,
    volga: byVolatility ** 2,
    theta: byTime,
    charm: bySpot * byTime,
    rho: T * (1 + 1 / (sigma * Math.sqrt(T))),
    dividend_rho: T * (1 + 1 / (sigma * Math.sqrt(T))),
    d_v0: byVolatility / sigma,
    d2_spot_v0: (bySpot * byVolatility) / sigma,
  };
  const size = sizes[greek];
  if (size === undefined) throw new RangeError(`greek must have a natural scale, got ${greek}`);
  return paid * size;
}
