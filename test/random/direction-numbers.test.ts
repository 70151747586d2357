import { describe, expect, test } from "vitest";
import { directionNumbers, SOBOL_DIMENSIONS } from "../../src/random/direction-numbers.js";
import { joeKuoRows } from "../../src/random/joe-kuo.js";

function unscrambledPoint(dimension: number, index: number): number {
  const digits = directionNumbers(dimension).reduce(
    (digits, direction, bit) => ((index >>> bit) & 1 ? digits ^ direction : digits),
    0,
  );
  return (digits >>> 0) / 2 ** 32;
}

describe("direction numbers", () => {
  test("come from the rows published in new-joe-kuo-6", () => {
    const rows = joeKuoRows.trim().split("\n");
    expect(rows.length).toBe(SOBOL_DIMENSIONS - 1);
    expect(rows.slice(0, 9)).toEqual([
      "1 0 1",
      "2 1 1 3",
      "3 1 1 3 1",
      "3 2 1 1 1",
      "4 1 1 1 3 3",
      "4 4 1 3 5 13",
      "5 2 1 1 5 5 17",
      "5 4 1 1 5 5 5",
      "5 7 1 1 7 11 19",
    ]);
  });

  test("give the first points of the sequence, worked by hand", () => {
    const points = [0, 1, 2].map((dimension) => [0, 1, 2, 3].map((i) => unscrambledPoint(dimension, i)));
    expect(points).toEqual([
      [0, 0.5, 0.25, 0.75],
      [0, 0.5, 0.75, 0.25],
      [0, 0.5, 0.75, 0.25],
    ]);
  });

  test("give the points of an independent implementation (scipy 1.10 stats.qmc.Sobol, in its Gray-code order)", () => {
    const dimensions = [3, 17, 200, 1023];
    const point = (i: number) => dimensions.map((dimension) => unscrambledPoint(dimension, i ^ (i >>> 1)));
    expect(point(1000)).toEqual([0.6767578125, 0.3447265625, 0.7529296875, 0.7138671875]);
    expect(point(2730)).toEqual([0.812255859375, 0.186767578125, 0.961669921875, 0.182373046875]);
  });

  test("make every dimension a (0, 1)-sequence: the j-th has digit j and none after", () => {
    for (let dimension = 0; dimension < SOBOL_DIMENSIONS; dimension++) {
      const directions = directionNumbers(dimension);
      const lowestBits = Array.from(directions, (direction) => 31 - Math.clz32(direction & -direction));
      expect(lowestBits).toEqual(Array.from({ length: 32 }, (_, j) => 31 - j));
    }
  });

  test("differ between all dimensions", () => {
    const all = Array.from({ length: SOBOL_DIMENSIONS }, (_, dimension) =>
      directionNumbers(dimension).join(),
    );
    expect(new Set(all).size).toBe(SOBOL_DIMENSIONS);
  });

  test.each([-1, 1024, 0.5, Number.NaN])("are refused for dimension %s", (dimension) => {
    expect(() => directionNumbers(dimension)).toThrow(
      `Sobol' dimension must be a whole number from 0 to 1023, got ${dimension}`,
    );
  });
});
