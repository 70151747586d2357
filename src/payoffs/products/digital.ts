import type { TermTable } from "../../numerics/terms.js";
import { multiply, price } from "../build.js";
import type { Product } from "../product.js";
import { beyond } from "./exercise.js";
import { cash, right, strike } from "./shared-terms.js";

const terms = { right, strike, cash } as const satisfies TermTable;

/** Cash or nothing: (S_T > K) · cash or (S_T < K) · cash. */
export const digital: Product<typeof terms> = {
  name: "digital",
  meaning: "cash or nothing: pays cash at expiry if S_T > strike (call) or S_T < strike (put)",
  terms,
  payoff: ({ right, strike, cash }, expiry) => ({
    dates: [expiry],
    amount: multiply(beyond(right, price(0), strike), cash),
  }),
};
