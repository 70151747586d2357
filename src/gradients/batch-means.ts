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
