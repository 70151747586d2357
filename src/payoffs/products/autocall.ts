import type { NumberTerm, TermTable } from "../../numerics/terms.js";
import { add, divide, greaterEqual, highest, less, multiply, price, subtract } from "../build.js";
import type { Payment } from "../payoff.js";
import type { Product } from "../product.js";
import { scheduleOf } from "./schedule.js";
import { observations } from "./shared-terms.js";

const level = (meaning: string) =>
  ({ kind: "number", meaning, unit: "price", above: 0 }) as const satisfies NumberTerm;

/** Terms that notes share. */
export const noteTerms = {
  notional: { kind: "number", meaning: "amount lent, N", unit: "currency", above: 0, default: 100 },
  coupon: {
    kind: "number",
    meaning: "coupon per observation, c, as a share of the notional",
    unit: "1",
    atLeast: 0,
  },
  reference: level(
    "price that the final one is measured against when the notional is lost; it does not move",
  ),
  autocall_barrier: level("redeemed at the first observation at or above it"),
  protection_barrier: level("below it at expiry the holder gets the share S_T / reference of the notional"),
  observations,
} as const satisfies TermTable;

/**
 * Snowball: redeemed at the first observation i with S_i at or above the barrier, at N (1 + c i). At expiry, if still alive:
 * N (1 + c n) at or above the barrier, N down to the protection barrier, and N S_T / reference below it.
 */
export const autocall: Product<typeof noteTerms> = {
  name: "autocall",
  meaning:
    "a note redeemed early with its coupons when the price is high, and with a loss at the end when it is low",
  terms: noteTerms,
  payoff({ notional, coupon, reference, autocall_barrier, protection_barrier, observations }, expiry) {
    const { dates, observed, last } = scheduleOf(observations, expiry);
    const final = price(last);
    const alive = (dates: readonly number[]) =>
      dates.length === 0 ? 1 : less(highest(dates), autocall_barrier);
    const called = greaterEqual(final, autocall_barrier);
    const kept = subtract(greaterEqual(final, protection_barrier), called);
    const lost = less(final, protection_barrier);
    const atExpiry = add(
      add(multiply(called, notional * (1 + coupon * observed.length)), multiply(kept, notional)),
      multiply(lost, multiply(divide(final, reference), notional)),
    );
    const before = observed.filter((date) => date !== last);
    return {
      dates,
      amount: multiply(alive(before), atExpiry),
      earlier: before.map(
        (date, i): Payment => ({
          date,
          amount: multiply(
            multiply(alive(before.slice(0, i)), greaterEqual(price(date), autocall_barrier)),
            notional * (1 + coupon * (i + 1)),
          ),
        }),
      ),
    };
  },
};
