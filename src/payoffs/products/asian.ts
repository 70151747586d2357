import type { ChoiceTerm, TermTable } from "../../numerics/terms.js";
import { geometricMean, mean, price } from "../build.js";
import { type Product, TermsError } from "../product.js";
import { exercised } from "./exercise.js";
import { scheduleOf } from "./schedule.js";
import { observations, optionalStrike, right } from "./shared-terms.js";

export const average = {
  kind: "choice",
  meaning: "arithmetic: sum of the n prices / n; geometric: n-th root of their product",
  choices: ["arithmetic", "geometric"],
  default: "arithmetic",
} as const satisfies ChoiceTerm;

const terms = {
  right,
  strike: optionalStrike,
  observations,
  average,
  strike_type: {
    kind: "choice",
    meaning: "fixed: the average is paid against the strike; floating: the final price against the average",
    choices: ["fixed", "floating"],
    default: "fixed",
  },
} as const satisfies TermTable;

/** max(A − K, 0) or max(K − A, 0), or with a floating strike max(S_T − A, 0) or max(A − S_T, 0), A being the average over the observations alone. */
export const asian: Product<typeof terms> = {
  name: "asian",
  meaning: "call or put on the average price of the observations, paid at expiry",
  terms,
  payoff({ right, strike, observations, average, strike_type }, expiry) {
    const { dates, observed, last } = scheduleOf(observations, expiry);
    const averagePrice = average === "arithmetic" ? mean(observed) : geometricMean(observed);
    if (strike_type === "floating") return { dates, amount: exercised(right, price(last), averagePrice) };
    if (strike === 0) throw new TermsError("strike", "strike must be given with a fixed strike, got none");
    return { dates, amount: exercised(right, averagePrice, strike) };
  },
};
