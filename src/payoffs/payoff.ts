import type { Expression } from "./expression.js";

/** A payoff given by library users as code: `prices[k][i]` is S(t_k) on path i; write the amount of path i to `out[i]`. */
export type PayoffFunction = (prices: readonly Float64Array[], out: Float64Array) => void;

export type Amount = Expression | PayoffFunction;

/** An amount paid at a date of the schedule, of which it may look at that date's price and earlier ones. */
export interface Payment {
  /** Index into the payoff's dates. */
  readonly date: number;
  readonly amount: Expression;
}

/**
 * What one unit of a trade pays: `amount`, in the underlying's currency, at the last of `dates`, and what `earlier` lists.
 * `dates` are the times (years from valuation, > 0, strictly increasing) whose prices the amount may look at;
 * they are the trade's schedule, and trades with equal schedules share one simulation.
 */
export interface Payoff {
  readonly dates: readonly number[];
  readonly amount: Amount;
  readonly earlier?: readonly Payment[];
  /**
   * The same payoff on a finer grid of dates, for one that is watched at every moment: under models whose prices are no Brownian
   * motion between the dates, it is watched as if they were.
   */
  readonly onGrid?: (dates: readonly number[]) => Payoff;
}
