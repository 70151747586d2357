import { describe, expect, test } from "vitest";
import { inRows, openProgram, operations } from "../../src/kernel/program.js";
import { columnOf, kernel } from "./columns.js";

const N = 1024;
const c = 0.75;
const { pointer: a } = columnOf(Array.from({ length: N }, (_, i) => 0.5 + 0.49 * Math.sin(i)));
const { pointer: b } = columnOf(Array.from({ length: N }, (_, i) => 0.5 + 0.49 * Math.cos(3 * i)));

/** What the kernel's own function of that name gives. */
function alone(operation: (typeof operations)[number]): number[] {
  const out = kernel.allocate(N * 8);
  const { exports: ops } = kernel;
  if (operation === "fill") ops.fill(out, c, N);
  else if (operation === "scalarSubtract" || operation === "scalarDivide") ops[operation](out, c, a, N);
  else if (operation.endsWith("Scalar")) ops[operation as "addScalar"](out, a, c, N);
  else if (ops[operation].length === 3) ops[operation as "abs"](out, a, N);
  else ops[operation as "add"](out, a, b, N);
  return [...kernel.column(out, N)];
}

describe("a program of the kernel", () => {
  test.each(operations)("has the bits of %s", (operation) => {
    const rows = kernel.allocate(2 * N * 8);
    openProgram(kernel, [{ operation, out: inRows(N * 8), a, b, c }])(rows, N);
    expect([...kernel.column(rows + N * 8, N)]).toEqual(alone(operation));
  });

  test.each([16, 256, 400, 1024])("does its instructions in order, and nothing beyond %i paths", (n) => {
    const rows = kernel.allocate(2 * N * 8);
    kernel.column(rows, 2 * N).fill(-1);
    const register = kernel.allocate(N * 8);
    const run = openProgram(kernel, [
      { operation: "multiply", out: register, a, b },
      { operation: "copy", out: inRows(0), a: register },
      { operation: "addScalar", out: register, a: register, c },
      { operation: "subtract", out: inRows(N * 8), a: register, b: inRows(0) },
    ]);
    run(rows, n);
    const [first, second] = [kernel.column(rows, N), kernel.column(rows + N * 8, N)];
    const [left, right] = [kernel.column(a, N), kernel.column(b, N)];
    for (let p = 0; p < N; p++) {
      const product = left[p]! * right[p]!;
      expect(first[p]).toBe(p < n ? product : -1);
      expect(second[p]).toBe(p < n ? product + c - product : -1);
    }
  });

  test("of no instruction does nothing", () => {
    expect(() => openProgram(kernel, [])(a, N)).not.toThrow();
  });
});
