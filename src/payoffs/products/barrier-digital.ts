import type { TermTable } from "../../numerics/terms.js";
import { multiply, price } from "../build.js";
import type { Product } from "../product.js";
import { barrier, barrierType, knocked } from "./barrier-events.js";
import { beyond } from "./exercise.js";
import { watchedPayoff } from "./schedule.js";
import { cash, right, strike, watched } from "./shared-terms.js";

const terms = {
  right,
  strike,
  cash,
  barrier,
  barrier_type: barrierType,
  observations: watched,
} as const satisfies TermTable;

/** Pays cash at expiry if S_T is beyond the strike, and the barrier left it alive. */
export const barrierDigital: Product<typeof terms> = {
  name: "barrier-digital",
  meaning: "cash if the final price is beyond the strike and a barrier allows it",
  terms,
  payoff({ right, strike, cash, barrier, barrier_type, observations }, expiry) {
    return watchedPayoff(observations, expiry, (schedule) => {
      const { live } = knocked(barrier_type, schedule, barrier);
      return multiply(multiply(live, beyond(right, price(schedule.last), strike)), cash);
    });
  },
};
