import type { TermTable } from "../../numerics/terms.js";
import { geometricMean, mean } from "../build.js";
import { type Product, TermsError } from "../product.js";
import { exercised } from "./exercise.js";
import { scheduleOf } from "./schedule.js";
import { observations, right, strike } from "./shared-terms.js";

const terms = {
  right,
  strike,
  observations,
  average: {
    kind: "choice",
    meaning: "arithmetic: sum of the n prices / n; geometric: n-th root of their product",
    choices: ["arithmetic", "geometric"],
    default: "arithmetic",
  },
  strike_type: {
    kind: "choice",
    meaning: "fixed: the average is paid against the strike; floating is not offered yet",
    choices: ["fixed", "floating"],
    default: "fixed",
  },
} as const satisfies TermTable;

/** max(A − K, 0) or max(K − A, 0), A being the average over the observations alone. */
export const asian: Product<typeof terms> = {
  name: "asian",
  meaning: "call or put on the average price of the observations, paid at expiry",
  terms,
  payoff({ right, strike, observations, average, strike_type }, expiry) {
    if (strike_type === "floating") {
      throw new TermsError(
        "strike_type",
        'strike_type must be fixed, got "floating": options that pay S_T against the average are not offered yet',
      );
    }
    const { dates, observed } = scheduleOf(observations, expiry);
    const averagePrice = average === "arithmetic" ? mean(observed) : geometricMean(observed);
    return { dates, amount: exercised(right, averagePrice, strike) };
  },
};
