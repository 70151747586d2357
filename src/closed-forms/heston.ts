import { add, complex, scale } from "../numerics/complex.js";
import type { NumberTable } from "../numerics/terms.js";
import type { EuropeanPayoff } from "./european-payoff.js";
import type { CommonGreek, Greeks } from "./greeks.js";
import { type HestonParameters, hestonLogCharacteristic } from "./heston-characteristic.js";
import { type Exponent, lewis } from "./lewis.js";
import { EXPIRY_TERM, MARKET_TERMS, type MarketTerms, requireValid } from "./validity.js";

export type HestonMarket = MarketTerms & HestonParameters;

export type HestonGreek =
  | CommonGreek
  | "d_v0"
  | "d_kappa"
  | "d_theta"
  | "d_xi"
  | "d_rho"
  | "d2_spot_v0"
  | "d2_v0_v0";

type Direction = "v0" | "kappa" | "theta" | "xi" | "rho" | "volatility";

export const HESTON_TERMS = {
  ...MARKET_TERMS,
  ...EXPIRY_TERM,
  v0: { kind: "number", meaning: "variance today", unit: "per year", atLeast: 0 },
  kappa: { kind: "number", meaning: "speed of mean reversion", unit: "per year", above: 0 },
  theta: { kind: "number", meaning: "long-run variance", unit: "per year", above: 0 },
  xi: { kind: "number", meaning: "volatility of variance", unit: "per year", atLeast: 1e-4 },
  rho: { kind: "number", meaning: "correlation of spot and variance", unit: "none", above: -1, below: 1 },
} as const satisfies NumberTable;

/**
 * Exact price and Greeks of a European payoff under Heston, by Lewis's integral; `expiry` in years.
 * `vega`, `vanna` and `volga` are for the parallel shift of √v0 and √θ together.
 * Throws a RangeError when a number is outside its bounds, an Error when the integral does not converge.
 */
export function heston(market: HestonMarket, payoff: EuropeanPayoff, expiry: number): Greeks<HestonGreek> {
  requireValid(HESTON_TERMS, { ...market, expiry });
  const greeks = lewis({ market, payoff, years: expiry, exponent: (u) => hestonExponent(market, expiry, u) });
  return { ...greeks.common, ...hestonGreeks(greeks) };
}

/** The Greeks of Heston's own parameters, by the program's names. */
export function hestonGreeks({
  by,
  bySpotAnd,
  twice,
}: {
  readonly by: Readonly<Record<Direction, number>>;
  readonly bySpotAnd: Readonly<Record<Direction, number>>;
  readonly twice: Readonly<Record<"volga" | "d2_v0_v0", number>>;
}) {
  return {
    vega: by.volatility,
    vanna: bySpotAnd.volatility,
    ...twice,
    d_v0: by.v0,
    d_kappa: by.kappa,
    d_theta: by.theta,
    d_xi: by.xi,
    d_rho: by.rho,
    d2_spot_v0: bySpotAnd.v0,
  };
}

/** ln ψ with its derivatives; `volatility` moves √v0 and √θ together. */
export function hestonExponent(
  parameters: HestonParameters,
  years: number,
  u: number,
): Exponent<Direction, "volga" | "d2_v0_v0"> {
  const { v0, theta } = parameters;
  const { value, byYears, byV0, byKappa, byTheta, byXi, byRho } = hestonLogCharacteristic(
    parameters,
    years,
    u,
  );
  const volatility = add(scale(2 * Math.sqrt(v0), byV0), scale(2 * Math.sqrt(theta), byTheta));
  return {
    value,
    size: value.re,
    byYears,
    by: { v0: byV0, kappa: byKappa, theta: byTheta, xi: byXi, rho: byRho, volatility },
    twice: {
      volga: { of: ["volatility", "volatility"], bend: scale(2, add(byV0, byTheta)) },
      d2_v0_v0: { of: ["v0", "v0"], bend: complex(0) },
    },
  };
}
