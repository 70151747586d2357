import { add } from "../numerics/complex.js";
import type { EuropeanPayoff } from "./european-payoff.js";
import type { Greeks } from "./greeks.js";
import { HESTON_TERMS, type HestonGreek, type HestonMarket, hestonExponent, hestonGreeks } from "./heston.js";
import {
  JUMP_TERMS,
  type JumpGreek,
  type JumpParameters,
  jumpExponent,
  jumpGreeks,
} from "./jump-exponent.js";
import { lewis } from "./lewis.js";
import { requireValid } from "./validity.js";

export type BatesMarket = HestonMarket & JumpParameters;

/**
 * Exact price and Greeks of a European payoff under Bates's model, Heston with lognormal jumps; `expiry` in years.
 * Throws like `heston`.
 */
export function bates(
  market: BatesMarket,
  payoff: EuropeanPayoff,
  expiry: number,
): Greeks<HestonGreek | JumpGreek> {
  requireValid({ ...HESTON_TERMS, ...JUMP_TERMS }, { ...market, expiry });
  const greeks = lewis({
    market,
    payoff,
    years: expiry,
    exponent: (u) => {
      const variance = hestonExponent(market, expiry, u);
      const jumps = jumpExponent(market, expiry, u);
      return {
        ...variance,
        value: add(variance.value, jumps.value),
        size: variance.size + jumps.size,
        byYears: add(variance.byYears, jumps.byYears),
        by: { ...variance.by, ...jumps.by },
      };
    },
  });
  return { ...greeks.common, ...hestonGreeks(greeks), ...jumpGreeks(greeks) };
}
