import { describe, expect, test } from "vitest";
import { studentQuantile } from "../../src/numerics/student-quantile.js";
import { readTable } from "../reference/read.js";

describe("the Student quantile", () => {
  test.each(readTable("student-quantile.csv"))(
    "is exact at p = $p with $degreesOfFreedom degrees of freedom",
    (row) => {
      const quantile = studentQuantile(row.p!, row.degreesOfFreedom!);
      expect(Math.abs(quantile / row.quantile! - 1)).toBeLessThan(2e-11);
    },
  );

  test("is odd about the median", () => {
    expect(studentQuantile(0.5, 7)).toBe(0);
    expect(studentQuantile(0.25, 7)).toBe(-studentQuantile(0.75, 7));
  });

  test("refuses what it cannot answer, and says what came", () => {
    expect(() => studentQuantile(1, 5)).toThrow("p must be in [1e-5, 1 - 1e-5], got 1");
    expect(() => studentQuantile(0.975, 0)).toThrow("degreesOfFreedom must be a whole number >= 1, got 0");
    expect(() => studentQuantile(0.975, 2.5)).toThrow("got 2.5");
  });
});
