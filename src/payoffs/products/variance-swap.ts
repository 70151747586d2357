import { square } from "../../numerics/elementary.js";
import type { TermTable } from "../../numerics/terms.js";
import { add, divide, log, multiply, price, subtract, type Value } from "../build.js";
import type { Product } from "../product.js";
import { scheduleOf } from "./schedule.js";
import { observations } from "./shared-terms.js";

const terms = {
  notional: {
    kind: "number",
    meaning: "paid per 1.00 of annual variance",
    unit: "currency",
    above: 0,
    default: 1,
  },
  reference: { kind: "number", meaning: "price at the start of the first period", unit: "price", above: 0 },
  strike: {
    kind: "number",
    meaning: "volatility whose square is exchanged for the realised variance",
    unit: "per √year",
    atLeast: 0,
  },
  observations,
} as const satisfies TermTable;

/** Pays N (Σ ln²(S_i / S_{i−1}) / T − K²), T the years to the last observation. */
export const varianceSwap: Product<typeof terms> = {
  name: "variance-swap",
  meaning: "realised variance of the observations, per year, against the square of a volatility",
  terms,
  payoff({ notional, reference, strike, observations }, expiry) {
    const { dates, observed } = scheduleOf(observations, expiry);
    const squares = observed.map((date, i) => {
      const start: Value = i === 0 ? reference : price(observed[i - 1]!);
      const own = log(divide(price(date), start));
      return multiply(own, own);
    });
    const realised = divide(
      squares.reduce((total, own) => add(total, own)),
      dates[observed.at(-1)!]!,
    );
    return { dates, amount: multiply(subtract(realised, square(strike)), notional) };
  },
};
