import { openBatches, type RowTile, TILE_ROWS } from "../gradients/batch-means.js";
import { openCrossFit } from "../gradients/control-variates.js";
import type { Derivative } from "../gradients/distribution.js";
import { drawsPerBatch } from "../gradients/noise.js";
import { COLUMN_BYTES, type Kernel, type Pointer } from "../kernel/kernel.js";
import { remembered } from "../numerics/remembered.js";
import { constant, price } from "../payoffs/build.js";
import { openPaths } from "../simulation/paths.js";
import { openPayoffRows, PRODUCT_COST, rowsCost } from "../simulation/payoff-rows.js";
import { discountFactor, discountTangentOf, knownMeans, spotScale } from "../simulation/schedule.js";
import { BASE_DERIVATIVES, blankPilot, columnOf, distinct } from "./control-variates.js";
import type { Estimator, RunRequest, ScheduleRun } from "./estimator.js";
import { isWatchedBetweenDates } from "./market-numbers.js";
import { paymentRows } from "./payment-rows.js";

/**
 * Likelihood ratio on three points of the first normal, the rest of the path unchanged:
 *
 *     ½ [ (f(z) − f(0)) W(z) + (f(−z) − f(0)) W(−z) ]
 *
 * For derivatives in the spot, whose weights have mean 0 over the first normal alone. Unbiased for any payoff.
 */
export const stencil: Estimator = {
  meaning: "likelihood ratio on three points of the first normal; derivatives in the spot of any payoff",
  bias: null,
  obstacle(_, { amount }) {
    const ofPayoff = isWatchedBetweenDates(amount) ? "the payoff is watched between dates" : null;
    return (derivative) => (derivative.includes("spot") ? ofPayoff : "it gives derivatives in the spot");
  },
  open: openStencil,
};

function openStencil(kernel: Kernel, request: RunRequest): ScheduleRun {
  const { schedule, seed, sampler } = request;
  const mark = kernel.mark();
  // Delta and gamma are controls of all, and delta is what a discount factor takes its share of.
  const derivatives = distinct([...request.derivatives, ...BASE_DERIVATIVES]).filter((own) =>
    own.includes("spot"),
  );
  const columns = derivatives.length;
  const draws = openPaths(kernel, schedule, {
    seed,
    stream: "main",
    sampler,
    derivatives,
    threePoints: true,
    shared: request.shared,
    keepsLatent: request.isTrial,
  });
  const { centre, mirrored } = draws.threePoints!;
  const payments = paymentRows(request);
  const last = schedule.dates.length - 1;
  const rowsOn = (prices: readonly Pointer[]) =>
    openPayoffRows(kernel, [...payments.rows, price(last)], prices, draws.inputs);
  const atCentre = rowsOn(centre);
  const tiles = [
    ...[draws.coordinates, mirrored].flatMap((prices) =>
      rowsOn(prices).map((tile, i) => differenceOf(kernel, tile, atCentre[i]!)),
    ),
    // The bond: the weights themselves.
    ...openPayoffRows(kernel, [constant(1)], draws.coordinates),
  ];
  // The mirrored weights stand behind the others: of the four products two are used.
  const runner = openBatches(kernel, draws, 2 * columns, tiles);
  const rows = payments.rows.length + 1;
  const pathsPerBatch = drawsPerBatch(sampler, request.paths, request.batches);

  return {
    pathsPerBatch,
    numbers: runner.numbers,
    pilot: () => blankPilot(request),
    batch: (index) => runner.run(index, pathsPerBatch),
    close: () => kernel.release(mark),
    merge(batches) {
      const { asset, bond } = knownMeans(schedule);
      const mean = (row: number, derivative: Derivative) => {
        const column = columnOf(derivatives, derivative);
        const plain = row * 2 * columns + column;
        const mirror = (rows + row) * 2 * columns + columns + column;
        return Float64Array.from(batches, (means) => (means[plain]! + means[mirror]!) / 2);
      };
      /** An earlier payment has a discount factor of its own, which the other parameter may move. */
      const discounted = (row: number, derivative: Derivative, date = last) => {
        const values = mean(row, derivative);
        const other = derivative.find((parameter) => parameter !== "spot");
        const shift = other === undefined ? 0 : discountTangentOf(schedule, other, date);
        const moved = shift === 0 ? values : mean(row, ["spot"]);
        const discount = discountFactor(schedule, date);
        return values.map((value, b) => discount * (value + (shift === 0 ? 0 : shift * moved[b]!)));
      };
      const discount = discountFactor(schedule);
      const centred = (own: Derivative) => ({
        values: mean(rows - 1, own).map((value) => discount * (value - asset(own))),
        size: discount * asset([]) * spotScale(schedule, own),
      });
      const weight = (own: Derivative) => ({
        values: Float64Array.from(
          batches,
          (means) => means[2 * rows * 2 * columns + columnOf(derivatives, own)]! - bond(own),
        ),
        size: spotScale(schedule, own),
      });
      const fitOf = remembered((g: number) => {
        const derivative = request.derivatives[g]!;
        return openCrossFit([
          centred(derivative),
          centred(["spot"]),
          weight(derivative),
          weight(["spot"]),
          weight(["spot", "spot"]),
        ]);
      });
      return {
        scoreZ: request.derivatives.map(() => 0),
        cost(t) {
          const own = payments.of(t).map(({ row }) => payments.rows[row]!);
          return draws.cost + 4 * rowsCost(own) + 4 * PRODUCT_COST * own.length * columns;
        },
        of(t, g) {
          const derivative = request.derivatives[g]!;
          // Asked for by nobody: a number here would be wrong.
          if (!derivative.includes("spot")) return new Float64Array(batches.length).fill(Number.NaN);
          const parts = payments.of(t).map(({ row, date }) => discounted(row, derivative, date));
          const sum = parts.reduce((total, part) => total.map((value, b) => value + part[b]!));
          return fitOf(g)(sum);
        },
      };
    },
  };
}

/** What two tiles of the same amounts on other prices differ by. */
function differenceOf({ exports: ops, allocate }: Kernel, tile: RowTile, other: RowTile): RowTile {
  const scratch = allocate(TILE_ROWS * COLUMN_BYTES);
  return {
    rows: tile.rows,
    evaluate(out, paths) {
      tile.evaluate(out, paths);
      other.evaluate(scratch, paths);
      for (let row = 0; row < tile.rows; row++) {
        const offset = row * COLUMN_BYTES;
        ops.subtract(out + offset, out + offset, scratch + offset, paths);
      }
    },
  };
}
