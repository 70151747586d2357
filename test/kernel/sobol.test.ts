import { describe, expect, test } from "vitest";
import { directionNumbers } from "../../src/random/direction-numbers.js";
import { kernel } from "./columns.js";

type Seeds = readonly [number, number];

function points(dimension: number, n: number, seeds: Seeds, firstPoint = 0, rotation = 0): Float64Array {
  const mark = kernel.mark();
  const directions = kernel.allocate(128);
  const out = kernel.allocate(n * 8);
  kernel.words(directions, 32).set(directionNumbers(dimension));
  kernel.exports.sobolUniform(out, n, directions, firstPoint, ...seeds, rotation);
  const result = kernel.column(out, n).slice();
  kernel.release(mark);
  return result;
}

/** Seeds of dimension d in scrambling r. */
const seedsOf = (d: number, r: number): Seeds => [d, r];

function meanAndError(samples: readonly number[]): { mean: number; error: number } {
  const mean = samples.reduce((sum, x) => sum + x, 0) / samples.length;
  const squares = samples.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (samples.length - 1) / samples.length) };
}

describe("scrambled Sobol' points", () => {
  test("are strictly inside (0, 1) and use digits beyond the 32nd", () => {
    const u = points(0, 1024, [1, 2]);
    expect(u.every((x) => x > 0 && x < 1)).toBe(true);
    // u 2^52 is a whole number and a half; its low 20 bits come from a hash and are hardly ever equal.
    const further = u.map((x) => (x * 2 ** 52 - 0.5) % 2 ** 20);
    expect(new Set(further).size).toBeGreaterThan(1000);
  });

  test("are moved by a rotation modulo 1", () => {
    const still = points(3, 512, [1, 2]);
    const moved = points(3, 512, [1, 2], 0, 2 ** 31 + 2 ** 20);
    const by = [...moved].map((u, i) => (u - still[i]! + 1) % 1);
    expect(Math.max(...by.map((own) => Math.abs(own - 0.5 - 2 ** -12)))).toBeLessThan(1e-15);
    expect(moved.every((u) => u > 0 && u < 1)).toBe(true);
  });

  test("do not depend on the block they are made in", () => {
    const whole = points(5, 1024, [3, 4], 8192);
    const pieces = [points(5, 16, [3, 4], 8192), points(5, 496, [3, 4], 8208), points(5, 512, [3, 4], 8704)];
    expect(pieces.flatMap((piece) => [...piece])).toEqual([...whole]);
  });

  test("are one per interval in each dimension: first 1024 points and any later 1024", () => {
    for (const dimension of [0, 1, 2, 100, 1023]) {
      for (const firstPoint of [0, 1024, 4_294_966_272]) {
        const cells = points(dimension, 1024, [9, dimension], firstPoint).map((u) => Math.floor(u * 1024));
        expect(new Set(cells).size).toBe(1024);
      }
    }
  });

  test("of dimensions 0 and 1 are a (0, m, 2)-net: one per elementary interval of every shape", () => {
    for (let r = 0; r < 10; r++) {
      const x = points(0, 1024, seedsOf(0, r));
      const y = points(1, 1024, seedsOf(1, r));
      for (let columns = 1; columns <= 1024; columns *= 2) {
        const rows = 1024 / columns;
        const cells = x.map((u, i) => Math.floor(u * columns) * rows + Math.floor(y[i]! * rows));
        expect(new Set(cells).size).toBe(1024);
      }
    }
  });

  test("keep in pairs of dimensions the counts that the unscrambled points have in squares", () => {
    const count = (x: Float64Array, y: Float64Array) => {
      const cells = new Array<number>(64).fill(0);
      x.forEach((u, i) => {
        cells[Math.floor(u * 8) * 8 + Math.floor(y[i]! * 8)]!++;
      });
      return cells.sort((a, b) => a - b);
    };
    for (const [a, b] of [
      [1, 2],
      [2, 3],
      [3, 4],
    ] as const) {
      const scrambled = count(points(a, 64, seedsOf(a, 1)), points(b, 64, seedsOf(b, 1)));
      const unscrambled = count(unscrambledPoints(a, 64), unscrambledPoints(b, 64));
      expect(scrambled).toEqual(unscrambled);
    }
  });

  test("are each uniform over scramblings, digit by digit, even for consecutive seeds", () => {
    const scramblings = 4096;
    for (const point of [0, 1, 13]) {
      const digits = new Array<number>(40).fill(0);
      for (let r = 0; r < scramblings; r++) {
        let u = points(2, 16, seedsOf(2, r))[point]!;
        for (let j = 0; j < digits.length; j++) {
          u *= 2;
          if (u >= 1) {
            digits[j]!++;
            u -= 1;
          }
        }
      }
      // Five standard deviations of a binomial; false alarm of all 120 together 7e-5.
      for (const ones of digits) {
        expect(Math.abs(ones - scramblings / 2)).toBeLessThan(5 * Math.sqrt(scramblings / 4));
      }
    }
  });

  test("flip a digit independently in the two halves of an interval, as nested uniform scrambling does", () => {
    const scramblings = 4096;
    // Points of dimension 0 have the digits of their index, lowest first: a and b differ first in the digit asked for, so do c
    // and d, and a and c differ before it.
    for (const [[a, b], [c, d], digit] of [
      [[0, 2], [1, 3], 4],
      [[0, 4], [2, 6], 8],
      [[0, 8], [4, 12], 16],
    ] as const) {
      let agree = 0;
      for (let r = 0; r < scramblings; r++) {
        const u = points(0, 16, seedsOf(0, r));
        const high = (i: number) => Math.floor(u[i]! * digit) % 2;
        if (high(a) === high(c)) agree++;
        expect(high(a)).not.toBe(high(b));
        expect(high(c)).not.toBe(high(d));
      }
      expect(Math.abs(agree - scramblings / 2)).toBeLessThan(5 * Math.sqrt(scramblings / 4));
    }
  });

  test("estimate a smooth integral without bias, with an error far below that of Monte Carlo", () => {
    const n = 1024;
    const scramblings = 400;
    const estimates = Array.from({ length: scramblings }, (_, r) => {
      const dimensions = [0, 1, 2, 3].map((d) => points(d, n, seedsOf(d, r)));
      let sum = 0;
      for (let i = 0; i < n; i++) sum += dimensions.reduce((product, u) => product * 2 * u[i]!, 1);
      return sum / n;
    });
    const { mean, error } = meanAndError(estimates);
    // Monte Carlo: variance of one path (4/3)^4 − 1, so the standard deviation of a mean of 1024 is 0.046.
    const monteCarlo = Math.sqrt(((4 / 3) ** 4 - 1) / n);
    expect(Math.abs(mean - 1)).toBeLessThan(5 * error);
    expect(error * Math.sqrt(scramblings)).toBeLessThan(monteCarlo / 30);
  });

  test("converge at the rate of nested uniform scrambling in one dimension: variance like n^-3", () => {
    const deviation = (n: number) => {
      const estimates = Array.from({ length: 200 }, (_, r) => {
        const u = points(0, n, seedsOf(0, r));
        return u.reduce((sum, x) => sum + x * x, 0) / n;
      });
      const { mean, error } = meanAndError(estimates);
      expect(Math.abs(mean - 1 / 3)).toBeLessThan(5 * error);
      return error * Math.sqrt(200);
    };
    // One uniform point per cell of width 1/n: variance Σ (2 u/n)²/12 / n² = 4/(36 n³) to leading order.
    for (const n of [64, 1024]) {
      expect(deviation(n) * Math.sqrt(9 * n ** 3)).toBeGreaterThan(0.75);
      expect(deviation(n) * Math.sqrt(9 * n ** 3)).toBeLessThan(1.25);
    }
  });
});

function unscrambledPoints(dimension: number, n: number): Float64Array {
  const directions = directionNumbers(dimension);
  return Float64Array.from({ length: n }, (_, i) => {
    const digits = directions.reduce((digits, v, bit) => ((i >>> bit) & 1 ? digits ^ v : digits), 0);
    return (digits >>> 0) / 2 ** 32;
  });
}
