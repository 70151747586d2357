import type { TermTable } from "../../numerics/terms.js";
import { geometricMean, mean, multiply } from "../build.js";
import type { Product } from "../product.js";
import { average } from "./asian.js";
import { beyond } from "./exercise.js";
import { scheduleOf } from "./schedule.js";
import { cash, observations, right, strike } from "./shared-terms.js";

const terms = { right, strike, cash, observations, average } as const satisfies TermTable;

/** Pays cash at expiry if the average over the observations is beyond the strike. */
export const asianDigital: Product<typeof terms> = {
  name: "asian-digital",
  meaning: "cash if the average price of the observations is beyond the strike",
  terms,
  payoff({ right, strike, cash, observations, average }, expiry) {
    const { dates, observed } = scheduleOf(observations, expiry);
    const averagePrice = average === "arithmetic" ? mean(observed) : geometricMean(observed);
    return { dates, amount: multiply(beyond(right, averagePrice, strike), cash) };
  },
};
