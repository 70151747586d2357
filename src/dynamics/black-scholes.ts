import { pairKey } from "../gradients/distribution.js";
import { square } from "../numerics/elementary.js";
import type { Dynamics, GaussianInterval, LawRequest } from "./dynamics.js";

/** Black and Scholes (1973): log-returns are Gaussian with m = (r − q − σ²/2)Δ and s = σ√Δ, on any schedule. */
export const blackScholes: Dynamics = {
  name: "black-scholes",
  meaning: "geometric Brownian motion with constant volatility",
  parameters: {
    volatility: {
      kind: "number",
      meaning: "annual volatility of log-returns",
      unit: "per √year",
      above: 0,
      atMost: 10,
    },
  },
  scheme: "exact",
  isBrownian: true,
  scoreParameters: ["volatility", "rate", "dividend_yield", "time", "first_interval"],
  scorePairs: [pairKey("volatility", "volatility")],
  law: (request) => ({
    kind: "constant",
    intervals: request.dates.map((date, k) => interval(request, date - (request.dates[k - 1] ?? 0), k)),
  }),
};

/** `length` is Δ; under `time` it scales with the last date T, under `first_interval` only the first one moves. */
function interval({ parameters, carry, dates }: LawRequest, length: number, k: number): GaussianInterval {
  const volatility = parameters.volatility!;
  const expiry = dates.at(-1)!;
  const mean = (carry.rate - carry.dividendYield - square(volatility) / 2) * length;
  const rootLength = Math.sqrt(length);
  const deviation = volatility * rootLength;
  return {
    mean,
    deviation,
    tangents: {
      volatility: { mean: -volatility * length, deviation: rootLength },
      rate: { mean: length, deviation: 0 },
      dividend_yield: { mean: -length, deviation: 0 },
      time: { mean: mean / expiry, deviation: deviation / (2 * expiry) },
      ...(k === 0 && { first_interval: { mean: mean / length, deviation: deviation / (2 * length) } }),
    },
    secondTangents: { [pairKey("volatility", "volatility")]: { mean: -length, deviation: 0 } },
  };
}
