import type { TermTable } from "../../numerics/terms.js";
import { multiply, price } from "../build.js";
import type { Product } from "../product.js";
import { beyond, intrinsic } from "./exercise.js";
import { right, strike } from "./shared-terms.js";

const terms = {
  right,
  strike,
  trigger: { kind: "number", meaning: "price level that S_T must pass", unit: "price", above: 0 },
} as const satisfies TermTable;

/** (S_T > trigger) · (S_T − K) or (S_T < trigger) · (K − S_T); negative between strike and trigger. */
export const gap: Product<typeof terms> = {
  name: "gap",
  meaning:
    "pays S_T - strike at expiry if S_T > trigger (call), or strike - S_T if S_T < trigger (put); may be negative",
  terms,
  payoff: ({ right, strike, trigger }, expiry) => ({
    dates: [expiry],
    amount: multiply(beyond(right, price(0), trigger), intrinsic(right, price(0), strike)),
  }),
};
