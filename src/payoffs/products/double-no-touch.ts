import type { TermTable } from "../../numerics/terms.js";
import { multiply } from "../build.js";
import type { Product } from "../product.js";
import { lower, upper, within } from "./barrier-events.js";
import { requireOrder } from "./double-barrier.js";
import { watchedPayoff } from "./schedule.js";
import { cash, watched } from "./shared-terms.js";

const terms = { lower, upper, cash, observations: watched } as const satisfies TermTable;

/** Pays cash at expiry if every observed price is strictly between two levels. */
export const doubleNoTouch: Product<typeof terms> = {
  name: "double-no-touch",
  meaning: "cash at expiry if neither level is ever touched",
  terms,
  payoff({ lower, upper, cash, observations }, expiry) {
    requireOrder(lower, upper);
    return watchedPayoff(observations, expiry, (schedule) =>
      multiply(within(schedule, lower, upper).inside, cash),
    );
  },
};
