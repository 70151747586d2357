import type { TermTable } from "../../numerics/terms.js";
import { add, multiply, price } from "../build.js";
import type { Product } from "../product.js";
import { barrierType, knocked, barrier as level } from "./barrier-events.js";
import { exercised } from "./exercise.js";
import { watchedPayoff } from "./schedule.js";
import { right, strike, watched } from "./shared-terms.js";

const terms = {
  right,
  strike,
  barrier: level,
  barrier_type: barrierType,
  observations: watched,
  rebate: {
    kind: "number",
    meaning: "amount paid at expiry if knocked out, or never knocked in",
    unit: "currency",
    atLeast: 0,
    default: 0,
  },
} as const satisfies TermTable;

/** Knock-out or knock-in call or put, watched at the observations alone or at every moment: alive while every S_{t_i} is strictly inside H. */
export const barrier: Product<typeof terms> = {
  name: "barrier",
  meaning: "call or put that a barrier ends (out) or begins (in)",
  terms,
  payoff({ right, strike, barrier, barrier_type, observations, rebate }, expiry) {
    return watchedPayoff(observations, expiry, (schedule) => {
      const { live, dead } = knocked(barrier_type, schedule, barrier);
      const option = multiply(live, exercised(right, price(schedule.last), strike));
      return rebate === 0 ? option : add(option, multiply(dead, rebate));
    });
  },
};
