import type { TermTable } from "../../numerics/terms.js";
import { discountedTouch } from "../bridge.js";
import { constant, multiply } from "../build.js";
import type { Expression } from "../expression.js";
import type { Payment } from "../payoff.js";
import type { Product } from "../product.js";
import { barrier, touched, touchType } from "./barrier-events.js";
import { scheduleOf, watchedPayoff } from "./schedule.js";
import { cash, watched } from "./shared-terms.js";

const terms = {
  barrier,
  barrier_type: touchType,
  cash,
  observations: watched,
  pays: {
    kind: "choice",
    meaning: "at-hit: when first seen to touch; at-expiry: then, whenever it was touched",
    choices: ["at-hit", "at-expiry"],
    default: "at-expiry",
  },
} as const satisfies TermTable;

/** Pays cash if an observed price touches the barrier. */
export const touch: Product<typeof terms> = {
  name: "touch",
  meaning: "cash if the barrier is touched, paid then or at expiry",
  terms,
  payoff({ barrier, barrier_type, cash, observations, pays }, expiry) {
    if (pays === "at-expiry")
      return watchedPayoff(observations, expiry, (schedule) =>
        multiply(touched(barrier_type, schedule, barrier).touched, cash),
      );
    if (observations === "continuous")
      return watchedPayoff(observations, expiry, ({ last }) =>
        multiply(discountedTouch(barrier_type, barrier, last + 1), cash),
      );
    const { dates, observed, last } = scheduleOf(observations, expiry);
    const payments = observed.map((date): Payment => {
      const now = touched(barrier_type, { observed: [date], last }, barrier).touched;
      const before = observed.slice(0, date);
      const first: Expression =
        before.length === 0
          ? now
          : multiply(touched(barrier_type, { observed: before, last }, barrier).untouched, now);
      return { date, amount: multiply(first, cash) };
    });
    const atExpiry = payments.find(({ date }) => date === last);
    return {
      dates,
      amount: atExpiry?.amount ?? constant(0),
      earlier: payments.filter(({ date }) => date !== last),
    };
  },
};
