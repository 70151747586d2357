import { describe, expect, test } from "vitest";
import { normalCdf, normalDensity } from "../../src/numerics/normal.js";
import { readTable } from "../reference/read.js";

function relativeError(value: number, truth: number): number {
  return Math.abs(value / truth - 1);
}

describe("the standard normal", () => {
  test.each(readTable("normal.csv"))("has full relative accuracy at $x, tails included", (row) => {
    expect(relativeError(normalCdf(row.x!), row.cdf!)).toBeLessThan(1e-15);
    expect(relativeError(normalDensity(row.x!), row.density!)).toBeLessThan(1e-15);
  });

  test("underflows to 0 and saturates at 1 at infinity", () => {
    expect([normalCdf(-Infinity), normalCdf(Infinity)]).toEqual([0, 1]);
    expect([normalDensity(-Infinity), normalDensity(Infinity)]).toEqual([0, 0]);
  });

  test("passes NaN on", () => {
    expect(normalCdf(Number.NaN)).toBeNaN();
    expect(normalDensity(Number.NaN)).toBeNaN();
  });
});
