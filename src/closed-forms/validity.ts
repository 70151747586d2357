import { type NumberTable, numberFault } from "../numerics/terms.js";

/** Throws a RangeError that names the rule and the value when a number is outside its table's bounds. */
export function requireValid<T extends NumberTable>(
  table: T,
  values: { readonly [K in keyof T]: number },
): void {
  for (const [name, term] of Object.entries(table)) {
    const fault = numberFault(name, term, values[name]!);
    if (fault !== null) throw new RangeError(fault);
  }
}

/** What every closed form needs to know of the market besides its model. */
export const MARKET_TERMS = {
  spot: { kind: "number", meaning: "price of the underlying today", unit: "currency", above: 0 },
  rate: { kind: "number", meaning: "continuously compounded interest rate", unit: "per year" },
  dividendYield: { kind: "number", meaning: "continuously compounded dividend yield", unit: "per year" },
} as const satisfies NumberTable;

export type MarketTerms = { readonly [K in keyof typeof MARKET_TERMS]: number };

export const EXPIRY_TERM = {
  expiry: { kind: "number", meaning: "time to payment", unit: "years", above: 0 },
} as const satisfies NumberTable;
