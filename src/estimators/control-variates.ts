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

/**
 * What every run's derivatives begin with: the price, and the two weights that serve as controls of all. The controls of a
 * Greek do not depend on which others are asked for, and so neither does its value; weights of high degree are kept out,
 * since their tails would make the error bars of others unreliable.
 */
export const BASE_DERIVATIVES: readonly Derivative[] = [[], ["spot"], ["spot", "spot"]];

/** A control: the mean of a payoff of known value times the weight of a derivative. */
export interface Control {
  readonly payoff: "bond" | "asset";
  /** Index into the derivatives. */
  readonly column: number;
}

export interface PilotRequest {
  readonly schedule: Schedule;
  readonly amounts: readonly (Expression | PayoffFunction)[];
  /** They begin with BASE_DERIVATIVES. */
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
 * Regresses every f·W on the weights of delta, gamma and its own, and on S_T and S_T·W, whose means are known (Glasserman
 * 2003, §4.1). Where a scheme's forward is off by a bias, that control takes the forward's share of it out of the estimate.
 * Scrambled nets integrate smooth controls and rough payoffs at different rates, so under them the regression's control is
 * scaled by what the pilot's batch means ask for. The run has a random stream of its own and is discarded: the coefficients
 * are independent of the numbers they are used on. Result: one row per amount, one entry per derivative.
 */
export function pilotEstimates(kernel: Kernel, request: PilotRequest): readonly (readonly PilotEstimate[])[] {
  const mark = kernel.mark();
  const sums = runPilot(kernel, request);
  kernel.release(mark);
  return readPilot(request, sums);
}

/** Means over the pilot, and over each of its batches what the scaling needs. */
interface PilotMeans {
  /** Of column i × column j of the controls; column 0 is 1, so that its row holds the means. */
  readonly gram: Float64Array;
  /** Of f × product column, a row per amount. */
  readonly cross: Float64Array;
  /** Of |f W_g|, then of (f W_g)², a row per amount. */
  readonly sizes: Float64Array;
  readonly batchControls: readonly Float64Array[];
  readonly batchCross: readonly Float64Array[];
}

/** The columns that f is multiplied with, for each derivative g: W_g alone, and times each of its possible controls. */
const PRODUCTS = 7;
const productColumn = (g: number, product: number) => g * PRODUCTS + product;

/** The possible controls of derivative g, in the order of its products, as columns of 1, W_0 … W_{G−1}, A·W_0 … A·W_{G−1}. */
function controlColumns(g: number, count: number): readonly number[] {
  const bond = (h: number) => 1 + h;
  const asset = (h: number) => 1 + count + h;
  return [bond(0), bond(1), bond(2), bond(g), asset(0), asset(g)];
}

function runPilot(
  kernel: Kernel,
  { schedule, amounts, derivatives, seed, sampler }: PilotRequest,
): PilotMeans {
  const { exports: ops } = kernel;
  const paths = PILOT_BATCH_PATHS;
  const columnBytes = BLOCK * 8;
  const count = derivatives.length;
  const simulation = openPaths(kernel, schedule, { seed, stream: "pilot", sampler, derivatives });
  const tiles = openPayoffRows(kernel, amounts, simulation.prices);
  const assetPrice = simulation.prices.at(-1)!;
  const forward = knownMeans(schedule).asset([]);
  const columns = (n: number) => {
    const first = kernel.allocate(n * columnBytes);
    return (j: number) => first + j * columnBytes;
  };
  const width = 1 + 2 * count;
  const controls = columns(width);
  ops.fill(controls(0), 1, BLOCK);
  const products = columns(count * PRODUCTS);
  const magnitudes = columns(2 * count);
  const payoffs = kernel.allocate(TILE_ROWS * columnBytes);

  const openSums = (size: number) => ({
    pointer: kernel.allocate(size * 8),
    size,
    total: new Float64Array(size),
  });
  const gram = openSums(width ** 2);
  const cross = openSums(amounts.length * count * PRODUCTS);
  const sizes = openSums(amounts.length * 2 * count);
  const batchControls: Float64Array[] = [];
  const batchCross: Float64Array[] = [];

  for (let batch = 0; batch < PILOT_BATCHES; batch++) {
    simulation.simulate(batch, 0, paths);
    for (let g = 0; g < count; g++) {
      const weight = simulation.weights + g * columnBytes;
      const withAsset = controls(1 + count + g);
      ops.copy(controls(1 + g), weight, paths);
      ops.multiply(withAsset, weight, assetPrice, paths);
      ops.divideScalar(withAsset, withAsset, forward, paths);
      ops.abs(magnitudes(g), weight, paths);
      ops.multiply(magnitudes(count + g), weight, weight, paths);
    }
    for (let g = 0; g < count; g++) {
      ops.copy(products(productColumn(g, 0)), controls(1 + g), paths);
      for (const [c, column] of controlColumns(g, count).entries()) {
        ops.multiply(products(productColumn(g, c + 1)), controls(1 + g), controls(column), paths);
      }
    }
    for (const { pointer, size } of [gram, cross, sizes]) kernel.column(pointer, size).fill(0);
    ops.product(controls(0), controls(0), gram.pointer, width, width, paths, BLOCK);
    let row = 0;
    for (const tile of tiles) {
      tile.evaluate(payoffs, paths);
      const crossRow = cross.pointer + row * count * PRODUCTS * 8;
      ops.product(payoffs, products(0), crossRow, tile.rows, count * PRODUCTS, paths, BLOCK);
      const sizeRow = sizes.pointer + row * 2 * count * 8;
      absoluteMoments(kernel, { payoffs, rows: tile.rows, magnitudes: magnitudes(0), count, paths }, sizeRow);
      row += tile.rows;
    }
    for (const { pointer, size, total } of [gram, cross, sizes]) {
      const sums = kernel.column(pointer, size);
      for (let i = 0; i < size; i++) total[i]! += sums[i]! / PILOT_PATHS;
    }
    batchControls.push(kernel.column(gram.pointer, width).map((sum) => sum / paths));
    const sums = kernel.column(cross.pointer, cross.size);
    const means = new Float64Array(amounts.length * count);
    for (let i = 0; i < means.length; i++) means[i] = sums[i * PRODUCTS]! / paths;
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
  const gramAt = (i: number, j: number) => means.gram[i * (1 + 2 * count) + j]!;

  const perDerivative = derivatives.map((_, g) => {
    // A weight that is its own control counts once; the constant weight of the price has no variance and drops out.
    const columns = [...new Set(controlColumns(g, count))];
    const covariance = columns.flatMap((i) => columns.map((j) => gramAt(i, j) - gramAt(0, i) * gramAt(0, j)));
    const regression = openRegression(covariance, columns.length);
    const kept = regression.kept.map((i) => columns[i]!);
    const controls = kept.map(
      (column): Control =>
        column <= count
          ? { payoff: "bond", column: column - 1 }
          : { payoff: "asset", column: column - 1 - count },
    );
    const exact = controls.map((control) => controlMean(schedule, derivatives, control));
    return { columns, regression, kept, controls, exact };
  });

  return request.amounts.map((_, t) =>
    perDerivative.map(({ columns, regression, kept, controls, exact }, g): PilotEstimate => {
      const moment = (product: number) => means.cross[(t * count + g) * PRODUCTS + product]!;
      const mean = moment(0);
      const coefficients = regression.coefficients((i) => {
        const column = columns[i]!;
        const product = 1 + controlColumns(g, count).indexOf(column);
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
