import { type RowTile, TILE_ROWS } from "../gradients/batch-means.js";
import { BLOCK, type Kernel, type KernelExports, type Pointer } from "../kernel/kernel.js";
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
  const scratch = kernel.allocate(BLOCK * 8);
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

/** A vector operation with its columns, on so many paths; `rows` is where the tile's rows go. */
type Step = (paths: number, rows: Pointer) => void;

/** Where an operation writes, given where the tile's rows go. */
type Place = (rows: Pointer) => Pointer;

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
  while (registers.length < program.registers) registers.push(kernel.allocate(BLOCK * 8));
  const target = (out: Target): Place => {
    if (out.kind === "register") {
      const register = registers[out.index]!;
      return () => register;
    }
    const offset = rowOf[out.index]! * BLOCK * 8;
    return (rows) => rows + offset;
  };
  const steps = program.instructions.map((instruction) =>
    stepOf(kernel.exports, instruction, target(instruction.out), columns),
  );

  return {
    rows: amounts.length,
    evaluate(out, paths) {
      for (const step of steps) step(paths, out);
      for (const { row, amount } of coded) {
        amount(
          prices.map((price) => kernel.column(price, paths)),
          kernel.column(out + row * BLOCK * 8, paths),
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

function stepOf(ops: KernelExports, instruction: Instruction, target: Place, columns: Columns): Step {
  if ("dates" in instruction) return statisticStep(ops, instruction.op, instruction.dates, target, columns);
  if ("left" in instruction) return binaryStep(ops, instruction, target, columns);
  const { op, of } = instruction;
  if (op === "copy") {
    if (of.kind === "constant") return (paths, rows) => ops.fill(target(rows), of.value, paths);
    const column = columnOf(of, columns);
    return (paths, rows) => ops.copy(target(rows), column, paths);
  }
  const apply = ops[unaryName[op]];
  if (of.kind !== "constant") {
    const column = columnOf(of, columns);
    return (paths, rows) => apply(target(rows), column, paths);
  }
  // exp and log of a constant are left to the kernel, whose bits do not depend on the machine.
  return (paths, rows) => {
    const out = target(rows);
    ops.fill(out, of.value, paths);
    apply(out, out, paths);
  };
}

function binaryStep(
  ops: KernelExports,
  { op, left, right }: Extract<Instruction, { left: Operand }>,
  target: Place,
  columns: Columns,
): Step {
  const name = binaryName[op];
  if (right.kind === "constant") {
    const [apply, column] = [ops[`${name}Scalar`], columnOf(left, columns)];
    return (paths, rows) => apply(target(rows), column, right.value, paths);
  }
  const column = columnOf(right, columns);
  if (left.kind !== "constant") {
    const [apply, other] = [ops[name], columnOf(left, columns)];
    return (paths, rows) => apply(target(rows), other, column, paths);
  }
  if (name !== "subtract" && name !== "divide") throw new Error(`${op} must have its constant on the right`);
  const apply = name === "subtract" ? ops.scalarSubtract : ops.scalarDivide;
  return (paths, rows) => apply(target(rows), left.value, column, paths);
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

function statisticStep(
  ops: KernelExports,
  op: PathOp,
  dates: readonly number[],
  target: Place,
  { prices, scratch }: Columns,
): Step {
  const [first, ...others] = dates.map((date) => prices[date]!) as [Pointer, ...Pointer[]];
  switch (op) {
    case "highest":
    case "lowest": {
      const combine = op === "highest" ? ops.max : ops.min;
      return (paths, rows) => {
        const out = target(rows);
        ops.copy(out, first, paths);
        for (const price of others) combine(out, out, price, paths);
      };
    }
    case "mean":
      return (paths, rows) => {
        const out = target(rows);
        ops.copy(out, first, paths);
        for (const price of others) ops.add(out, out, price, paths);
        ops.divideScalar(out, out, dates.length, paths);
      };
    case "geometric-mean":
      // exp of the mean logarithm: the plain product of many prices would overflow.
      return (paths, rows) => {
        const out = target(rows);
        ops.log(out, first, paths);
        for (const price of others) {
          ops.log(scratch, price, paths);
          ops.add(out, out, scratch, paths);
        }
        ops.divideScalar(out, out, dates.length, paths);
        ops.exp(out, out, paths);
      };
  }
}
