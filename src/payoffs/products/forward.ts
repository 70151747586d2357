import type { TermTable } from "../../numerics/terms.js";
import { price, subtract } from "../build.js";
import type { Product } from "../product.js";

const terms = {
  strike: { kind: "number", meaning: "price K agreed for expiry", unit: "price", atLeast: 0 },
} as const satisfies TermTable;

/** S_T − K. */
export const forward: Product<typeof terms> = {
  name: "forward",
  meaning: "pays S_T - strike at expiry",
  terms,
  payoff: ({ strike }, expiry) => ({ dates: [expiry], amount: subtract(price(0), strike) }),
};
