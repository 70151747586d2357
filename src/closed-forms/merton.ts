import { add, complex } from "../numerics/complex.js";
import type { EuropeanPayoff } from "./european-payoff.js";
import type { CommonGreek, Greeks } from "./greeks.js";
import {
  JUMP_TERMS,
  type JumpGreek,
  type JumpParameters,
  jumpExponent,
  jumpGreeks,
} from "./jump-exponent.js";
import { lewis } from "./lewis.js";
import { EXPIRY_TERM, MARKET_TERMS, type MarketTerms, requireValid } from "./validity.js";

export interface MertonMarket extends MarketTerms, JumpParameters {
  /** Per √year. */
  readonly volatility: number;
}

const TERMS = {
  ...MARKET_TERMS,
  ...EXPIRY_TERM,
  ...JUMP_TERMS,
  volatility: { kind: "number", meaning: "volatility between jumps", unit: "per √year", above: 0 },
} as const;

/**
 * Exact price and Greeks of a European payoff under Merton's jump-diffusion, by Lewis's integral; `expiry` in years.
 * Throws a RangeError when a number is outside its bounds.
 */
export function merton(
  market: MertonMarket,
  payoff: EuropeanPayoff,
  expiry: number,
): Greeks<CommonGreek | JumpGreek> {
  requireValid(TERMS, { ...market, expiry });
  const { volatility } = market;
  const greeks = lewis({
    market,
    payoff,
    years: expiry,
    exponent: (u) => {
      const jumps = jumpExponent(market, expiry, u);
      // ln ψ of the diffusion is −½ σ²T (u² + ¼).
      const square = -(u * u + 0.25);
      const ofDiffusion = (square * volatility ** 2 * expiry) / 2;
      return {
        value: add(jumps.value, complex(ofDiffusion)),
        size: jumps.size + ofDiffusion,
        byYears: add(jumps.byYears, complex((square * volatility ** 2) / 2)),
        by: { ...jumps.by, volatility: complex(square * volatility * expiry) },
        twice: { volga: { of: ["volatility", "volatility"], bend: complex(square * expiry) } },
      };
    },
  });
  const { common, by, bySpotAnd, twice } = greeks;
  return { ...common, ...jumpGreeks(greeks), vega: by.volatility, vanna: bySpotAnd.volatility, ...twice };
}
