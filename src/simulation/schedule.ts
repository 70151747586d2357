import type { Carry, Dynamics, ScoreParameter } from "../dynamics/dynamics.js";
import type { Derivative } from "../gradients/distribution.js";
import { exp, power } from "../numerics/elementary.js";

/** One simulation: an underlying, its model, and the dates at which payoffs look at it. Serialisable but for `dynamics`. */
export interface Schedule {
  readonly underlying: string;
  readonly spot: number;
  readonly carry: Carry;
  readonly dynamics: Dynamics;
  readonly parameters: Readonly<Record<string, number>>;
  /** Years, > 0, increasing; payoffs are paid at the last. */
  readonly dates: readonly number[];
}

/** What makes the simulation's random numbers its own, besides the seed and the underlying. */
export function scheduleName(dates: readonly number[]): string {
  return dates.join(";");
}

export function expiryOf(schedule: Schedule): number {
  return schedule.dates.at(-1)!;
}

/** From the date to now; of the last date unless told otherwise. */
export function discountFactor(schedule: Schedule, date: number = schedule.dates.length - 1): number {
  return exp(-schedule.carry.rate * schedule.dates[date]!);
}

/** ∂ ln e^{−r t} / ∂θ of a date, less that of the last date, which the weights carry. */
export function discountTangentOf(schedule: Schedule, parameter: ScoreParameter, date: number): number {
  const early = expiryOf(schedule) - schedule.dates[date]!;
  if (parameter === "rate") return early;
  return parameter === "time" ? (schedule.carry.rate * early) / expiryOf(schedule) : 0;
}

/**
 * ∂ ln e^{−rT} / ∂θ. The discount factor is treated as part of the density, so that the weights differentiate it too and
 * a Greek is one column of F·W; among the supported pairs its second derivatives are 0.
 */
export function discountTangent(schedule: Schedule, parameter: ScoreParameter): number {
  if (parameter === "rate") return -expiryOf(schedule);
  if (parameter === "time" || parameter === "first_interval") return -schedule.carry.rate;
  return 0;
}

/**
 * The two payoffs whose Greeks are known in every model: 1 and S_T. The functions give the exact mean of
 * payoff × weight before discounting.
 */
export function knownMeans(
  schedule: Schedule,
): Readonly<Record<"bond" | "asset", (derivative: Derivative) => number>> {
  const { spot, carry } = schedule;
  const expiry = expiryOf(schedule);
  const assetTangents: Readonly<Record<ScoreParameter, number>> = {
    spot: 1 / spot,
    dividend_yield: -expiry,
    time: -carry.dividendYield,
    first_interval: -carry.dividendYield,
  };
  const forward = spot * exp((carry.rate - carry.dividendYield) * expiry);
  // Both are exponentials of their log-tangents, and the asset is linear in spot.
  return {
    bond: (derivative) =>
      derivative.reduce((mean, parameter) => mean * discountTangent(schedule, parameter), 1),
    asset: (derivative) =>
      derivative.filter((parameter) => parameter === "spot").length > 1
        ? 0
        : derivative.reduce((mean, parameter) => mean * (assetTangents[parameter] ?? 0), forward),
  };
}

/** How large a derivative is for every 1 of price: 1/S for every time it is taken in the spot. */
export function spotScale({ spot }: Schedule, derivative: Derivative): number {
  return power(spot, -derivative.filter((parameter) => parameter === "spot").length);
}
