import { describe, expect, test } from "vitest";
import { COLUMN_BYTES } from "../../src/kernel/kernel.js";
import { kernel } from "./columns.js";

const STRIDE = COLUMN_BYTES / 8;
const ROWS = 7;
const COLUMNS = 11;

const F = filled(ROWS, (t, p) => Math.sin(1 + t * 17 + p * 0.37));
const W = filled(COLUMNS, (g, p) => Math.cos(2 + g * 5 + p * 0.91));

function filled(rows: number, entry: (row: number, path: number) => number): number {
  const pointer = kernel.allocate(rows * COLUMN_BYTES);
  kernel.column(pointer, rows * STRIDE).forEach((_, k, column) => {
    column[k] = entry(Math.floor(k / STRIDE), k % STRIDE);
  });
  return pointer;
}

/** C after one product over n paths, from C = 0.25 everywhere, with the rows from `t` and the columns from `g` on. */
function product(t: number, rows: number, g: number, columns: number, n: number): number[] {
  const mark = kernel.mark();
  const C = kernel.allocate(rows * columns * 8);
  kernel.column(C, rows * columns).fill(0.25);
  kernel.exports.product(F + t * COLUMN_BYTES, W + g * COLUMN_BYTES, C, rows, columns, n);
  const result = [...kernel.column(C, rows * columns)];
  kernel.release(mark);
  return result;
}

describe("the product of payoffs and scores", () => {
  test.each([16, 128, 144, 1024])("adds Σ F W over %i paths", (n) => {
    const payoffs = kernel.column(F, ROWS * STRIDE);
    const scores = kernel.column(W, COLUMNS * STRIDE);
    const actual = product(0, ROWS, 0, COLUMNS, n);
    for (let t = 0; t < ROWS; t++) {
      for (let g = 0; g < COLUMNS; g++) {
        let sum = 0.25;
        for (let p = 0; p < n; p++) sum += payoffs[t * STRIDE + p]! * scores[g * STRIDE + p]!;
        expect(Math.abs(actual[t * COLUMNS + g]! - sum)).toBeLessThan(1e-12);
      }
    }
  });

  test("has the same bits for a row and a column alone as among any others", () => {
    const all = product(0, ROWS, 0, COLUMNS, 1024);
    for (let rows = 1; rows <= 3; rows++) {
      for (let columns = 1; columns <= 8; columns++) {
        for (let t = 0; t + rows <= ROWS; t++) {
          for (let g = 0; g + columns <= COLUMNS; g++) {
            const part = product(t, rows, g, columns, 1024);
            const same = part.map(
              (_, k) => all[(t + Math.floor(k / columns)) * COLUMNS + g + (k % columns)]!,
            );
            expect(part).toEqual(same);
          }
        }
      }
    }
  });

  test("writes nothing beyond its rows and columns", () => {
    for (const [rows, columns] of [
      [1, 1],
      [1, 3],
      [2, 5],
      [3, 7],
    ] as const) {
      const C = kernel.allocate((rows * columns + 4) * 8);
      kernel.column(C, rows * columns + 4).fill(0);
      kernel.exports.product(F, W, C, rows, columns, 1024);
      expect([...kernel.column(C + rows * columns * 8, 4)]).toEqual([0, 0, 0, 0]);
      expect(kernel.column(C, rows * columns).every((sum) => sum !== 0)).toBe(true);
    }
  });
});
