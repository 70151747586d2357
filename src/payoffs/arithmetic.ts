import { exp, log } from "../numerics/elementary.js";
import { inverseNormal, normalCdf } from "../numerics/normal.js";
import type { BinaryOp, UnaryOp } from "./expression.js";

/** What the operations mean, number by number. NaN on either side gives NaN, in comparisons too. */
export const unaryArithmetic: Readonly<Record<UnaryOp, (x: number) => number>> = {
  negate: (x) => -x,
  abs: Math.abs,
  sqrt: Math.sqrt,
  exp: exp,
  log: log,
  "normal-cdf": normalCdf,
  "inverse-normal": inverseNormal,
};

export const binaryArithmetic: Readonly<Record<BinaryOp, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  max: (a, b) => Math.max(a, b),
  min: (a, b) => Math.min(a, b),
  greater: (a, b) => truth(a, b, a > b),
  "greater-equal": (a, b) => truth(a, b, a >= b),
  less: (a, b) => truth(a, b, a < b),
  "less-equal": (a, b) => truth(a, b, a <= b),
};

function truth(a: number, b: number, holds: boolean): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
  return holds ? 1 : 0;
}

/** Whether it has the bits of the kernel's; the others are left to the kernel. */
export function hasKernelBits(op: UnaryOp): boolean {
  return op !== "normal-cdf" && op !== "inverse-normal";
}
