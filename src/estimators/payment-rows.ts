import type { Expression } from "../payoffs/expression.js";
import type { Payment, PayoffFunction } from "../payoffs/payoff.js";

/** What the trades of a simulation pay: an amount each at the last date, and perhaps others before. */
export interface Amounts {
  readonly amounts: readonly (Expression | PayoffFunction)[];
  /** Payments before the last date, a list per trade. */
  readonly earlier?: readonly (readonly Payment[])[];
}

/** A row of the payoff matrix, and the date (index) at which it is paid; undefined is the last. */
export interface PaymentRow {
  readonly row: number;
  readonly date?: number;
}

export interface PaymentRows {
  /** How many trades there are. */
  readonly trades: number;
  readonly rows: readonly (Expression | PayoffFunction)[];
  /** Those of trade t, its last amount first. */
  of(t: number): readonly PaymentRow[];
}

/** Every payment is a row: first the trades' last amounts, then the earlier payments, trade by trade. */
export function paymentRows({ amounts, earlier = [] }: Amounts): PaymentRows {
  const rows = [...amounts];
  const placed = amounts.map((_, t): readonly PaymentRow[] => [
    { row: t },
    ...(earlier[t] ?? []).map(({ date, amount }) => ({ row: rows.push(amount) - 1, date })),
  ]);
  return { trades: amounts.length, rows, of: (t) => placed[t]! };
}
