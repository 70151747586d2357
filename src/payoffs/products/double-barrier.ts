import type { TermTable } from "../../numerics/terms.js";
import { add, multiply, price } from "../build.js";
import { type Product, TermsError } from "../product.js";
import { lower, upper, within } from "./barrier-events.js";
import { exercised } from "./exercise.js";
import { watchedPayoff } from "./schedule.js";
import { right, strike, watched } from "./shared-terms.js";

const terms = {
  right,
  strike,
  lower,
  upper,
  barrier_type: {
    kind: "choice",
    meaning: "knock-out: ends when a level is touched; knock-in: begins then",
    choices: ["knock-out", "knock-in"],
  },
  observations: watched,
  rebate: {
    kind: "number",
    meaning: "amount paid at expiry if knocked out, or never knocked in",
    unit: "currency",
    atLeast: 0,
    default: 0,
  },
} as const satisfies TermTable;

/** Call or put that lives while every observed price is strictly between two levels, or that begins once one is not. */
export const doubleBarrier: Product<typeof terms> = {
  name: "double-barrier",
  meaning: "call or put that two barriers end (knock-out) or begin (knock-in)",
  terms,
  payoff({ right, strike, lower, upper, barrier_type, observations, rebate }, expiry) {
    requireOrder(lower, upper);
    return watchedPayoff(observations, expiry, (schedule) => {
      const { inside, outside } = within(schedule, lower, upper);
      const [live, dead] = barrier_type === "knock-out" ? [inside, outside] : [outside, inside];
      const option = multiply(live, exercised(right, price(schedule.last), strike));
      return rebate === 0 ? option : add(option, multiply(dead, rebate));
    });
  },
};

export function requireOrder(lower: number, upper: number): void {
  if (!(lower < upper)) throw new TermsError("upper", `upper must be > lower ${lower}, got ${upper}`);
}
