import { TermsError } from "../product.js";

/** Times this near, relatively, are the same date: years are often sums or fractions. */
const SAME_DATE = 1e-9;

/** A payoff's dates, observations and then expiry, with the indices to write expressions in. */
export interface Schedule {
  readonly dates: readonly number[];
  /** Indices of the observations; expiry is among them when it is observed. */
  readonly observed: readonly number[];
  readonly last: number;
}

/** Joins observations and expiry (years). Throws TermsError unless the observations are > 0, increasing and not after expiry. */
export function scheduleOf(observations: readonly number[], expiry: number): Schedule {
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
