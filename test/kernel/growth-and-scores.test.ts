import { describe, expect, test } from "vitest";
import { columnOf, kernel, mapNumbers } from "./columns.js";

const N = 64;
const wave = (frequency: number) => Array.from({ length: N }, (_, i) => Math.sin(1 + frequency * i));

const z = wave(0.7).map((x) => 3 * x);
const previous = wave(1.3).map((x) => 100 * Math.exp(x));
const mean = wave(0.3).map((x) => 0.1 * x);
const deviation = wave(0.9).map((x) => 0.2 + 0.1 * x);
const meanTangent = wave(2.1);
const deviationTangent = wave(0.2);
const [zs, previousPrices, means, deviations, meanTangents, deviationTangents] = [
  z,
  previous,
  mean,
  deviation,
  meanTangent,
  deviationTangent,
].map((numbers) => columnOf(numbers).pointer) as [number, number, number, number, number, number];

/** The column that `write` leaves when it finds 1 everywhere. */
function result(write: (out: number) => void): number[] {
  const mark = kernel.mark();
  const out = kernel.allocate(N * 8);
  kernel.column(out, N).fill(1);
  write(out);
  const numbers = [...kernel.column(out, N)];
  kernel.release(mark);
  return numbers;
}

/** Differences beyond what a few roundings of numbers of this size make. */
function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, i) => {
    expect(Math.abs(value - expected[i]!)).toBeLessThan(2e-15 * (10 + Math.abs(expected[i]!)));
  });
}

describe("growth", () => {
  test("with constants is previous · exp(mean + deviation z), with the bits of exp", () => {
    const exponential = mapNumbers(
      "exp",
      z.map((x) => 0.25 * x + -0.02),
    );
    expect(result((out) => kernel.exports.growthConstant(out, previousPrices, zs, -0.02, 0.25, N))).toEqual(
      previous.map((s, i) => s * exponential[i]!),
    );
  });

  test("with columns is the same path by path", () => {
    const exponential = mapNumbers(
      "exp",
      z.map((x, i) => deviation[i]! * x + mean[i]!),
    );
    expect(
      result((out) => kernel.exports.growthColumns(out, previousPrices, zs, means, deviations, N)),
    ).toEqual(previous.map((s, i) => s * exponential[i]!));
  });

  test("overflows to Infinity and passes NaN on", () => {
    const grown = (growth: number) =>
      result((out) => kernel.exports.growthConstant(out, previousPrices, zs, growth, 0, N));
    expect(grown(800)).toEqual(previous.map(() => Infinity));
    expect(grown(-800)).toEqual(previous.map(() => 0));
    expect(grown(Number.NaN)).toEqual(previous.map(() => Number.NaN));
  });
});

describe("scores", () => {
  test("of a constant interval add c0 + c1 z + c2 (z² − 1)", () => {
    expectClose(
      result((out) => kernel.exports.scoreConstant(out, zs, 0.5, -1.5, 2, N)),
      z.map((x) => 1 + 0.5 - 1.5 * x + 2 * (x * x - 1)),
    );
  });

  test("of an interval with columns add (z ∂m + (z² − 1) ∂s) / s", () => {
    expectClose(
      result((out) => kernel.exports.scoreColumns(out, zs, meanTangents, deviationTangents, deviations, N)),
      z.map((x, i) => 1 + (x * meanTangent[i]! + (x * x - 1) * deviationTangent[i]!) / deviation[i]!),
    );
  });

  test("of a shift of the mean add c z / s", () => {
    expectClose(
      result((out) => kernel.exports.scoreShift(out, zs, deviations, 0.3, N)),
      z.map((x, i) => 1 + (0.3 * x) / deviation[i]!),
    );
  });
});
