import type { Kernel, Pointer } from "./kernel.js";

/** What an instruction does, named as the kernel's functions are; its number is its place, as Operation in assembly/program.ts. */
export const operations = [
  ...["fill", "copy", "negate", "abs", "sqrt", "exp", "log", "normalCdf", "inverseNormal"],
  ...["add", "subtract", "multiply", "divide", "max", "min"],
  ...["greater", "greaterEqual", "less", "lessEqual"],
  ...["addScalar", "subtractScalar", "multiplyScalar", "divideScalar", "maxScalar", "minScalar"],
  ...["greaterScalar", "greaterEqualScalar", "lessScalar", "lessEqualScalar"],
  ...["scalarSubtract", "scalarDivide"],
] as const;

export type Operation = (typeof operations)[number];

/** Where an instruction reads or writes: an address, or what `inRows` makes of an offset. */
export type Place = number;

/** A place so many bytes into the rows that a program is told to write. */
export function inRows(offset: number): Place {
  return ~offset;
}

/** out = operation(a, b), or of one column and a number c. */
export interface Step {
  readonly operation: Operation;
  readonly out: Place;
  readonly a?: Place;
  readonly b?: Place;
  readonly c?: number;
}

const numberOf = Object.fromEntries(operations.map((operation, number) => [operation, number])) as Readonly<
  Record<Operation, number>
>;

/** Words of a record in kernel memory: the operation, out, a, b, and c, which is two. */
const WORDS = 6;

/** Puts a program into kernel memory; what it answers runs it on n paths, all of it in one call. */
export function openProgram(kernel: Kernel, steps: readonly Step[]): (rows: Pointer, n: number) => void {
  const records = kernel.allocate(steps.length * WORDS * 4);
  const words = kernel.words(records, steps.length * WORDS);
  const numbers = kernel.column(records, (steps.length * WORDS) / 2);
  let at = 0;
  for (const { operation, out, a = 0, b = 0, c = 0 } of steps) {
    words[at] = numberOf[operation];
    words[at + 1] = out;
    words[at + 2] = a;
    words[at + 3] = b;
    numbers[(at + 4) / 2] = c;
    at += WORDS;
  }
  const { runProgram } = kernel.exports;
  return (rows, n) => runProgram(records, steps.length, rows, n);
}
