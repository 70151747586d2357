/**
 * A payoff as data: a small typed expression over the observed prices S(t_0), S(t_1), … of one underlying.
 * Comparisons give 1 or 0, so `(S(T) > K) * 10` is a digital. Dates are indices into the payoff's own `dates`.
 */
export type Expression =
  | { readonly op: "constant"; readonly value: number }
  | { readonly op: "price"; readonly date: number }
  | InputLeaf
  | MarketLeaf
  | { readonly op: UnaryOp; readonly of: Expression }
  | { readonly op: BinaryOp; readonly left: Expression; readonly right: Expression }
  | { readonly op: PathOp; readonly dates: readonly number[] };

/** A number per path that is no price, by its column: a uniform, a tangent of the law. */
export interface InputLeaf {
  readonly op: "input";
  readonly column: number;
}

/**
 * A number of the market and the model, for what a payoff is worth before all its prices are known. `spot` S₀; `drift` m and
 * `deviation` s of the log-return over an interval; `discounting` r t up to the end of an interval; `score` of the latent path
 * of all intervals; `bridge` the width of a Brownian bridge over an interval, in units of s; given a number of `jumps` in the
 * interval, m and s are those of so many, and `probability` says how likely they are. With parameters in `by`, its derivative in them.
 */
export interface MarketLeaf {
  readonly op: "market";
  readonly name: "spot" | "drift" | "deviation" | "discounting" | "score" | "bridge" | "probability";
  /** The interval that ends at the date of this index. */
  readonly interval: number;
  readonly jumps?: number;
  readonly by: readonly string[];
}

export type UnaryOp = "negate" | "abs" | "sqrt" | "exp" | "log" | "normal-cdf" | "inverse-normal";

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
