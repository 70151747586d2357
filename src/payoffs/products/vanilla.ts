import type { TermTable } from "../../numerics/terms.js";
import { price } from "../build.js";
import type { Product } from "../product.js";
import { exercised } from "./exercise.js";
import { right, strike } from "./shared-terms.js";

const terms = { right, strike } as const satisfies TermTable;

/** max(S_T − K, 0) or max(K − S_T, 0). */
export const vanilla: Product<typeof terms> = {
  name: "vanilla",
  meaning: "European call or put: pays max(S_T - strike, 0) or max(strike - S_T, 0) at expiry",
  terms,
  payoff: ({ right, strike }, expiry) => ({ dates: [expiry], amount: exercised(right, price(0), strike) }),
};
