import { BLOCK, COLUMN_BYTES, loadKernel } from "../../src/kernel/kernel.js";
import { withMarket } from "../../src/payoffs/differentiate.js";
import type { Expression } from "../../src/payoffs/expression.js";
import { openPayoffRows } from "../../src/simulation/payoff-rows.js";

const kernel = await loadKernel();

/** What the amounts that are watched at every moment see of the market. */
export const market = {
  spot: 100,
  drift: 0.01,
  deviation: 0.25,
  discounting: 0.03,
  score: 0,
  bridge: 1,
  probability: 0.5,
};

/**
 * What amounts pay on each path, `paths[i]` being S(t_0), S(t_1), …, as a run computes it: one program of all amounts, on columns of
 * the kernel. One row per amount.
 */
export function compiled(
  amounts: readonly Expression[],
  paths: readonly (readonly number[])[],
): readonly (readonly number[])[] {
  const mark = kernel.mark();
  const prices = paths[0]!.map(() => kernel.allocate(COLUMN_BYTES));
  const plain = amounts.map((amount) => withMarket(amount, ({ name }) => market[name]));
  const tiles = openPayoffRows(kernel, plain, prices).map((tile) => ({
    ...tile,
    out: kernel.allocate(tile.rows * COLUMN_BYTES),
  }));
  // Views are taken after the last allocation, which may move the memory; a block is filled up with its last path.
  for (const [k, price] of prices.entries()) {
    kernel.column(price, BLOCK).fill(paths.at(-1)![k]!);
    kernel.column(price, BLOCK).set(paths.map((path) => path[k]!));
  }
  const rows = tiles.flatMap(({ evaluate, rows, out }) => {
    evaluate(out, BLOCK);
    return Array.from({ length: rows }, (_, row) => [
      ...kernel.column(out + row * COLUMN_BYTES, BLOCK).subarray(0, paths.length),
    ]);
  });
  kernel.release(mark);
  return rows;
}
