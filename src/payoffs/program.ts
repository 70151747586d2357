import type { BinaryOp, PathOp, UnaryOp } from "./expression.js";

/**
 * A compiled set of payoffs: vector operations on block columns, in order. Registers are small integers,
 * reused once their value is dead; equal subexpressions of different trades are computed once.
 */
export type Instruction =
  | { readonly op: UnaryOp; readonly out: Target; readonly of: Operand }
  | { readonly op: BinaryOp; readonly out: Target; readonly left: Operand; readonly right: Operand }
  | { readonly op: PathOp; readonly out: Target; readonly dates: readonly number[] }
  /** Copies to a row of the payoff matrix what is needed elsewhere too, or what no operation computes. */
  | { readonly op: "copy"; readonly out: Row; readonly of: Operand };

/** A row of the payoff matrix. */
export interface Row {
  readonly kind: "row";
  readonly index: number;
}

export type Target = Row | { readonly kind: "register"; readonly index: number };

export type Operand =
  | { readonly kind: "register"; readonly index: number }
  | { readonly kind: "price"; readonly date: number }
  | { readonly kind: "input"; readonly column: number }
  | { readonly kind: "constant"; readonly value: number };

export interface Program {
  readonly instructions: readonly Instruction[];
  readonly registers: number;
  readonly rows: number;
}
