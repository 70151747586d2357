import { exp, log, square } from "../../numerics/elementary.js";
import { normalCdf, normalDensity } from "../../numerics/normal.js";

/** Black and Scholes (1973) for a call on an asset without dividends, and for a digital that pays 1 above the strike. */
export function black({ spot, strike, rate, volatility, years }: BlackInput) {
  const root = volatility * Math.sqrt(years);
  const d1 = (log(spot / strike) + (rate + square(volatility) / 2) * years) / root;
  const d2 = d1 - root;
  const discount = exp(-rate * years);
  return {
    call: {
      price: spot * normalCdf(d1) - strike * discount * normalCdf(d2),
      delta: normalCdf(d1),
      vega: spot * normalDensity(d1) * Math.sqrt(years),
    },
    digital: {
      delta: (discount * normalDensity(d2)) / (spot * root),
      vega: (-discount * normalDensity(d2) * d1) / volatility,
    },
  };
}

export interface BlackInput {
  readonly spot: number;
  readonly strike: number;
  readonly rate: number;
  readonly volatility: number;
  readonly years: number;
}
