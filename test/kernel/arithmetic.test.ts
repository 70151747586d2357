import { describe, expect, test } from "vitest";
import type { KernelExports } from "../../src/kernel/kernel.js";
import { columnOf, kernel } from "./columns.js";

type Binary = (a: number, b: number) => number;

const truth = (holds: boolean, a: number, b: number) =>
  Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Number(holds);

const BINARY = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  max: Math.max,
  min: Math.min,
  greater: (a, b) => truth(a > b, a, b),
  greaterEqual: (a, b) => truth(a >= b, a, b),
  less: (a, b) => truth(a < b, a, b),
  lessEqual: (a, b) => truth(a <= b, a, b),
} as const satisfies Record<string, Binary>;

type BinaryName = keyof typeof BINARY;
const NAMES = Object.keys(BINARY) as BinaryName[];

const VALUES = [0, 1, -1, 2.5, -1e-300, 1e308, Infinity, -Infinity, Number.NaN];
const PAIRS = VALUES.flatMap((a) => VALUES.map((b) => [a, b] as const));
const LEFT = PAIRS.map(([a]) => a);
const RIGHT = PAIRS.map(([, b]) => b);

/** Runs `operation` with columns of the numbers and returns the first of `out`, which starts as 0.5 everywhere. */
function run(
  operation: (exports: KernelExports, out: number, pointers: readonly number[], n: number) => void,
  ...inputs: readonly (readonly number[])[]
): number[] {
  const mark = kernel.mark();
  const columns = inputs.map(columnOf);
  const n = columns[0]!.n;
  const out = kernel.allocate(n * 8);
  kernel.column(out, n).fill(0.5);
  operation(
    kernel.exports,
    out,
    columns.map(({ pointer }) => pointer),
    n,
  );
  const result = [...kernel.column(out, inputs[0]!.length)];
  kernel.release(mark);
  return result;
}

/** Equal numbers; 0 and −0 count as equal, NaN of any sign as NaN. */
function expectEqual(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.map((x) => x + 0)).toEqual(expected.map((x) => x + 0));
}

describe("arithmetic on columns", () => {
  test.each(NAMES)("%s of two columns is JavaScript's, and NaN wherever a side is NaN", (name) => {
    const actual = run((kernel, out, [a, b], n) => kernel[name](out, a!, b!, n), LEFT, RIGHT);
    expectEqual(
      actual,
      PAIRS.map(([a, b]) => BINARY[name](a, b)),
    );
  });

  test.each(NAMES)("%s of a column and a scalar is that of two columns", (name) => {
    for (const c of VALUES) {
      const actual = run((kernel, out, [a], n) => kernel[`${name}Scalar`](out, a!, c, n), VALUES);
      expectEqual(
        actual,
        VALUES.map((a) => BINARY[name](a, c)),
      );
    }
  });

  test("scalarSubtract and scalarDivide have the scalar on the left", () => {
    for (const c of VALUES) {
      const difference = run((kernel, out, [a], n) => kernel.scalarSubtract(out, c, a!, n), VALUES);
      const quotient = run((kernel, out, [a], n) => kernel.scalarDivide(out, c, a!, n), VALUES);
      expectEqual(
        difference,
        VALUES.map((a) => c - a),
      );
      expectEqual(
        quotient,
        VALUES.map((a) => c / a),
      );
    }
  });

  test.each([
    ["negate", (a: number) => -a],
    ["abs", Math.abs],
    ["sqrt", Math.sqrt],
    ["copy", (a: number) => a],
  ] as const)("%s of a column is JavaScript's", (name, expected) => {
    expectEqual(
      run((kernel, out, [a], n) => kernel[name](out, a!, n), VALUES),
      VALUES.map(expected),
    );
  });

  test("fill writes the number everywhere", () => {
    expect(run((kernel, out, _, n) => kernel.fill(out, 1 / 3, n), VALUES)).toEqual(VALUES.map(() => 1 / 3));
  });

  test("multiplyAdd and multiplyAddScalar add to what is there, without fusing", () => {
    const product = run((kernel, out, [a, b], n) => kernel.multiplyAdd(out, a!, b!, n), LEFT, RIGHT);
    const scaled = run((kernel, out, [a], n) => kernel.multiplyAddScalar(out, a!, 0.1, n), LEFT);
    expectEqual(
      product,
      PAIRS.map(([a, b]) => 0.5 + a * b),
    );
    expectEqual(
      scaled,
      LEFT.map((a) => 0.5 + 0.1 * a),
    );
  });

  test.each([0, 1, 5])("addMultiples adds %i multiples in their order, without fusing", (count) => {
    const stride = 48 * 8;
    const numbers = (length: number) => Array.from({ length }, (_, i) => Math.sin(1 + i * i));
    const [columns, factors] = [numbers(5 * 48), numbers(5)];
    const out = columnOf(numbers(32));
    const { addMultiples } = kernel.exports;
    addMultiples(out.pointer, columnOf(columns).pointer, stride, columnOf(factors).pointer, count, 32);
    const expected = numbers(32).map((first, i) =>
      factors.slice(0, count).reduce((sum, factor, k) => sum + factor * columns[k * 48 + i]!, first),
    );
    expect([...kernel.column(out.pointer, 32)]).toEqual(expected);
  });

  test("an operation may write over a column it reads", () => {
    const { pointer, n } = columnOf(Array.from({ length: 1024 }, (_, i) => i - 500));
    kernel.exports.subtract(pointer, pointer, pointer, n);
    kernel.exports.addScalar(pointer, pointer, 0.9, n);
    kernel.exports.inverseNormal(pointer, pointer, n);
    kernel.exports.exp(pointer, pointer, n);
    kernel.exports.log(pointer, pointer, n);
    for (const z of kernel.column(pointer, n)) expect(z).toBeCloseTo(1.2815515655446, 12);
  });
});
