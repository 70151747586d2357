import { describe, expect, test } from "vitest";
import { jetArithmetic } from "../../src/numerics/jet.js";
import { coefficientsOf, openRegression } from "../../src/numerics/least-squares.js";

describe("jets", () => {
  const { add, subtract, multiply, divide, chain } = jetArithmetic(2);
  const x = [3, 1, 0];
  const y = [5, 0, 1];

  test("differentiate sums, products and quotients exactly", () => {
    expect(add(multiply(x, x, y), 2)).toEqual([47, 30, 9]);
    expect(subtract(1, divide(x, y))).toEqual([1 - 3 / 5, -1 / 5, 3 / 25]);
  });

  test("differentiate functions by the chain rule", () => {
    expect(chain(multiply(x, y), Math.sin(15), Math.cos(15))).toEqual([
      Math.sin(15),
      5 * Math.cos(15),
      3 * Math.cos(15),
    ]);
  });
});

describe("jets with second derivatives", () => {
  // Directions x and y; pairs xx, xy and yy.
  const { multiply, divide, subtract, chain } = jetArithmetic(2, [
    [0, 0],
    [0, 1],
    [1, 1],
  ]);
  const x = [3, 1, 0, 0, 0, 0];
  const y = [5, 0, 1, 0, 0, 0];

  test("differentiate x²y / (1 − x) twice", () => {
    const jet = divide(multiply(x, x, y), subtract(1, x));
    const expected = [-22.5, -3.75, -4.5, 5 * (-1 / 4), -3 / 4, 0];
    for (const [i, value] of expected.entries()) expect(jet[i], `${i}`).toBeCloseTo(value, 12);
  });

  test("differentiate sin(xy) twice", () => {
    const [s, c] = [Math.sin(15), Math.cos(15)];
    const jet = chain(multiply(x, y), s, c, -s);
    const expected = [s, 5 * c, 3 * c, -25 * s, c - 15 * s, -9 * s];
    for (const [i, value] of expected.entries()) expect(jet[i], `${i}`).toBeCloseTo(value, 12);
  });
});

describe("least squares", () => {
  test("finds the coefficients of an exact relation", () => {
    // x1, x2 with covariance [[4, 2], [2, 3]] and y = 2 x1 − 5 x2.
    const regression = openRegression([4, 2, 2, 3], 2);
    const { kept } = regression;
    const found = coefficientsOf(regression, [2 * 4 - 5 * 2, 2 * 2 - 5 * 3]);
    expect(found[kept.indexOf(0)]).toBeCloseTo(2, 12);
    expect(found[kept.indexOf(1)]).toBeCloseTo(-5, 12);
  });

  test("leaves out a variable that the others explain, and one that does not vary", () => {
    // x3 = x1 + x2, x4 constant.
    const covariance = [
      [4, 2, 6, 0],
      [2, 3, 5, 0],
      [6, 5, 11, 0],
      [0, 0, 0, 0],
    ].flat();
    const regression = openRegression(covariance, 4);
    expect(regression.kept).toHaveLength(2);
    expect(regression.kept).not.toContain(3);
    for (const value of coefficientsOf(regression, covariance)) expect(Number.isFinite(value)).toBe(true);
  });
});
