import { digamma, logGamma } from "../numerics/gamma-function.js";
import { logSpotDerivatives } from "./black-scholes.js";
import type { EuropeanPayoff } from "./european-payoff.js";
import type { Greeks } from "./greeks.js";
import { EXPIRY_TERM, MARKET_TERMS, type MarketTerms, requireValid } from "./validity.js";

export interface VarianceGammaMarket extends MarketTerms {
  /** σ, per √year of gamma time. */
  readonly sigma: number;
  /** Variance rate of the gamma time, years. */
  readonly nu: number;
  /** Drift in gamma time, per year. */
  readonly theta: number;
}

export type VarianceGammaGreek =
  | "price"
  | "delta"
  | "gamma"
  | "vega"
  | "theta"
  | "theta_calendar"
  | "rho"
  | "dividend_rho"
  | "d_nu"
  | "d_theta";

const TERMS = {
  ...MARKET_TERMS,
  ...EXPIRY_TERM,
  sigma: { kind: "number", meaning: "volatility in gamma time", unit: "per √year", above: 0 },
  nu: { kind: "number", meaning: "variance rate of the gamma time", unit: "years", above: 0 },
  theta: { kind: "number", meaning: "drift in gamma time", unit: "per year" },
} as const;

/**
 * Exact price and Greeks of a European payoff under variance gamma, as the mean over the gamma time of a Black-Scholes
 * value (Madan, Carr and Chang 1998, §3): the trapezoidal rule in its logarithm y, to about 1e-12 of the natural size for
 * expiry/ν above .1. ν and T enter through the density of the gamma time by its score, and through ω.
 * Throws a RangeError when a number is outside its bounds or the price has no mean.
 */
export function varianceGamma(
  market: VarianceGammaMarket,
  payoff: EuropeanPayoff,
  expiry: number,
): Greeks<VarianceGammaGreek> {
  requireValid(TERMS, { ...market, expiry });
  const { spot, rate, dividendYield, sigma, nu, theta } = market;
  const room = 1 - theta * nu - (sigma ** 2 * nu) / 2;
  if (!(room > 0)) throw new RangeError(`1 - theta nu - sigma² nu / 2 must be > 0, got ${room}`);
  const omega = Math.log(room) / nu;
  const omegaByNu = (-(theta + sigma ** 2 / 2) / room - omega) / nu;
  const drift = rate - dividendYield + omega;
  const shape = expiry / nu;
  const logNorm = logGamma(shape);
  const center = digamma(shape);
  const discount = Math.exp(-rate * expiry);

  const names = ["h", "Dh", "Gh", "vega", "nu", "theta", "years"] as const;
  const integrand = (y: number): readonly number[] => {
    const clock = nu * Math.exp(y);
    const density = Math.exp(shape * y - Math.exp(y) - logNorm);
    const deviation = sigma * Math.sqrt(clock);
    const { fromCash, fromUnits, fromJumps, Gh } = logSpotDerivatives(payoff, {
      spot,
      drift: drift * expiry + theta * clock,
      deviation,
    });
    const h = fromCash + fromUnits;
    const Dh = fromUnits + fromJumps;
    // ∂h/∂m = D h and ∂h/∂s = s D² h, with D² = G + D.
    const byDeviation = deviation * (Gh + Dh);
    const byShape = h * (y - center);
    const byClock = theta * Dh + (byDeviation * sigma) / (2 * Math.sqrt(clock));
    return [
      h,
      Dh,
      Gh,
      byDeviation * Math.sqrt(clock) - (sigma / room) * expiry * Dh,
      byShape * (-shape / nu) + (byClock * clock) / nu + omegaByNu * expiry * Dh,
      (clock - expiry / room) * Dh,
      byShape / nu + drift * Dh,
    ].map((value) => (density === 0 ? 0 : density * value));
  };
  const sums = trapezoidal(integrand, names.length, {
    from: -60 / shape - 6,
    to: Math.log(shape + 60 + 12 * Math.sqrt(shape)),
  });
  const [h, Dh, Gh, vega, byNu, byTheta, byYears] = sums.map((sum) => discount * sum) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const calendar = rate * h - byYears;
  return {
    price: h,
    delta: Dh / spot,
    gamma: Gh / spot ** 2,
    vega,
    theta: calendar,
    theta_calendar: calendar,
    rho: expiry * (Dh - h),
    dividend_rho: -expiry * Dh,
    d_nu: byNu,
    d_theta: byTheta,
  };
}

/** Halves the step until two sums agree; a smooth integrand that dies at both ends squares its error each time. */
function trapezoidal(
  f: (y: number) => readonly number[],
  components: number,
  { from, to }: { readonly from: number; readonly to: number },
): readonly number[] {
  const sample = (first: number, step: number) => {
    const sums = new Array<number>(components).fill(0);
    const sizes = new Array<number>(components).fill(0);
    for (let y = from + first; y <= to; y += step) {
      for (const [c, value] of f(y).entries()) {
        sums[c]! += value;
        sizes[c]! += Math.abs(value);
      }
    }
    return { sums, sizes };
  };
  let step = (to - from) / 64;
  let coarse = sample(0, step);
  for (let halving = 0; halving < 12; halving++) {
    const between = sample(step / 2, step);
    const fine = {
      sums: coarse.sums.map((sum, c) => sum + between.sums[c]!),
      sizes: coarse.sizes.map((size, c) => size + between.sizes[c]!),
    };
    step /= 2;
    const agrees = fine.sums.every((sum, c) => Math.abs(sum - 2 * coarse.sums[c]!) <= 1e-11 * fine.sizes[c]!);
    if (agrees) return fine.sums.map((sum) => step * sum);
    coarse = fine;
  }
  throw new Error(`an integral over the gamma time did not converge`);
}
