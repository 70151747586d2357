/**
 * A payoff as data: a small typed expression over the observed prices S(t_0), S(t_1), … of one underlying.
 * Comparisons give 1 or 0, so `(S(T) > K) * 10` is a digital. Dates are indices into the payoff's own `dates`.
 */
export type Expression =
  | { readonly op: "constant"; readonly value: number }
  | { readonly op: "price"; readonly date: number }
  | MarketLeaf
  | { readonly op: UnaryOp; readonly of: Expression }
  | { readonly op: BinaryOp; readonly left: Expression; readonly right: Expression }
  | { readonly op: PathOp; readonly dates: readonly number[] };

/**
 * A number of the market and the model, for payoffs that are watched between the dates: what they are worth given the observed
 * prices depends on it. `spot` S₀; `deviation` s of the log-return to the first date; `drift` its mean m; `discounting` r t.
 * With parameters in `by`, its derivative in them.
 */
export interface MarketLeaf {
  readonly op: "market";
  readonly name: "spot" | "drift" | "deviation" | "discounting";
  readonly by: readonly string[];
}

export type UnaryOp = "negate" | "abs" | "sqrt" | "exp" | "log" | "normal-cdf";

export type BinaryOp =
  | "add"
  | "subtract"
  | "multiply"
  | "divide"
  | "max"
  | "min"
  | "greater"
  | "greater-equal"
  | "less"
  | "less-equal";

/** Statistics of the observed prices over some of the dates. */
export type PathOp = "mean" | "geometric-mean" | "highest" | "lowest";
