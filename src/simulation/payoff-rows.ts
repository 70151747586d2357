import { type RowTile, TILE_ROWS } from "../gradients/batch-means.js";
import { COLUMN_BYTES, type Kernel, type Pointer } from "../kernel/kernel.js";
import { inRows, openProgram, type Place, type Step } from "../kernel/program.js";
import { compile } from "../payoffs/compile.js";
import type { Expression, PathOp } from "../payoffs/expression.js";
import type { PayoffFunction } from "../payoffs/payoff.js";
import type { Instruction, Operand, Target } from "../payoffs/program.js";

/** Nanoseconds that the rows of amounts take on a path, about, when there are no others. */
export function rowsCost(amounts: readonly (Expression | PayoffFunction)[]): number {
  const expressions = amounts.filter((amount) => typeof amount !== "function");
  const { instructions } = compile(expressions);
  const code = CODE * (amounts.length - expressions.length);
  return instructions.reduce((sum, { op }) => sum + (COSTS[op] ?? 0.3), code);
}

/** Compiles amounts to vector operations, in tiles: of the prices, and of `inputs` where they ask for more. */
export function openPayoffRows(
  kernel: Kernel,
  amounts: readonly (Expression | PayoffFunction)[],
  prices: readonly Pointer[],
  inputs: readonly Pointer[] = [],
): readonly RowTile[] {
  // They grow to what the largest tile needs.
  const registers: Pointer[] = [];
  const scratch = kernel.allocate(COLUMN_BYTES);
  const tiles: RowTile[] = [];
  for (let first = 0; first < amounts.length; first += TILE_ROWS) {
    tiles.push(
      openTile(kernel, amounts.slice(first, first + TILE_ROWS), { prices, inputs, registers, scratch }),
    );
  }
  return tiles;
}

interface Columns {
  readonly prices: readonly Pointer[];
  readonly inputs: readonly Pointer[];
  readonly registers: Pointer[];
  readonly scratch: Pointer;
}

function openTile(
  kernel: Kernel,
  amounts: readonly (Expression | PayoffFunction)[],
  columns: Columns,
): RowTile {
  const { prices, registers } = columns;
  const coded: { row: number; amount: PayoffFunction }[] = [];
  const expressions: Expression[] = [];
  const rowOf: number[] = [];
  for (const [row, amount] of amounts.entries()) {
    if (typeof amount === "function") coded.push({ row, amount });
    else rowOf[expressions.push(amount) - 1] = row;
  }
  const program = compile(expressions);
  while (registers.length < program.registers) registers.push(kernel.allocate(COLUMN_BYTES));
  const place = (out: Target): Place =>
    out.kind === "register" ? registers[out.index]! : inRows(rowOf[out.index]! * COLUMN_BYTES);
  const run = openProgram(
    kernel,
    program.instructions.flatMap((instruction) => stepsOf(instruction, place(instruction.out), columns)),
  );

  return {
    rows: amounts.length,
    evaluate(out, paths) {
      run(out, paths);
      for (const { row, amount } of coded) {
        amount(
          prices.map((price) => kernel.column(price, paths)),
          kernel.column(out + row * COLUMN_BYTES, paths),
        );
      }
    },
  };
}

/** Nanoseconds a path of what takes longer than an addition; see bench/kernel.mjs. */
const COSTS: Readonly<Partial<Record<Instruction["op"], number>>> = {
  divide: 0.6,
  exp: 2,
  log: 4,
  sqrt: 1,
  "normal-cdf": 6,
  "inverse-normal": 5,
  "geometric-mean": 30,
  mean: 3,
  highest: 3,
  lowest: 3,
};
const CODE = 50;
/** Of a row and a column of weights. */
export const PRODUCT_COST = 0.15;

/** An instruction as the kernel's program has it. */
function stepsOf(instruction: Instruction, out: Place, columns: Columns): readonly Step[] {
  if ("dates" in instruction) return statisticSteps(instruction.op, instruction.dates, out, columns);
  if ("left" in instruction) return [binaryStep(instruction, out, columns)];
  const { op, of } = instruction;
  if (op === "copy") {
    if (of.kind === "constant") return [{ operation: "fill", out, c: of.value }];
    return [{ operation: "copy", out, a: columnOf(of, columns) }];
  }
  const operation = unaryName[op];
  if (of.kind !== "constant") return [{ operation, out, a: columnOf(of, columns) }];
  // exp and log of a constant are left to the kernel, whose bits do not depend on the machine.
  return [
    { operation: "fill", out, c: of.value },
    { operation, out, a: out },
  ];
}

function binaryStep(
  { op, left, right }: Extract<Instruction, { left: Operand }>,
  out: Place,
  columns: Columns,
): Step {
  const name = binaryName[op];
  if (right.kind === "constant")
    return { operation: `${name}Scalar`, out, a: columnOf(left, columns), c: right.value };
  const b = columnOf(right, columns);
  if (left.kind !== "constant") return { operation: name, out, a: columnOf(left, columns), b };
  if (name !== "subtract" && name !== "divide") throw new Error(`${op} must have its constant on the right`);
  return {
    operation: name === "subtract" ? "scalarSubtract" : "scalarDivide",
    out,
    a: b,
    c: left.value,
  };
}

const unaryName = {
  negate: "negate",
  abs: "abs",
  sqrt: "sqrt",
  exp: "exp",
  log: "log",
  "normal-cdf": "normalCdf",
  "inverse-normal": "inverseNormal",
} as const;

const binaryName = {
  add: "add",
  subtract: "subtract",
  multiply: "multiply",
  divide: "divide",
  max: "max",
  min: "min",
  greater: "greater",
  "greater-equal": "greaterEqual",
  less: "less",
  "less-equal": "lessEqual",
} as const;

function columnOf(operand: Operand, { prices, inputs, registers }: Columns): Pointer {
  switch (operand.kind) {
    case "constant":
      throw new Error(`a column must be asked for, got the constant ${operand.value}`);
    case "register":
      return registers[operand.index]!;
    case "price":
      return prices[operand.date]!;
    case "input":
      return inputs[operand.column]!;
  }
}

function statisticSteps(
  op: PathOp,
  dates: readonly number[],
  out: Place,
  { prices, scratch }: Columns,
): readonly Step[] {
  const [first, ...others] = dates.map((date) => prices[date]!) as [Pointer, ...Pointer[]];
  const average: Step = { operation: "divideScalar", out, a: out, c: dates.length };
  switch (op) {
    case "highest":
    case "lowest":
      return [
        { operation: "copy", out, a: first },
        ...others.map((b): Step => ({ operation: op === "highest" ? "max" : "min", out, a: out, b })),
      ];
    case "mean":
      return [
        { operation: "copy", out, a: first },
        ...others.map((b): Step => ({ operation: "add", out, a: out, b })),
        average,
      ];
    case "geometric-mean":
      // exp of the mean logarithm: the plain product of many prices would overflow.
      return [
        { operation: "log", out, a: first },
        ...others.flatMap((price): Step[] => [
          { operation: "log", out: scratch, a: price },
          { operation: "add", out, a: out, b: scratch },
        ]),
        average,
        { operation: "exp", out, a: out },
      ];
  }
}
