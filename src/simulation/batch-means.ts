import { BLOCK, type Kernel } from "../kernel/kernel.js";
import type { Expression } from "../payoffs/expression.js";
import type { PayoffFunction } from "../payoffs/payoff.js";
import { blocks } from "./normals.js";
import { openPaths, type PathOptions } from "./paths.js";
import { openPayoffRows, TILE_ROWS } from "./payoff-rows.js";
import type { Schedule } from "./schedule.js";

/** The means of payoff × weight over one batch: row t, derivative g at `t · derivatives + g`, before discounting. */
export type BatchMeans = Float64Array<ArrayBuffer>;

export interface BatchRunner {
  /** The means of batch `batch`, over its own `paths` paths. Batches are independent and may run in any order. */
  run(batch: number, paths: number): BatchMeans;
}

/** F·W for a schedule: every amount against every weight, in one simulation. Memory is the caller's to release. */
export function openBatches(
  kernel: Kernel,
  schedule: Schedule,
  amounts: readonly (Expression | PayoffFunction)[],
  options: PathOptions,
): BatchRunner {
  const { exports: ops } = kernel;
  const columns = options.derivatives.length;
  const simulation = openPaths(kernel, schedule, options);
  const tiles = openPayoffRows(kernel, amounts, simulation.prices);
  const payoffs = kernel.allocate(TILE_ROWS * BLOCK * 8);
  const sumCount = amounts.length * columns;
  const sums = kernel.allocate(sumCount * 8);

  return {
    run(batch, paths) {
      kernel.column(sums, sumCount).fill(0);
      for (const block of blocks(paths)) {
        simulation.simulate(batch, block.firstPath, block.paths);
        let out = sums;
        for (const tile of tiles) {
          tile.evaluate(payoffs, block.paths);
          ops.product(payoffs, simulation.weights, out, tile.rows, columns, block.paths, BLOCK);
          out += tile.rows * columns * 8;
        }
      }
      return kernel.column(sums, sumCount).map((sum) => sum / paths);
    },
  };
}
