import type { Greeks } from "./greeks.js";
import { EXPIRY_TERM, MARKET_TERMS, type MarketTerms, requireValid } from "./validity.js";

/**
 * Greeks of the discounted terminal price e^{−rT} S_T, whose value S e^{−qT} is the same in every model: the truth
 * about the control variate. Derivatives in a model's own parameters are 0.
 * Throws a RangeError when spot or expiry is not > 0 or a number is not finite.
 */
export function forwardGreeks(market: MarketTerms, expiry: number): Greeks {
  requireValid({ ...MARKET_TERMS, ...EXPIRY_TERM }, { ...market, expiry });
  const { spot, dividendYield } = market;
  const delta = Math.exp(-dividendYield * expiry);
  const price = spot * delta;
  return {
    price,
    delta,
    gamma: 0,
    speed: 0,
    vega: 0,
    vanna: 0,
    volga: 0,
    theta: dividendYield * price,
    theta_calendar: dividendYield * price,
    charm: dividendYield * delta,
    rho: 0,
    dividend_rho: -expiry * price,
  };
}
