import { normalCdf, normalDensity } from "../numerics/normal.js";
import type { NumberTable } from "../numerics/terms.js";
import { type EuropeanPayoff, edges } from "./european-payoff.js";
import type { Greeks } from "./greeks.js";
import { EXPIRY_TERM, MARKET_TERMS, type MarketTerms, requireValid } from "./validity.js";

export interface BlackScholesMarket extends MarketTerms {
  /** Per √year. */
  readonly volatility: number;
}

const TERMS = {
  ...MARKET_TERMS,
  ...EXPIRY_TERM,
  volatility: { kind: "number", meaning: "volatility of log-returns", unit: "per sqrt(year)", above: 0 },
} as const satisfies NumberTable;

/**
 * Exact price and Greeks of a European payoff under Black-Scholes; `expiry` in years.
 * Throws a RangeError when spot, volatility or expiry is not > 0, or a number is not finite.
 */
export function blackScholes(market: BlackScholesMarket, payoff: EuropeanPayoff, expiry: number): Greeks {
  return geometricAsian(market, payoff, [expiry]);
}

/**
 * Exact price and Greeks of a payoff of the geometric mean of the prices at `dates` (years, increasing), paid at
 * the last of them, under Black-Scholes: Kemna and Vorst, J. Banking Finance 14 (1990) 113. Throws like
 * `blackScholes`, and a RangeError when the dates do not increase from above 0.
 *
 * The mean X is lognormal, so h = E[payoff(X)] knows the market only by two moments. With D = ∂/∂ ln S, G = D(D − 1),
 *     ∂h/∂σ = σ W h,   ∂h/∂r = A D h,   T ∂h/∂T = (r − q) A D h + ½ σ² W h,   W = B G − (A − B) D,
 * A = mean of t_i and B = mean of min(t_i, t_j); a single date has A = B = T, and W h = T G h is the heat
 * equation. So every Greek follows from the derivatives of h in the logarithm of the spot.
 */
export function geometricAsian(
  market: BlackScholesMarket,
  payoff: EuropeanPayoff,
  dates: readonly number[],
): Greeks {
  const { spot: S, rate: r, dividendYield: q, volatility: σ } = market;
  const T = dates.at(-1);
  if (T === undefined) throw new RangeError("dates must not be empty");
  requireValid(TERMS, { ...market, expiry: T });
  const { A, B } = averageTimes(dates);
  const { fromCash, fromUnits, fromJumps, Gh, DGh, DDGh } = logSpotDerivatives(payoff, {
    spot: S,
    drift: (r - q - σ ** 2 / 2) * A,
    deviation: σ * Math.sqrt(B),
  });
  const discount = Math.exp(-r * T);

  const h = fromCash + fromUnits;
  const Dh = fromUnits + fromJumps;
  const Wh = B * Gh - (A - B) * Dh;
  const WDh = B * DGh - (A - B) * (Dh + Gh);
  const WGh = B * (DDGh - DGh) - (A - B) * DGh;
  const WWh = B * WGh - (A - B) * WDh;
  return {
    price: discount * h,
    delta: (discount * Dh) / S,
    gamma: (discount * Gh) / S ** 2,
    speed: (discount * (DGh - 2 * Gh)) / S ** 3,
    vega: discount * σ * Wh,
    vanna: (discount * σ * WDh) / S,
    volga: discount * (Wh + σ ** 2 * WWh),
    theta: discount * (r * h - ((r - q) * A * Dh + (σ ** 2 / 2) * Wh) / T),
    theta_calendar: discount * (r * h - (r - q) * Dh - (σ ** 2 / 2) * Gh),
    charm: (discount * (r * Dh - ((r - q) * A * (Dh + Gh) + (σ ** 2 / 2) * WDh) / T)) / S,
    rho: discount * (A * fromJumps - T * fromCash - (T - A) * fromUnits), // A D h − T h, less what cancels
    dividend_rho: -discount * A * Dh,
  };
}

/** A = mean of t_i, B = mean of min(t_i, t_j). */
function averageTimes(dates: readonly number[]): { A: number; B: number } {
  const n = dates.length;
  let A = 0;
  let B = 0;
  dates.forEach((date, i) => {
    const previous = dates[i - 1] ?? 0;
    if (!(date > previous)) throw new RangeError(`dates must be > 0 and increasing, got ${dates.join(", ")}`);
    A += date / n;
    B += (date * (2 * (n - i) - 1)) / n ** 2; // date i is the earlier one of 2 (n − i) − 1 pairs
  });
  return { A, B };
}

/**
 * h = E[payoff(X)] = fromCash + fromUnits, D h = fromUnits + fromJumps, and G h = D(D − 1) h with its first two
 * derivatives, where D = ∂/∂ ln S and X = S e^Y, Y ~ N(drift, deviation²).
 *
 * Moving S moves the density past the edges K of the payoff and scales what is paid in units:
 *     D h = E[units X] + Σ jump p,   D E[units X] = E[units X] + Σ K units p,   over the edges,
 * with p the density of Y at ln(K/S), and jump = cash + K units the jump of the payoff at K. A vanilla option
 * does not jump, exactly, and nothing cancels.
 */
export function logSpotDerivatives(
  payoff: EuropeanPayoff,
  { spot, drift, deviation: s }: { spot: number; drift: number; deviation: number },
): { fromCash: number; fromUnits: number; fromJumps: number; Gh: number; DGh: number; DDGh: number } {
  const standardised = (level: number) => (Math.log(level / spot) - drift) / s;
  const sums = { fromCash: 0, fromUnits: 0, fromJumps: 0, Gh: 0, DGh: 0, DDGh: 0 };
  const mean = spot * Math.exp(drift + (s * s) / 2);
  for (const { above, below, cash, units } of payoff) {
    const from = standardised(above);
    const to = standardised(below);
    sums.fromCash += cash * probabilityBetween(from, to);
    sums.fromUnits += units * mean * probabilityBetween(from - s, to - s);
  }
  for (const { level, cash, units } of edges(payoff)) {
    const jump = cash + level * units;
    const x = standardised(level);
    const p = normalDensity(x) / s;
    const Dp = (p * x) / s;
    const DDp = (p * (x * x - 1)) / s ** 2;
    const DDDp = (p * x * (x * x - 3)) / s ** 3;
    sums.fromJumps += jump * p;
    sums.Gh += level * units * p + jump * (Dp - p);
    sums.DGh += level * units * Dp + jump * (DDp - Dp);
    sums.DDGh += level * units * DDp + jump * (DDDp - DDp);
  }
  return sums;
}

/** Φ(b) − Φ(a), taken in the tail where it does not cancel. */
function probabilityBetween(a: number, b: number): number {
  return a > 0 ? normalCdf(-a) - normalCdf(-b) : normalCdf(b) - normalCdf(a);
}
