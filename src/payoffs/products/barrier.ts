import type { TermTable } from "../../numerics/terms.js";
import { add, greater, greaterEqual, highest, less, lessEqual, lowest, multiply, price } from "../build.js";
import type { Product } from "../product.js";
import { exercised } from "./exercise.js";
import { scheduleOf } from "./schedule.js";
import { observations, right, strike } from "./shared-terms.js";

const terms = {
  right,
  strike,
  barrier: { kind: "number", meaning: "price level H that knocks out or in", unit: "price", above: 0 },
  barrier_type: {
    kind: "choice",
    meaning:
      "up: hit when a price is >= barrier; down: when one is <= barrier; out: ends then; in: begins then",
    choices: ["up-and-out", "up-and-in", "down-and-out", "down-and-in"],
  },
  observations,
  rebate: {
    kind: "number",
    meaning: "amount paid at expiry if knocked out, or never knocked in",
    unit: "currency",
    atLeast: 0,
    default: 0,
  },
} as const satisfies TermTable;

/** Knock-out or knock-in call or put, watched at the observations alone: alive while every S_{t_i} is strictly inside H. */
export const barrier: Product<typeof terms> = {
  name: "barrier",
  meaning: "call or put that a barrier, watched at the observations, ends (out) or begins (in)",
  terms,
  payoff({ right, strike, barrier, barrier_type, observations, rebate }, expiry) {
    const { dates, observed, last } = scheduleOf(observations, expiry);
    const isUp = barrier_type === "up-and-out" || barrier_type === "up-and-in";
    const untouched = isUp ? less(highest(observed), barrier) : greater(lowest(observed), barrier);
    const touched = isUp ? greaterEqual(highest(observed), barrier) : lessEqual(lowest(observed), barrier);
    const isOut = barrier_type === "up-and-out" || barrier_type === "down-and-out";
    const [live, dead] = isOut ? [untouched, touched] : [touched, untouched];
    const option = multiply(live, exercised(right, price(last), strike));
    return { dates, amount: rebate === 0 ? option : add(option, multiply(dead, rebate)) };
  },
};
