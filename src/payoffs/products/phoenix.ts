import type { TermTable } from "../../numerics/terms.js";
import { add, divide, greaterEqual, highest, less, multiply, price, type Value } from "../build.js";
import type { Expression } from "../expression.js";
import type { Payment } from "../payoff.js";
import type { Product } from "../product.js";
import { noteTerms } from "./autocall.js";
import { scheduleOf } from "./schedule.js";

const terms = {
  ...noteTerms,
  coupon_barrier: {
    ...noteTerms.autocall_barrier,
    meaning: "a coupon is paid at an observation at or above it",
  },
  memory: {
    kind: "choice",
    meaning: "yes: coupons missed are paid with the next one; no: they are lost",
    choices: ["no", "yes"],
    default: "no",
  },
} as const satisfies TermTable;

/**
 * At each observation while alive, S_i at or above the coupon barrier pays N c; and the note is redeemed at N at or above the
 * autocall barrier. At expiry, if still alive: N down to the protection barrier, and N S_T / reference below it.
 */
export const phoenix: Product<typeof terms> = {
  name: "phoenix",
  meaning:
    "a note with conditional coupons, redeemed early when the price is high, and with a loss when it ends low",
  terms,
  payoff(values, expiry) {
    const { notional, coupon, reference, autocall_barrier, coupon_barrier, protection_barrier, memory } =
      values;
    const { dates, observed, last } = scheduleOf(values.observations, expiry);
    // The last observation pays a coupon, and redeems nothing early.
    let missed: Value = 0;
    const payments = observed.map((date, i): Payment => {
      const before = observed.slice(0, i);
      const alive = before.length === 0 ? 1 : less(highest(before), autocall_barrier);
      const isPaid = greaterEqual(price(date), coupon_barrier);
      const due: Value = memory === "yes" ? add(missed, 1) : 1;
      missed = multiply(due, less(price(date), coupon_barrier));
      const coupons = multiply(multiply(isPaid, due), notional * coupon);
      const called = multiply(greaterEqual(price(date), autocall_barrier), notional);
      return { date, amount: multiply(alive, date === last ? coupons : add(coupons, called)) };
    });
    const before = observed.filter((date) => date !== last);
    const alive = before.length === 0 ? 1 : less(highest(before), autocall_barrier);
    const final = price(last);
    const redemption = add(
      multiply(greaterEqual(final, protection_barrier), notional),
      multiply(less(final, protection_barrier), multiply(divide(final, reference), notional)),
    );
    const lastCoupon: Expression | number = payments.find(({ date }) => date === last)?.amount ?? 0;
    return {
      dates,
      amount: add(lastCoupon, multiply(alive, redemption)),
      earlier: payments.filter(({ date }) => date !== last),
    };
  },
};
