/**
 * A payoff as data: a small typed expression over the observed prices S(t_0), S(t_1), … of one underlying.
 * Comparisons give 1 or 0, so `(S(T) > K) * 10` is a digital. Dates are indices into the payoff's own `dates`.
 */
export type Expression =
  | { readonly op: "constant"; readonly value: number }
  | { readonly op: "price"; readonly date: number }
  | { readonly op: UnaryOp; readonly of: Expression }
  | { readonly op: BinaryOp; readonly left: Expression; readonly right: Expression }
  | { readonly op: PathOp; readonly dates: readonly number[] };

export type UnaryOp = "negate" | "abs" | "sqrt" | "exp" | "log";

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
