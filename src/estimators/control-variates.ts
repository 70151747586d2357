import { BLOCK, type Kernel } from "../kernel/kernel.js";
import { openRegression } from "../numerics/least-squares.js";
import type { Expression } from "../payoffs/expression.js";
import type { PayoffFunction } from "../payoffs/payoff.js";
import type { Derivative } from "../simulation/derivative.js";
import type { Sampler } from "../simulation/normals.js";
import { openPaths } from "../simulation/paths.js";
import { openPayoffRows, TILE_ROWS } from "../simulation/payoff-rows.js";
import { knownMeans, type Schedule } from "../simulation/schedule.js";

/** The pilot has batches of its own, so that it sees how scrambled nets err, which plain variances do not tell. */
const PILOT_BATCHES = 16;
const PILOT_BATCH_PATHS = 256;
const PILOT_PATHS = PILOT_BATCHES * PILOT_BATCH_PATHS;

/** A control: the mean of a payoff of known value times the weight of a derivative. */
export interface Control {
  readonly payoff: "bond" | "asset";
  /** Index into the derivatives. */
  readonly column: number;
}

export interface PilotRequest {
  readonly schedule: Schedule;
  readonly amounts: readonly (Expression | PayoffFunction)[];
  /** The first must be [], the price. */
  readonly derivatives: readonly Derivative[];
  readonly seed: string;
  readonly sampler: Sampler;
}

/** What a pilot run learns of one trade's estimate of one derivative. */
export interface PilotEstimate {
  readonly controls: readonly Control[];
  readonly coefficients: readonly number[];
  /** E[|f W|]² / E[(f W)²]: the share of the paths that carry the estimate. */
  readonly effectiveShare: number;
  /** √E[(f W)²]: the size of one path's term before the controls. */
  readonly rootMeanSquare: number;
}

/** The asset as a control, S_T over its forward so that all controls are of order 1. */
export function assetControl(schedule: Schedule): Expression {
  return {
    op: "divide",
    left: { op: "price", date: schedule.dates.length - 1 },
    right: { op: "constant", value: knownMeans(schedule).asset([]) },
  };
}

/** The exact mean of a control. */
export function controlMean(
  schedule: Schedule,
  derivatives: readonly Derivative[],
  control: Control,
): number {
  const known = knownMeans(schedule);
  const derivative = derivatives[control.column]!;
  return control.payoff === "bond" ? known.bond(derivative) : known.asset(derivative) / known.asset([]);
}

/**
 * Regresses every f·W on the weights themselves and, in an exact martingale, on S_T and S_T·W, whose means are known
 * (Glasserman 2003, §4.1). Scrambled nets integrate smooth controls and rough payoffs at different rates, so under them the
 * regression's control is scaled by what the pilot's batch means ask for. The run has a random stream of its own and is
 * discarded: the coefficients are independent of the numbers they are used on, and the estimate stays unbiased.
 * Result: one row per amount, one entry per derivative.
 */
export function pilotEstimates(kernel: Kernel, request: PilotRequest): readonly (readonly PilotEstimate[])[] {
  const mark = kernel.mark();
  const sums = runPilot(kernel, request);
  kernel.release(mark);
  return readPilot(request, sums);
}

/** Means over the pilot, and over each of its batches what the scaling needs. */
interface PilotMeans {
  /** Of control i × control j; control 0 is 1, then come W_1 … W_{G−1}, then A·W_0 … A·W_{G−1}. */
  readonly gram: Float64Array;
  /** Of f × product column, a row per amount. */
  readonly cross: Float64Array;
  /** Of |f W_g|, then of (f W_g)², a row per amount. */
  readonly sizes: Float64Array;
  readonly batchControls: readonly Float64Array[];
  readonly batchCross: readonly Float64Array[];
}

/** The columns f is multiplied with: W_g·W_h for g <= h, then A·W_g, then A·W_g². */
function productLayout(count: number) {
  const pairs = (count * (count + 1)) / 2;
  return {
    columns: pairs + 2 * count,
    pair(g: number, h: number) {
      const [low, high] = g <= h ? [g, h] : [h, g];
      return low * count - (low * (low - 1)) / 2 + high - low;
    },
    asset: (g: number) => pairs + g,
    assetSquare: (g: number) => pairs + count + g,
  };
}

function runPilot(
  kernel: Kernel,
  { schedule, amounts, derivatives, seed, sampler }: PilotRequest,
): PilotMeans {
  const { exports: ops } = kernel;
  const paths = PILOT_BATCH_PATHS;
  const columnBytes = BLOCK * 8;
  const count = derivatives.length;
  const layout = productLayout(count);
  const simulation = openPaths(kernel, schedule, { seed, stream: "pilot", sampler, derivatives });
  const tiles = openPayoffRows(kernel, amounts, simulation.prices);
  const assetPrice = simulation.prices.at(-1)!;
  const forward = knownMeans(schedule).asset([]);
  const columns = (n: number) => {
    const first = kernel.allocate(n * columnBytes);
    return (j: number) => first + j * columnBytes;
  };
  const controls = columns(2 * count);
  const productColumns = columns(layout.columns);
  const magnitudes = columns(2 * count);
  const payoffs = kernel.allocate(TILE_ROWS * columnBytes);

  const openSums = (size: number) => ({
    pointer: kernel.allocate(size * 8),
    size,
    total: new Float64Array(size),
  });
  const gram = openSums((2 * count) ** 2);
  const cross = openSums(amounts.length * layout.columns);
  const sizes = openSums(amounts.length * 2 * count);
  const batchControls: Float64Array[] = [];
  const batchCross: Float64Array[] = [];

  for (let batch = 0; batch < PILOT_BATCHES; batch++) {
    simulation.simulate(batch, 0, paths);
    for (let g = 0; g < count; g++) {
      const weight = simulation.weights + g * columnBytes;
      const withAsset = controls(count + g);
      ops.copy(controls(g), weight, paths);
      ops.multiply(withAsset, weight, assetPrice, paths);
      ops.divideScalar(withAsset, withAsset, forward, paths);
      for (let h = g; h < count; h++) {
        ops.multiply(productColumns(layout.pair(g, h)), weight, simulation.weights + h * columnBytes, paths);
      }
      ops.copy(productColumns(layout.asset(g)), withAsset, paths);
      ops.multiply(productColumns(layout.assetSquare(g)), withAsset, weight, paths);
      ops.abs(magnitudes(g), weight, paths);
      ops.multiply(magnitudes(count + g), weight, weight, paths);
    }
    for (const { pointer, size } of [gram, cross, sizes]) kernel.column(pointer, size).fill(0);
    ops.product(controls(0), controls(0), gram.pointer, 2 * count, 2 * count, paths, BLOCK);
    let row = 0;
    for (const tile of tiles) {
      tile.evaluate(payoffs, paths);
      const crossRow = cross.pointer + row * layout.columns * 8;
      ops.product(payoffs, productColumns(0), crossRow, tile.rows, layout.columns, paths, BLOCK);
      const sizeRow = sizes.pointer + row * 2 * count * 8;
      absoluteMoments(kernel, { payoffs, rows: tile.rows, magnitudes: magnitudes(0), count, paths }, sizeRow);
      row += tile.rows;
    }
    for (const { pointer, size, total } of [gram, cross, sizes]) {
      const sums = kernel.column(pointer, size);
      for (let i = 0; i < size; i++) total[i]! += sums[i]! / PILOT_PATHS;
    }
    batchControls.push(kernel.column(gram.pointer, 2 * count).map((sum) => sum / paths));
    const products = kernel.column(cross.pointer, cross.size);
    const means = new Float64Array(amounts.length * count);
    for (let t = 0; t < amounts.length; t++) {
      for (let g = 0; g < count; g++) means[t * count + g] = products[t * layout.columns + g]! / paths;
    }
    batchCross.push(means);
  }
  return { gram: gram.total, cross: cross.total, sizes: sizes.total, batchControls, batchCross };
}

/** Adds Σ|f W_g| to the first `count` sums of each row and Σ(f W_g)² to the next; overwrites the payoffs. */
function absoluteMoments(
  { exports: ops }: Kernel,
  tile: {
    readonly payoffs: number;
    readonly rows: number;
    readonly magnitudes: number;
    readonly count: number;
    readonly paths: number;
  },
  sums: number,
): void {
  const { payoffs, rows, magnitudes, count, paths } = tile;
  for (let t = 0; t < rows; t++) {
    const row = payoffs + t * BLOCK * 8;
    const out = sums + t * 2 * count * 8;
    ops.abs(row, row, paths);
    ops.product(row, magnitudes, out, 1, count, paths, BLOCK);
    ops.multiply(row, row, row, paths);
    ops.product(row, magnitudes + count * BLOCK * 8, out + count * 8, 1, count, paths, BLOCK);
  }
}

function readPilot(request: PilotRequest, means: PilotMeans): readonly (readonly PilotEstimate[])[] {
  const { schedule, derivatives, sampler } = request;
  const count = derivatives.length;
  const layout = productLayout(count);
  const gramAt = (i: number, j: number) => means.gram[i * 2 * count + j]!;

  const perDerivative = derivatives.map((_, g) => {
    const columns = Array.from({ length: count - 1 }, (_, h) => h + 1);
    if (schedule.dynamics.martingale === "exact") columns.push(...new Set([count, count + g]));
    const covariance = columns.flatMap((i) => columns.map((j) => gramAt(i, j) - gramAt(0, i) * gramAt(0, j)));
    const regression = openRegression(covariance, columns.length);
    const kept = regression.kept.map((i) => columns[i]!);
    const controls = kept.map(
      (column): Control =>
        column < count ? { payoff: "bond", column } : { payoff: "asset", column: column - count },
    );
    const exact = controls.map((control) => controlMean(schedule, derivatives, control));
    return { columns, regression, kept, controls, exact };
  });

  return request.amounts.map((_, t) =>
    perDerivative.map(({ columns, regression, kept, controls, exact }, g): PilotEstimate => {
      const moment = (product: number) => means.cross[t * layout.columns + product]!;
      const mean = moment(layout.pair(0, g));
      const coefficients = regression.coefficients((i) => {
        const column = columns[i]!;
        const product =
          column < count
            ? layout.pair(g, column)
            : column === count
              ? layout.asset(g)
              : layout.assetSquare(g);
        return moment(product) - mean * gramAt(0, column);
      });
      const scale =
        sampler === "random"
          ? 1
          : slope(
              means.batchControls.map((batch) =>
                kept.reduce((sum, column, c) => sum + coefficients[c]! * (batch[column]! - exact[c]!), 0),
              ),
              means.batchCross.map((batch) => batch[t * count + g]!),
            );
      const absolute = means.sizes[t * 2 * count + g]!;
      const square = means.sizes[t * 2 * count + count + g]!;
      return {
        controls,
        coefficients: coefficients.map((coefficient) => scale * coefficient),
        effectiveShare: square > 0 ? absolute ** 2 / square : 0,
        rootMeanSquare: Math.sqrt(square),
      };
    }),
  );
}

/** Least-squares slope of y on x, 0 when x is constant. */
function slope(x: readonly number[], y: readonly number[]): number {
  const meanX = x.reduce((a, b) => a + b, 0) / x.length;
  const meanY = y.reduce((a, b) => a + b, 0) / y.length;
  const variance = x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
  const covariance = x.reduce((sum, value, i) => sum + (value - meanX) * (y[i]! - meanY), 0);
  return variance > 0 ? covariance / variance : 0;
}
