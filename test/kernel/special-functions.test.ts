import { Decimal } from "decimal.js";
import { describe, expect, test } from "vitest";
import { readTable } from "../reference/read.js";
import { columnOf, kernel, mapNumbers } from "./columns.js";

type Row = Readonly<Record<string, number>>;

/** The largest error over a table whose truth is the exact sum of columns `truth` and `truth`_low. */
function worstError(
  rows: readonly Row[],
  values: readonly number[],
  truth: string,
  unit: (truth: number) => number,
): number {
  const errors = rows.map((row, i) =>
    Math.abs((values[i]! - row[truth]! - row[`${truth}_low`]!) / unit(row[truth]!)),
  );
  return Math.max(...errors.map((error) => (Number.isNaN(error) ? Infinity : error)));
}

/** Unit in the last place of a normal double. */
function ulp(value: number): number {
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  const power = 2 ** exponent > Math.abs(value) ? exponent - 1 : exponent;
  return 2 ** Math.max(power - 52, -1074);
}

describe("inverse normal", () => {
  const rows = readTable("inverse-normal.csv");
  const values = mapNumbers(
    "inverseNormal",
    rows.map((row) => row.u!),
  );

  test("has relative error at most 1e-15 from 2e-308 to 1 - 1e-16", () => {
    expect(rows.length).toBeGreaterThan(290);
    expect(worstError(rows, values, "z", Math.abs)).toBeLessThan(1e-15);
  });

  test("is 0 at one half, infinite at 0 and 1, NaN outside", () => {
    const edges = mapNumbers("inverseNormal", [0.5, 0, 1, -1e-9, 1.0000001, Number.NaN]);
    expect(edges).toEqual([0, -Infinity, Infinity, Number.NaN, Number.NaN, Number.NaN]);
  });
});

describe("inverse normal of a column", () => {
  const mixed = Array.from({ length: 3000 }, (_, i) => ((i * 617) % 3000) / 3000 + 1e-5);
  const tails = Array.from({ length: 3000 }, (_, i) => 10 ** -(1.2 + i / 50));

  test.each([
    ["mixed", mixed],
    ["of tails only", tails],
  ])("gives numbers that are %s the bits they have alone, beyond one block too", (_, numbers) => {
    expect(mapNumbers("inverseNormal", numbers)).toEqual(numbers.map(kernel.exports.inverseNormalScalar));
  });

  test("does not jump where one polynomial ends and the next begins", () => {
    // 32 to an octave, from ½ down to 2^-21 and beyond, where AS241 takes over.
    const borders = Array.from(
      { length: 32 * 21 },
      (_, i) => 2 ** -(2 + Math.floor(i / 32)) * (1 + (i % 32) / 32),
    );
    const below = borders.map((p) => p * (1 - 2 ** -53));
    const at = mapNumbers("inverseNormal", borders);
    const jumps = mapNumbers("inverseNormal", below).map(
      (z, i) => Math.abs(z - at[i]!) / Math.max(1, Math.abs(z)),
    );
    expect(Math.max(...jumps)).toBeLessThan(2e-15);
    const mirrored = mapNumbers(
      "inverseNormal",
      borders.map((p) => 1 - p),
    );
    // 1 − p is rounded where p has more digits than that.
    const isExact = borders.map((p) => 1 - (1 - p) === p);
    expect(isExact.filter(Boolean).length).toBeGreaterThan(600);
    expect(mirrored.filter((_, i) => isExact[i])).toEqual(at.filter((_, i) => isExact[i]).map((z) => -z));
  });
});

describe("warped normal", () => {
  /** z and the ratio of every u. */
  function warp(u: readonly number[]): readonly [z: number[], ratio: number[]] {
    const mark = kernel.mark();
    const { pointer, n } = columnOf(u);
    const ratio = kernel.allocate(n * 8);
    kernel.exports.warpedNormal(pointer, ratio, pointer, n);
    const results = [pointer, ratio].map((own) => [...kernel.column(own, n).subarray(0, u.length)]);
    kernel.release(mark);
    return results as [number[], number[]];
  }
  const tails = Array.from({ length: 1600 }, (_, i) => 2 ** (-i / 32)).filter((u) => u >= 2 ** -53);
  const lower = [...tails, 1, 0.9999, 0.99].map((u) => u / 2);

  test("is the inverse normal of ½ + 7/12 (x − x⁷/7), x = 2u − 1, computed with 80 digits, and its derivative", () => {
    const Wide = Decimal.clone({ precision: 80 });
    /** ½ + (7/12) (x − x⁷/7), and (7/6) (1 − x⁶). */
    const exact = lower.map((u) => {
      const x = new Wide(u).times(2).minus(1);
      const probability = x.minus(x.pow(7).div(7)).times(7).div(12).plus(0.5).toNumber();
      return { probability, ratio: new Wide(1).minus(x.pow(6)).times(7).div(6).toNumber() };
    });
    const truth = mapNumbers(
      "inverseNormal",
      exact.map(({ probability }) => probability),
    );
    const [z, ratio] = warp(lower);
    const errors = z.map((own, i) => Math.abs(own - truth[i]!) / Math.max(1, Math.abs(own)));
    expect(Math.max(...errors)).toBeLessThan(2e-15);
    expect(Math.max(...ratio.map((own, i) => Math.abs(own - exact[i]!.ratio)))).toBeLessThan(1e-15);
    expect(Math.min(...z)).toBeLessThan(-11);
  });

  test("is odd, and its ratio even", () => {
    const whole = lower.filter((u) => 1 - (1 - u) === u);
    const [z, ratio] = warp(whole);
    const [mirrored, sameRatio] = warp(whole.map((u) => 1 - u));
    expect(whole.length).toBeGreaterThan(80);
    expect(mirrored).toEqual(z.map((own) => (own === 0 ? 0 : -own)));
    expect(sameRatio).toEqual(ratio);
  });

  test("keeps the moments of the standard normal", () => {
    const [z, ratio] = warp(Array.from({ length: 4096 }, (_, i) => (i + 0.5) / 4096));
    const moment = (power: number) =>
      z.reduce((sum, own, i) => sum + (ratio[i]! * own ** power) / z.length, 0);
    expect(moment(0)).toBeCloseTo(1, 6);
    expect(moment(2)).toBeCloseTo(1, 5);
    expect(moment(4)).toBeCloseTo(3, 3);
  });

  test("gives a number the bits it has alone", () => {
    const mixed = Array.from({ length: 600 }, (_, i) => (i % 7 === 0 ? 1e-9 * (i + 1) : (i + 1) / 700));
    const [z] = warp(mixed);
    expect(z).toEqual(mixed.map((u) => warp([u])[0][0]));
  });
});

describe("exp", () => {
  const rows = readTable("exponential.csv");

  test("is within 1.1 ulp around every root of the table", () => {
    const numbers = Array.from({ length: 64 * 9 }, (_, i) => ((i - 200) * Math.LN2) / 64 / 4.5);
    const values = mapNumbers("exp", numbers);
    const Wide = Decimal.clone({ precision: 40 });
    // By all of its digits: a number that Decimal takes itself is the shortest that names the double.
    const exact = (x: number) => new Wide(x.toPrecision(60));
    const errors = numbers.map((x, i) => {
      const truth = exact(x).exp();
      return truth.sub(exact(values[i]!)).abs().div(ulp(truth.toNumber())).toNumber();
    });
    expect(Math.max(...errors)).toBeLessThan(1.1);
  });

  test("is within 1.1 ulp wherever the result is a normal number", () => {
    const values = mapNumbers(
      "exp",
      rows.map((row) => row.x!),
    );
    expect(rows.length).toBeGreaterThan(290);
    expect(worstError(rows, values, "exp", ulp)).toBeLessThan(1.1);
  });

  test("gives the same bits whether or not a neighbour is out of the ordinary", () => {
    const numbers = [-700.25, -649, -3, 0.1, 1 / 3, 20, 123.456, 648, 700];
    const alone = mapNumbers("exp", numbers);
    const beside = mapNumbers("exp", [...numbers, Infinity]).slice(0, -1);
    expect(beside).toEqual(alone);
  });

  test("overflows to Infinity, underflows through subnormal numbers to 0, passes NaN on", () => {
    const edges = [709.79, 1e300, Infinity, -746, -1e300, -Infinity, Number.NaN];
    const values = edges.map((x) => mapNumbers("exp", [x])[0]!);
    expect(values).toEqual([Infinity, Infinity, Infinity, 0, 0, 0, Number.NaN]);
    for (const x of [-708.6, -709.2, -720, -740]) {
      const stepsOff = (mapNumbers("exp", [x])[0]! - Math.exp(x)) / 2 ** -1074;
      expect(Math.abs(stepsOff)).toBeLessThanOrEqual(2);
    }
  });
});

describe("log", () => {
  const rows = readTable("logarithm.csv");

  test("is within 1 ulp from the smallest subnormal number to the largest double", () => {
    const values = mapNumbers(
      "log",
      rows.map((row) => row.x!),
    );
    expect(rows.length).toBeGreaterThan(290);
    expect(worstError(rows, values, "log", ulp)).toBeLessThan(1);
  });

  test("gives the same bits whether or not a neighbour is out of the ordinary", () => {
    const numbers = [1e-300, 0.3, 0.999, 1, 2, 1e300];
    const alone = mapNumbers("log", numbers);
    const beside = mapNumbers("log", [...numbers, 0]).slice(0, -1);
    expect(beside).toEqual(alone);
  });

  test("is -Infinity at 0, NaN below, Infinity at Infinity, and passes NaN on", () => {
    const edges = [0, -0, -1, -Infinity, Infinity, Number.NaN];
    const values = edges.map((x) => mapNumbers("log", [x])[0]!);
    expect(values).toEqual([-Infinity, -Infinity, Number.NaN, Number.NaN, Infinity, Number.NaN]);
  });
});

describe("normal distribution function", () => {
  const rows = readTable("normal.csv");

  test("has relative error at most 1.2e-15 in both tails and the centre", () => {
    const values = mapNumbers(
      "normalCdf",
      rows.map((row) => row.x!),
    );
    expect(rows.length).toBeGreaterThan(40);
    const errors = rows.map((row, i) => Math.abs(values[i]! / row.cdf! - 1));
    expect(errors.every((error) => error < 1.2e-15)).toBe(true);
  });

  test("agrees with its inverse wherever that is defined to full precision", () => {
    const u = readTable("inverse-normal.csv")
      .map((row) => row.u!)
      .filter((u) => u >= 1e-307);
    const back = mapNumbers("normalCdf", mapNumbers("inverseNormal", u));
    // A relative error e in z is one of |z|·φ(z)/Φ(z)·e ≈ z² e in Φ.
    const errors = mapNumbers("inverseNormal", u).map((z, i) => Math.abs(back[i]! / u[i]! - 1) / (1 + z * z));
    expect(Math.max(...errors)).toBeLessThan(1.5e-15);
  });

  test("gives the same bits whether or not a neighbour is out of the ordinary", () => {
    const numbers = [-37, -5.66, -1e-9, 0, 0.3, 8, 37];
    const alone = mapNumbers("normalCdf", numbers);
    const beside = mapNumbers("normalCdf", [...numbers, -1e300]).slice(0, -1);
    expect(beside).toEqual(alone);
  });

  test("is one half at 0, goes through subnormal numbers to 0 and to 1, and passes NaN on", () => {
    const edges = [0, -0, -39, -1e300, -Infinity, 9, Infinity, Number.NaN];
    const values = mapNumbers("normalCdf", edges);
    expect(values).toEqual([0.5, 0.5, 0, 0, 0, 1, 1, Number.NaN]);
    // mpmath: Φ(−38) is 58401720.2 times the smallest number.
    const stepsOff = mapNumbers("normalCdf", [-38])[0]! / 2 ** -1074 - 58401720.2;
    expect(Math.abs(stepsOff)).toBeLessThanOrEqual(2);
  });
});
