import { type RowTile, TILE_ROWS } from "../gradients/batch-means.js";
import { BLOCK, type Kernel, type KernelExports, type Pointer } from "../kernel/kernel.js";
import { compile } from "../payoffs/compile.js";
import type { Expression } from "../payoffs/expression.js";
import type { PayoffFunction } from "../payoffs/payoff.js";
import type { Instruction, Operand } from "../payoffs/program.js";

/** Compiles amounts to vector operations, in tiles. `registers` grows to what the largest tile needs. */
export function openPayoffRows(
  kernel: Kernel,
  amounts: readonly (Expression | PayoffFunction)[],
  prices: readonly Pointer[],
): readonly RowTile[] {
  const registers: Pointer[] = [];
  const scratch = kernel.allocate(BLOCK * 8);
  const tiles: RowTile[] = [];
  for (let first = 0; first < amounts.length; first += TILE_ROWS) {
    tiles.push(openTile(kernel, amounts.slice(first, first + TILE_ROWS), { prices, registers, scratch }));
  }
  return tiles;
}

function openTile(
  kernel: Kernel,
  amounts: readonly (Expression | PayoffFunction)[],
  columns: { readonly prices: readonly Pointer[]; readonly registers: Pointer[]; readonly scratch: Pointer },
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

  return {
    rows: amounts.length,
    evaluate(out, paths) {
      for (const instruction of program.instructions) {
        execute(kernel.exports, instruction, { ...columns, out, rowOf, paths });
      }
      for (const { row, amount } of coded) {
        amount(
          prices.map((price) => kernel.column(price, paths)),
          kernel.column(out + row * BLOCK * 8, paths),
        );
      }
    },
  };
}

interface Frame {
  readonly registers: readonly Pointer[];
  readonly prices: readonly Pointer[];
  readonly out: Pointer;
  readonly rowOf: readonly number[];
  readonly scratch: Pointer;
  readonly paths: number;
}

function execute(ops: KernelExports, instruction: Instruction, frame: Frame): void {
  const { paths } = frame;
  switch (instruction.op) {
    case "result": {
      const row = frame.out + frame.rowOf[instruction.row]! * BLOCK * 8;
      if (instruction.of.kind === "constant") ops.fill(row, instruction.of.value, paths);
      else ops.copy(row, columnOf(instruction.of, frame), paths);
      return;
    }
    case "negate":
    case "abs":
    case "sqrt":
    case "exp":
    case "log":
    case "normal-cdf": {
      const target = frame.registers[instruction.out]!;
      // exp and log of a constant are left to the kernel, whose bits do not depend on the machine.
      if (instruction.of.kind === "constant") ops.fill(target, instruction.of.value, paths);
      const of = instruction.of.kind === "constant" ? target : columnOf(instruction.of, frame);
      ops[instruction.op === "normal-cdf" ? "normalCdf" : instruction.op](target, of, paths);
      return;
    }
    case "mean":
    case "geometric-mean":
    case "highest":
    case "lowest":
      pathStatistic(ops, instruction.op, instruction.dates, frame.registers[instruction.out]!, frame);
      return;
    default:
      combine(ops, instruction, frame);
  }
}

function combine(
  ops: KernelExports,
  { op, out, left, right }: Extract<Instruction, { left: Operand }>,
  frame: Frame,
): void {
  const { paths } = frame;
  const target = frame.registers[out]!;
  const name = kernelName[op];
  if (right.kind === "constant") ops[`${name}Scalar`](target, columnOf(left, frame), right.value, paths);
  else if (left.kind !== "constant") ops[name](target, columnOf(left, frame), columnOf(right, frame), paths);
  else if (name === "subtract") ops.scalarSubtract(target, left.value, columnOf(right, frame), paths);
  else if (name === "divide") ops.scalarDivide(target, left.value, columnOf(right, frame), paths);
  else throw new Error(`${op} must have its constant on the right`);
}

const kernelName = {
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

function columnOf(operand: Operand, frame: Frame): Pointer {
  if (operand.kind === "constant")
    throw new Error(`a column must be asked for, got the constant ${operand.value}`);
  return operand.kind === "price" ? frame.prices[operand.date]! : frame.registers[operand.index]!;
}

function pathStatistic(
  ops: KernelExports,
  op: "mean" | "geometric-mean" | "highest" | "lowest",
  dates: readonly number[],
  out: Pointer,
  { prices, scratch, paths }: Frame,
): void {
  const [first, ...others] = dates.map((date) => prices[date]!) as [Pointer, ...Pointer[]];
  ops.copy(out, first, paths);
  if (op === "highest" || op === "lowest") {
    const combine = op === "highest" ? ops.max : ops.min;
    for (const price of others) combine(out, out, price, paths);
    return;
  }
  if (op === "mean") {
    for (const price of others) ops.add(out, out, price, paths);
    ops.divideScalar(out, out, dates.length, paths);
    return;
  }
  // exp of the mean logarithm: the plain product of many prices would overflow.
  ops.log(out, out, paths);
  for (const price of others) {
    ops.log(scratch, price, paths);
    ops.add(out, out, scratch, paths);
  }
  ops.divideScalar(out, out, dates.length, paths);
  ops.exp(out, out, paths);
}
