import { log, square } from "../../numerics/elementary.js";
import type { ColumnDistribution } from "../column-distribution.js";
import { changeParameters } from "../combinators/change-parameters.js";
import { lognormal } from "../distributions/lognormal.js";

/** The price of an asset at a future date under Black and Scholes, in the parameters of the market. */
export function lognormalPrice({
  spot,
  rate,
  volatility,
  years,
}: {
  readonly spot: number;
  readonly rate: number;
  readonly volatility: number;
  readonly years: number;
}): ColumnDistribution {
  const root = Math.sqrt(years);
  return changeParameters(
    lognormal({
      mean: log(spot) + (rate - square(volatility) / 2) * years,
      deviation: volatility * root,
    }),
    {
      name: "lognormal-price",
      terms: {
        spot: { kind: "number", meaning: "price today", unit: "currency", above: 0 },
        volatility: { kind: "number", meaning: "annual volatility", unit: "per √year", above: 0 },
      },
      values: { spot, volatility },
      jacobian: [
        [1 / spot, -volatility * years],
        [0, root],
      ],
      curvature: [
        [
          [-1 / square(spot), 0],
          [0, -years],
        ],
        [
          [0, 0],
          [0, 0],
        ],
      ],
    },
  );
}
