import { expect, test } from "vitest";
import { binomialBand } from "../../src/numerics/binomial.js";

/** P(X = k) by Pascal's triangle, in fractions of small numbers that doubles hold. */
function probabilities(n: number, p: number): number[] {
  let row = [1];
  for (let trial = 0; trial < n; trial++)
    row = [...row, 0].map((value, k) => value * (1 - p) + (row[k - 1] ?? 0) * p);
  return row;
}

test.each([
  [100, 0.95, 1e-4],
  [40, 0.95, 1e-3],
  [400, 0.5, 0.025],
  [500, 0.95, 1e-4],
])(
  "the band of %i trials of %d leaves less than %d on either side, and no narrower one does",
  (n, p, tail) => {
    const row = probabilities(n, p);
    const below = (k: number) => row.slice(0, k).reduce((sum, value) => sum + value, 0);
    const above = (k: number) => row.slice(k + 1).reduce((sum, value) => sum + value, 0);
    const { low, high } = binomialBand(n, p, tail);
    expect(below(low)).toBeLessThan(tail);
    expect(below(low + 1)).toBeGreaterThanOrEqual(tail);
    expect(above(high)).toBeLessThan(tail);
    expect(above(high - 1)).toBeGreaterThanOrEqual(tail);
  },
);
