import type { TermTable } from "../../numerics/terms.js";
import { greater, less, multiply, price } from "../build.js";
import { type Product, TermsError } from "../product.js";
import { cash } from "./shared-terms.js";

const terms = {
  lower: { kind: "number", meaning: "lower end of the range, not in it", unit: "price", atLeast: 0 },
  upper: { kind: "number", meaning: "upper end of the range, not in it", unit: "price", above: 0 },
  cash,
} as const satisfies TermTable;

/** (lower < S_T < upper) · cash. */
export const rangeDigital: Product<typeof terms> = {
  name: "range-digital",
  meaning: "pays cash at expiry if lower < S_T < upper",
  terms,
  payoff({ lower, upper, cash }, expiry) {
    if (lower >= upper) throw new TermsError("lower", `lower must be < upper ${upper}, got ${lower}`);
    const inside = multiply(greater(price(0), lower), less(price(0), upper));
    return { dates: [expiry], amount: multiply(inside, cash) };
  },
};
