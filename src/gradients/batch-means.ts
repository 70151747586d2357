import { COLUMN_BYTES, type Kernel, type Pointer, padded } from "../kernel/kernel.js";
import type { Draws } from "./distribution.js";
import { blocks } from "./noise.js";

/** Rows of the matrix F: several functions of the draws, evaluated on a block. */
export interface RowTile {
  readonly rows: number;
  /** Writes the tile's rows, COLUMN_BYTES apart. */
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
  factors: Float64Array,
  first: number,
): void {
  const { length } = sum;
  for (let k = 0; k < count; k += 6) {
    // What the last six are short of is the column before it, times 0. Neither arrays nor closures: they would be allocated.
    const left = count - k;
    const f = first + k;
    const f0 = factors[f]!;
    const f1 = left > 1 ? factors[f + 1]! : 0;
    const f2 = left > 2 ? factors[f + 2]! : 0;
    const f3 = left > 3 ? factors[f + 3]! : 0;
    const f4 = left > 4 ? factors[f + 4]! : 0;
    const f5 = left > 5 ? factors[f + 5]! : 0;
    const p0 = start + k * length;
    const p1 = left > 1 ? p0 + length : p0;
    const p2 = left > 2 ? p1 + length : p1;
    const p3 = left > 3 ? p2 + length : p2;
    const p4 = left > 4 ? p3 + length : p3;
    const p5 = left > 5 ? p4 + length : p4;
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
  const rows = kernel.allocate(TILE_ROWS * COLUMN_BYTES);
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
