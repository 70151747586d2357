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

/** So many places lie on two cache lines of every batch. */
const WINDOW = 16;

/**
 * What the batches have at a place, batch by batch, for readers that go from place to place: neighbours are gathered together. Goes
 * into `into` where that is given: millions of small arrays are work for the garbage collector.
 */
export function byPlace(batches: readonly BatchMeans[]): (place: number, into?: BatchMeans) => BatchMeans {
  const [count, places] = [batches.length, batches[0]?.length ?? 0];
  const window = new Float64Array(WINDOW * count);
  let first = -1;
  return (place, into = new Float64Array(count)) => {
    const start = place - (place % WINDOW);
    if (start !== first) {
      first = start;
      const end = Math.min(first + WINDOW, places);
      for (let b = 0; b < count; b++) {
        const batch = batches[b]!;
        for (let own = first; own < end; own++) window[(own - first) * count + b] = batch[own]!;
      }
    }
    const from = (place - first) * count;
    for (let b = 0; b < count; b++) into[b] = window[from + b]!;
    return into;
  };
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
