import type { Observations } from "../../numerics/terms.js";
import type { Expression } from "../expression.js";
import type { Payoff } from "../payoff.js";
import { TermsError } from "../product.js";

/** Times this near, relatively, are the same date: years are often sums or fractions. */
const SAME_DATE = 1e-9;

/** A payoff's dates, observations and then expiry, with the indices to write expressions in. */
export interface Schedule<O = readonly number[]> {
  readonly dates: readonly number[];
  /** Indices of the observations; expiry is among them when it is observed. */
  readonly observed: O;
  readonly last: number;
}

/** What a payoff is watched at: some of its dates, or every moment up to its last. */
export type Watched = readonly number[] | "continuous";

/** Joins observations and expiry (years). Throws TermsError unless the observations are > 0, increasing and not after expiry. */
export function scheduleOf(observations: readonly number[], expiry: number): Schedule;
export function scheduleOf(observations: Observations, expiry: number): Schedule<Watched>;
export function scheduleOf(observations: Observations, expiry: number): Schedule<Watched> {
  if (observations === "continuous") return { dates: [expiry], observed: "continuous", last: 0 };
  const latest = expiry * (1 + SAME_DATE);
  let previous = 0;
  for (const time of observations) {
    if (!(time > previous * (1 + SAME_DATE) && time <= latest)) {
      const rule = `observations must be > 0, strictly increasing and not after expiry ${expiry}`;
      throw new TermsError("observations", `${rule}, got ${time} after ${previous}`);
    }
    previous = time;
  }
  const expiryIsObserved = previous >= expiry * (1 - SAME_DATE);
  const dates = [...(expiryIsObserved ? observations.slice(0, -1) : observations), expiry];
  return { dates, observed: [...observations.keys()], last: dates.length - 1 };
}

/** A payoff at expiry that is watched: at its observations, or at every moment, on whatever dates its prices are known. */
export function watchedPayoff(
  observations: Observations,
  expiry: number,
  amountOn: (schedule: Schedule<Watched>) => Expression,
): Payoff {
  const schedule = scheduleOf(observations, expiry);
  const payoff = { dates: schedule.dates, amount: amountOn(schedule) };
  if (schedule.observed !== "continuous") return payoff;
  const onGrid = (dates: readonly number[]) => ({
    dates,
    amount: amountOn({ dates, observed: "continuous", last: dates.length - 1 }),
  });
  return { ...payoff, onGrid };
}
