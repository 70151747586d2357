import fc from "fast-check";
import { products } from "../../src/index.js";
import type { Expression } from "../../src/payoffs/expression.js";
import type { Payoff } from "../../src/payoffs/payoff.js";

/** Years to expiry, and the observations of what is watched at dates. */
export const YEARS = 1;
export const DATES = [0.25, 0.5, 0.75, 1];

export const rights = fc.constantFrom("call" as const, "put" as const);

/** Prices and levels; few whole numbers, so that prices at a level occur. */
export const level = fc.oneof(
  fc.integer({ min: 88, max: 112 }),
  fc.double({ min: 40, max: 250, noNaN: true, noDefaultInfinity: true }),
);

/** Paths of prices at so many dates. */
export const pathsOf = (dates: number) =>
  fc.array(fc.array(level, { minLength: dates, maxLength: dates }), { minLength: 1, maxLength: 64 });

export function payoffOf(product: string, terms: Readonly<Record<string, unknown>>): Payoff {
  return products[product]!.payoff(terms as never, YEARS);
}

export function amountOf(product: string, terms: Readonly<Record<string, unknown>>): Expression {
  return payoffOf(product, terms).amount as Expression;
}

/** Options that a barrier ends, the same begun by it, and how they are watched. */
export const barrierPairs = fc
  .record({
    right: rights,
    strike: level,
    barrier: level,
    side: fc.constantFrom("up", "down", "both"),
    width: fc.double({ min: 0.5, max: 120, noNaN: true }),
    observations: fc.constantFrom(DATES, "continuous" as const),
    rebate: fc.constantFrom(0, 0, 3),
  })
  .map(({ side, barrier, width, ...shared }) => {
    const [product, levels] =
      side === "both"
        ? (["double-barrier", { lower: barrier, upper: barrier + width }] as const)
        : (["barrier", { barrier }] as const);
    const type = (event: "out" | "in") => (side === "both" ? `knock-${event}` : `${side}-and-${event}`);
    const option = (event: "out" | "in") =>
      payoffOf(product, { ...shared, ...levels, barrier_type: type(event) });
    return { ...shared, ...levels, side, out: option("out"), into: option("in") };
  });
