import fc from "fast-check";
import { expect, test } from "vitest";
import { binaryArithmetic, unaryArithmetic } from "../../src/payoffs/arithmetic.js";
import * as build from "../../src/payoffs/build.js";
import { compile } from "../../src/payoffs/compile.js";
import { evaluate } from "../../src/payoffs/evaluate.js";
import type { Expression } from "../../src/payoffs/expression.js";
import type { Operand, Program, Target } from "../../src/payoffs/program.js";
import { expressions, paths } from "./expressions.js";

const DATES = 4;

/** Runs a program on one path. Registers begin as NaN, so that reading one too early shows. */
function run(program: Program, prices: readonly number[]): number[] {
  const registers = Array<number>(program.registers).fill(Number.NaN);
  const rows = Array<number>(program.rows).fill(Number.NaN);
  const read = (operand: Operand): number => {
    if (operand.kind === "register") return registers[operand.index]!;
    if (operand.kind === "input") throw new Error("an amount has no inputs");
    return operand.kind === "price" ? prices[operand.date]! : operand.value;
  };
  const write = ({ kind, index }: Target, value: number) => {
    (kind === "row" ? rows : registers)[index] = value;
  };
  for (const instruction of program.instructions) {
    const { out } = instruction;
    if (instruction.op === "copy") {
      write(out, read(instruction.of));
    } else if ("of" in instruction) {
      write(out, unaryArithmetic[instruction.op](read(instruction.of)));
    } else if ("left" in instruction) {
      const { op, left, right } = instruction;
      write(out, binaryArithmetic[op](read(left), read(right)));
    } else {
      write(out, evaluate({ op: instruction.op, dates: instruction.dates }, prices));
    }
  }
  return rows;
}

const call = (strike: number) => build.max(build.subtract(build.mean([0, 1, 2]), strike), 0);
const operations = (program: Program) =>
  program.instructions.map(({ op }) => op).filter((op) => op !== "copy");

test("a program gives every row the very number that its expression is", () => {
  fc.assert(
    fc.property(fc.array(expressions(DATES), { maxLength: 8 }), paths(DATES), (amounts, prices) => {
      expect(run(compile(amounts), prices)).toEqual(amounts.map((amount) => evaluate(amount, prices)));
    }),
    { numRuns: 1000 },
  );
});

test("a row computes the same operations alone as in company", () => {
  fc.assert(
    fc.property(
      fc.array(expressions(DATES), { minLength: 1 }),
      expressions(DATES),
      paths(DATES),
      (others, own, prices) => {
        const [alone] = run(compile([own]), prices);
        expect(run(compile([...others, own]), prices).at(-1)).toBe(alone);
      },
    ),
  );
});

test("equal inputs give equal programs", () => {
  const amounts = () => [call(100), call(110), build.greater(build.price(3), 100)];
  expect(compile(amounts())).toEqual(compile(amounts()));
});

test("a thousand Asians on the same dates compute their average once, and need two registers", () => {
  const program = compile(Array.from({ length: 1000 }, (_, i) => call(100 + i)));
  expect(operations(program).filter((op) => op === "mean")).toHaveLength(1);
  expect(program.instructions).toHaveLength(1 + 1000 * 2);
  expect(program.registers).toBe(2);
});

test("a row is written as soon as it is known: by its last operation, or copied where that has another use", () => {
  const { instructions, registers } = compile([call(100), call(100), call(120), build.price(0)]);
  expect(instructions.map(({ op, out }) => `${op} to ${out.kind} ${out.index}`)).toEqual([
    "mean to register 0",
    "subtract to register 1",
    "max to register 1",
    "copy to row 0",
    "copy to row 1",
    "subtract to register 0",
    "max to row 2",
    "copy to row 3",
  ]);
  expect(registers).toBe(2);
});

test("operands that swap without changing a bit make equal expressions", () => {
  const [a, b] = [build.price(0), build.price(1)];
  expect(operations(compile([build.add(a, b), build.add(b, a)]))).toEqual(["add"]);
  expect(operations(compile([build.greater(a, b), build.less(b, a)]))).toEqual(["greater"]);
  expect(operations(compile([build.lessEqual(3, a), build.greaterEqual(a, 3)]))).toEqual(["greater-equal"]);
});

test("the order of prices in max and min stands: it decides the sign of a zero", () => {
  const [a, b] = [build.price(0), build.price(1)];
  expect(operations(compile([build.max(a, b), build.max(b, a)]))).toEqual(["max", "max"]);
});

test("a constant is the right operand wherever operands swap", () => {
  const constants = [build.add, build.multiply, build.max, build.min, build.greater, build.lessEqual];
  const { instructions } = compile(constants.map((make) => make(7, build.price(0))));
  const right = instructions.flatMap((instruction) => ("right" in instruction ? [instruction.right] : []));
  expect(right).toEqual(constants.map(() => ({ kind: "constant", value: 7 })));
});

test("operations on constants are done while compiling, but for the normal law, of which the kernel has other bits", () => {
  const two: Expression = { op: "constant", value: 2 };
  const four: Expression = { op: "multiply", left: two, right: two };
  expect(compile([{ op: "sqrt", of: four }])).toEqual({
    instructions: [{ op: "copy", out: { kind: "row", index: 0 }, of: { kind: "constant", value: 2 } }],
    registers: 0,
    rows: 1,
  });
  expect(operations(compile([{ op: "log", of: four }]))).toEqual([]);
  expect(operations(compile([{ op: "normal-cdf", of: four }]))).toEqual(["normal-cdf"]);
});

test("zero and minus zero are different constants", () => {
  const program = compile([build.constant(0), build.constant(-0)]);
  expect(run(program, [])).toEqual([0, -0]);
});

test("a sum of 100,000 terms, deeper than any call stack, compiles within a test's time and needs two registers", () => {
  let sum: Expression = build.price(0);
  for (let i = 1; i <= 50_000; i++) sum = build.add(sum, build.multiply(build.price(0), i + 0.5));
  const program = compile([sum]);
  expect(program.registers).toBe(2);
  expect(program.instructions).toHaveLength(100_000);
});
