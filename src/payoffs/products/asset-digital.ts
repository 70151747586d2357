import type { TermTable } from "../../numerics/terms.js";
import { multiply, price } from "../build.js";
import type { Product } from "../product.js";
import { beyond } from "./exercise.js";
import { right, strike } from "./shared-terms.js";

const terms = { right, strike } as const satisfies TermTable;

/** Asset or nothing: (S_T > K) · S_T or (S_T < K) · S_T. */
export const assetDigital: Product<typeof terms> = {
  name: "asset-digital",
  meaning: "asset or nothing: pays S_T at expiry if S_T > strike (call) or S_T < strike (put)",
  terms,
  payoff: ({ right, strike }, expiry) => ({
    dates: [expiry],
    amount: multiply(beyond(right, price(0), strike), price(0)),
  }),
};
