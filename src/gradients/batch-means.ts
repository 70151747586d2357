import { BLOCK, type Kernel, type Pointer, padded } from "../kernel/kernel.js";
import type { Draws } from "./distribution.js";
import { blocks } from "./noise.js";

/** Rows of the matrix F: several functions of the draws, evaluated on a block. */
export interface RowTile {
  readonly rows: number;
  /** Writes the tile's rows, BLOCK numbers apart. */
  evaluate(out: Pointer, count: number): void;
}

/** Rows of a tile: 32 × 8 KB of values stay in the second-level cache while they meet the weights. */
export const TILE_ROWS = 32;

/** The means of f × weight over one batch: row t, weight g at `t · columns + g`. */
export type BatchMeans = Float64Array<ArrayBuffer>;

/** Columns of one array that lie one after the other, each as long as what they are added to. */
export interface Columns {
  readonly values: Float64Array;
  /** Where the first of them begins. */
  readonly start: number;
  readonly count: number;
}

/** sum += Σ_k factors[first + k] column_k, one after the other; six at a time, between one load of the sum and its store. */
export function addMultiples(
  sum: BatchMeans,
  { values, start, count }: Columns,
  factors: ArrayLike<number>,
  first: number,
): void {
  const { length } = sum;
  for (let k = 0; k < count; k += 6) {
    const factor = (i: number) => (k + i < count ? factors[first + k + i]! : 0);
    const [f0, f1, f2, f3, f4, f5] = [factor(0), factor(1), factor(2), factor(3), factor(4), factor(5)];
    // What the last six are short of are the first of them, times 0.
    const from = start + k * length;
    const place = (i: number) => (k + i < count ? from + i * length : from);
    const [p0, p1, p2, p3, p4, p5] = [place(0), place(1), place(2), place(3), place(4), place(5)];
    for (let b = 0; b < length; b++) {
      const three = sum[b]! + f0 * values[p0 + b]! + f1 * values[p1 + b]! + f2 * values[p2 + b]!;
      sum[b] = three + f3 * values[p3 + b]! + f4 * values[p4 + b]! + f5 * values[p5 + b]!;
    }
  }
}

export interface BatchRunner {
  /** How many means a batch has. */
  readonly numbers: number;
  /** The means of batch `batch`, over its own `count` draws. Batches are independent and may run in any order. */
  run(batch: number, count: number): BatchMeans;
}

/** F·W: every row against every weight, in one simulation. Memory is the caller's to release. */
export function openBatches(
  kernel: Kernel,
  draws: Draws,
  columns: number,
  tiles: readonly RowTile[],
): BatchRunner {
  const { exports: ops } = kernel;
  const rows = kernel.allocate(TILE_ROWS * BLOCK * 8);
  const sumCount = tiles.reduce((sum, tile) => sum + tile.rows, 0) * columns;
  const length = padded(sumCount);
  const sums = kernel.allocate(length * 8);

  return {
    numbers: sumCount,
    run(batch, count) {
      ops.fill(sums, 0, length);
      for (const block of blocks(count)) {
        draws.draw(batch, block.first, block.count);
        let out = sums;
        for (const tile of tiles) {
          tile.evaluate(rows, block.count);
          ops.product(rows, draws.weights, out, tile.rows, columns, block.count);
          out += tile.rows * columns * 8;
        }
      }
      ops.divideScalar(sums, sums, count, length);
      return kernel.column(sums, sumCount).slice();
    },
  };
}
