import type { BinaryOp, PathOp, UnaryOp } from "./expression.js";

/**
 * A compiled set of payoffs: vector operations on block columns, in order. Registers are small integers,
 * reused once their value is dead; equal subexpressions of different trades are computed once.
 */
export type Instruction =
  | { readonly op: UnaryOp; readonly out: number; readonly of: Operand }
  | { readonly op: BinaryOp; readonly out: number; readonly left: Operand; readonly right: Operand }
  | { readonly op: PathOp; readonly out: number; readonly dates: readonly number[] }
  /** Writes result row `row` of the payoff matrix. */
  | { readonly op: "result"; readonly row: number; readonly of: Operand };

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
