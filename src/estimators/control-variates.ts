import type { RowTile } from "../gradients/batch-means.js";
import { type ControlFit, fitCoefficients, openControlFit, slope } from "../gradients/control-variates.js";
import { powersFor } from "../gradients/cross-moments.js";
import type { Derivative } from "../gradients/distribution.js";
import { type Control, type Moments, openMoments } from "../gradients/moments.js";
import type { Sampler } from "../gradients/noise.js";
import type { Kernel } from "../kernel/kernel.js";
import { powerOfTwoFrom, square } from "../numerics/elementary.js";
import type { Polynomial } from "../numerics/polynomial.js";
import { constant, multiply, price } from "../payoffs/build.js";
import type { Expression } from "../payoffs/expression.js";
import type { PayoffFunction } from "../payoffs/payoff.js";
import { openPaths } from "../simulation/paths.js";
import { openPayoffRows } from "../simulation/payoff-rows.js";
import { withWeights } from "../simulation/polynomial-weights.js";
import { knownMeans, type Schedule } from "../simulation/schedule.js";
import { type Amounts, paymentRows } from "./payment-rows.js";
import { openPilot, type Pilot, placeIn } from "./pilot.js";

/** The pilot has batches of its own, so that it sees how scrambled nets err, which plain variances do not tell. */
const PILOT_BATCHES = 16;
/**
 * It has a quarter of the run's paths: no more are needed, and with fewer its coefficients would add to the variance. Under nets half
 * as many will do, as the batches' means have the last word on what the controls are worth.
 */
const PILOT = { share: 1 / 4, most: { random: 4096, sobol: 2048 }, least: 1024 };

function pilotBatchPaths({ paths, sampler }: PilotRequest): number {
  const wanted = Math.min(PILOT.most[sampler], Math.max(PILOT.least, paths * PILOT.share));
  return powerOfTwoFrom(wanted / PILOT_BATCHES);
}

/**
 * The price, and the two weights that serve as controls of all. The controls of a Greek do not depend on which others are asked
 * for, and so neither does its value; weights of high degree are kept out, since their tails would make the error bars of others
 * unreliable.
 */
export const BASE_DERIVATIVES: readonly Derivative[] = [[], ["spot"], ["spot", "spot"]];

/** The control rows: the bond, which pays 1, and the asset, which pays S_T. */
export const BOND = 0;
const ASSET = 1;
export const CONTROL_ROWS = 2;

/** The possible controls of derivative g. */
function controlsOf(derivatives: readonly Derivative[], g: number): readonly Control[] {
  const bond = (column: number) => ({ row: BOND, column });
  const asset = (column: number) => ({ row: ASSET, column });
  const base = BASE_DERIVATIVES.map((own) => columnOf(derivatives, own));
  return [...base.map(bond), bond(g), asset(base[0]!), asset(g)];
}

export interface PilotRequest {
  readonly schedule: Schedule;
  readonly amounts: readonly (Expression | PayoffFunction)[];
  /** BASE_DERIVATIVES among them. */
  readonly derivatives: readonly Derivative[];
  /** Their weights, where all are polynomials of one normal. */
  readonly polynomials: readonly Polynomial[] | null;
  readonly seed: string;
  readonly sampler: Sampler;
  /** Those of the run that it is for. */
  readonly paths: number;
  /** Whether amounts depend on the law of the intervals. */
  readonly keepsLaw: boolean;
  /** That it is for a trial, and what that shares. */
  readonly isTrial?: true | undefined;
  readonly shared?: readonly Derivative[] | undefined;
}

/** The pilot of estimators that learn nothing from one: of every payment, for every derivative. */
export function blankPilot(request: Amounts & { readonly derivatives: readonly Derivative[] }): Pilot {
  const withoutControls = request.derivatives.map(() => []);
  return openPilot(paymentRows(request).rows.length, withoutControls);
}

/** Each of them once, in the order of their first. */
export function distinct(derivatives: readonly Derivative[]): readonly Derivative[] {
  return [...new Map(derivatives.map((own) => [own.join(), own])).values()];
}

/** The place of a derivative. */
export function columnOf(derivatives: readonly Derivative[], derivative: Derivative): number {
  const column = derivatives.findIndex((other) => other.join() === derivative.join());
  if (column < 0) throw new Error(`a run must carry ${derivative.join(" ") || "the price"} too`);
  return column;
}

/** The payoffs of the control rows; the asset is S_T over its forward, so that all controls are of order 1. */
export function controlAmounts(schedule: Schedule): readonly Expression[] {
  return [constant(1), multiply(price(schedule.dates.length - 1), 1 / knownMeans(schedule).asset([]))];
}

/** The exact mean of a control. */
export function controlMean(
  schedule: Schedule,
  derivatives: readonly Derivative[],
  { row, column }: Control,
): number {
  const known = knownMeans(schedule);
  const derivative = derivatives[column]!;
  return row === BOND ? known.bond(derivative) : known.asset(derivative) / known.asset([]);
}

/**
 * Regresses every f·W on the weights of delta, gamma and its own, and on S_T and S_T·W, whose means are known (Glasserman
 * 2003, §4.1). Where a scheme's forward is off by a bias, that control takes the forward's share of it out of the estimate.
 * Scrambled nets integrate smooth controls and rough payoffs at different rates, so under them the regression's control is
 * scaled by what the pilot's batch means ask for. The run has a random stream of its own and is discarded: the coefficients
 * are independent of the numbers they are used on. A trial, whose numbers are discarded, has its pilot on its own paths, which are
 * there already. Result: a row per amount.
 */
export function runPilot(kernel: Kernel, request: PilotRequest): Pilot {
  const { schedule, amounts, derivatives, polynomials, seed, sampler, keepsLaw, isTrial } = request;
  const mark = kernel.mark();
  const stream = isTrial === true ? "main" : "pilot";
  const shared = isTrial === true ? { shared: request.shared, keepsLatent: true } : {};
  const powers = polynomials === null ? undefined : powersFor(polynomials);
  const paths = openPaths(kernel, schedule, {
    ...{ seed, stream, sampler, derivatives, keepsLaw, powers },
    ...shared,
  });
  const [controlRows] = openPayoffRows(kernel, controlAmounts(schedule), paths.coordinates) as [RowTile];
  const controls = derivatives.map((_, g) => controlsOf(derivatives, g));
  const weighted =
    polynomials === null
      ? { draws: paths }
      : {
          draws: withWeights(kernel, paths, polynomials),
          powers: { columns: paths.weights, polynomials },
        };
  const runner = openMoments(kernel, {
    ...weighted,
    // The last row is that of the weights themselves.
    tiles: openPayoffRows(kernel, [...amounts, constant(1)], paths.coordinates, paths.inputs),
    controlRows,
    controls,
  });
  const batchMeans = Array.from(
    { length: PILOT_BATCHES },
    () => new Float64Array((amounts.length + 1) * derivatives.length),
  );
  const exact = controls.map((ofColumn) =>
    ofColumn.map((control) => controlMean(schedule, derivatives, control)),
  );
  const misses = exact.map((ofColumn) => ofColumn.map(() => new Float64Array(PILOT_BATCHES)));
  const moments = runner.runAll(PILOT_BATCHES, pilotBatchPaths(request), (batch, b) => {
    batch.means(batchMeans[b]!);
    for (let g = 0; g < exact.length; g++)
      for (let c = 0; c < exact[g]!.length; c++) misses[g]![c]![b] = batch.control(g, c) - exact[g]![c]!;
  });
  kernel.release(mark);

  const fits = controls.map((ofColumn, g) => openControlFit(moments, g, ofColumn, exact[g]!));
  const pilot = openPilot(
    amounts.length,
    fits.map((fit) => fit.controls),
  );
  const run: PilotRun = {
    moments,
    price: columnOf(derivatives, []),
    largeSquares: derivatives.map((_, g) => {
      const ofWeight = moments.square(amounts.length, g);
      return ofWeight > 0 ? moments.fourth(amounts.length, g) / ofWeight : 0;
    }),
    batchMeans,
    misses,
    fits,
    isNet: sampler !== "random",
    explained: new Float64Array(PILOT_BATCHES),
    estimated: new Float64Array(PILOT_BATCHES),
  };
  for (let t = 0; t < amounts.length; t++)
    for (let g = 0; g < derivatives.length; g++) learn(pilot, run, t, g);
  return pilot;
}

/** A pilot that was run. */
interface PilotRun {
  readonly moments: Moments;
  /** The column of the price. */
  readonly price: number;
  /** E[W⁴] / E[W²] of every derivative: the square of a weight that counts. */
  readonly largeSquares: readonly number[];
  /** Of every batch the means, row by row: of a large book all its moments would fill the memory. */
  readonly batchMeans: readonly Float64Array[];
  /** How far each control of derivative g is off its mean, batch by batch. */
  readonly misses: readonly (readonly Float64Array[])[];
  /** The regressions, derivative by derivative. */
  readonly fits: readonly ControlFit[];
  readonly isNet: boolean;
  /** Room for a number per batch. */
  readonly explained: Float64Array;
  readonly estimated: Float64Array;
}

// Functions of the module, not of a run: what V8 has compiled for those of a run is lost with them.

function learn(pilot: Pilot, run: PilotRun, t: number, g: number): void {
  const { moments, price, largeSquares, fits, isNet } = run;
  const place = placeIn(pilot, t, g);
  const coefficients = fitCoefficients(fits[g]!, t);
  const scale = isNet ? netScale(run, coefficients, t, g) : 1;
  for (let i = 0; i < coefficients.length; i++)
    pilot.coefficients[place * pilot.stride + i] = coefficients[i]! * scale;
  const absolute = moments.absolute(t, g);
  const squares = moments.square(t, g);
  pilot.effectiveShare[place] = squares > 0 ? square(absolute) / squares : 0;
  pilot.kurtosis[place] = squares > 0 ? moments.fourth(t, g) / square(squares) : 1;
  pilot.rootMeanSquare[place] = Math.sqrt(squares);
  pilot.reach[place] = Math.sqrt(moments.square(t, price) * largeSquares[g]!);
}

/** What the batches ask the regression's control to be multiplied by. */
function netScale(
  { batchMeans, misses, fits, explained, estimated }: PilotRun,
  coefficients: Float64Array,
  t: number,
  g: number,
): number {
  const { indices } = fits[g]!;
  explained.fill(0);
  for (let i = 0; i < indices.length; i++) {
    const own = misses[g]![indices[i]!]!;
    const coefficient = coefficients[i]!;
    for (let b = 0; b < PILOT_BATCHES; b++) explained[b]! += coefficient * own[b]!;
  }
  const place = t * fits.length + g;
  for (let b = 0; b < PILOT_BATCHES; b++) estimated[b] = batchMeans[b]![place]!;
  return slope(explained, estimated);
}
