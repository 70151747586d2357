import { estimators } from "../estimators/catalogue.js";
import type { Greek } from "../estimators/greeks.js";
import { placeIn } from "../estimators/pilot.js";
import { batchStatistics, interval } from "../gradients/batch-statistics.js";
import { square } from "../numerics/elementary.js";
import { remembered } from "../numerics/remembered.js";
import type { Amount } from "../payoffs/payoff.js";
import type { Trade } from "../portfolio/trade.js";
import { type Diagnostics, flagsOf, ROUNDING } from "./flags.js";
import { GRID_BIAS, type Group } from "./plan.js";
import type { GreekEstimate } from "./result.js";
import type { Run } from "./run.js";
import type { Reading, Source } from "./run-group.js";
import { sharpness } from "./to-precision.js";
import { addPosition, type positionsOf, type Sum } from "./totals.js";

/** What a closed form may be off by rounding, besides a share of itself, in raw units. */
const LEAST_ERROR = 1e-15;
/** What a mean of many terms may be off by rounding, as a share of their size, where controls leave nothing else. */
const SUM_ROUNDING = 2e-15;

/** What a Greek's numbers have in common over the trades of a group. */
export interface Column {
  readonly greek: Greek;
  /** As the profile tells it, with what turns the raw derivative into that. */
  readonly name: string;
  readonly unit: string;
  readonly scale: number;
  /** Where positions of a book are added up. */
  readonly sumOf: (book: string) => Sum;
  /** What the model warns of, whatever the estimator. */
  readonly caution: string | null;
  /** The share of the paths that can tell of it, where prices jump now and then. */
  readonly carrying: number | null;
  /** What the scheme may be off by. */
  readonly schemeBias: typeof GRID_BIAS | null;
  readonly group: Group;
  readonly run: Run;
}

export function openColumn(greek: Greek, group: Group, run: Run): Column {
  const { name: underlying, spot, currency } = group.underlying;
  const { dynamics, parameters, dates } = group.request.schedule;
  const desk = run.settings.profile === "desk" ? greek.desk : undefined;
  const name = desk?.name ?? greek.name;
  const unit = `${currency} ${desk?.unit ?? greek.unit}`.trim();
  const adds = greek.adds || desk?.name.endsWith("_cash") === true;
  return {
    greek,
    name,
    unit,
    scale: greek.sign * (desk?.factor(spot) ?? 1),
    sumOf: remembered((book: string) =>
      run.totals.open({ book, underlying, currency, greek: name, unit }, adds),
    ),
    caution: dynamics.caution?.({ parameters, dates }, greek.wrt) ?? null,
    carrying: dynamics.carrying?.({ parameters, dates }, greek.wrt) ?? null,
    schemeBias: isPrice(greek) ? null : (dynamics.bias?.({ parameters, dates }) ?? null),
    group,
    run,
  };
}

/** What a trade's numbers have in common over the Greeks. */
export interface PayoffFacts {
  readonly amount: Amount;
  /** Whether it jumps, as far as one knows. */
  readonly jumps: boolean;
  /** Whether it is watched between the dates of a grid. */
  readonly isOnGrid: boolean;
  /** A value times the trade's quantity. */
  readonly position: ReturnType<typeof positionsOf>;
}

/** One Greek of one trade; a string says why it is none. */
export function readGreek(
  trade: Trade,
  { amount, jumps, isOnGrid, position }: PayoffFacts,
  reading: Reading,
  column: Column,
): GreekEstimate | string {
  const { greek, scale, group, run } = column;
  const { underlying, request } = group;
  const batchMeans = sumOf(reading, scale, run);
  const statistics = batchStatistics(batchMeans);
  const { mean: value, standardError: spread } = statistics;
  const seen = observe(reading, jumps, column);
  const size = Math.abs(scale) * seen.rootMeanSquare;
  const resolution = Math.abs(scale) * seen.resolution;
  const rounding = seen.isSmoothed
    ? ROUNDING * Math.abs(value) + LEAST_ERROR * Math.abs(scale)
    : SUM_ROUNDING * Math.max(size, Math.abs(value));
  const standardError = Math.max(spread, resolution, rounding);
  if (!Number.isFinite(value) || !Number.isFinite(standardError))
    return `${greek.name} must be a finite number, got ${value}: the payoff overflows or divides by zero on some path`;
  noteScore(column, seen.scoreZ);
  const flags = flagsOf(amount, seen, {
    relativeError: size > 0 ? spread / size : spread / Math.abs(value),
    largestShare: spread > 3 * resolution ? statistics.largestShare : 0,
  });
  const blunt = bluntness(reading, column);
  if (blunt !== null) flags.push(blunt);
  if (column.caution !== null) flags.push(column.caution);
  const errorShare = standardError / Math.abs(value);
  const bias =
    (isPrice(greek) ? null : seen.bias) ??
    visible(column.schemeBias, errorShare) ??
    visible(isOnGrid ? GRID_BIAS : null, errorShare);
  const { low, high } = interval(
    { mean: value, standardError, skewness: statistics.skewness },
    request.batches,
    run.quantile,
  );
  const held = position(value);
  const quantity = Number(trade.quantity);
  const estimate: GreekEstimate = {
    greek: column.name,
    value,
    standardError,
    low,
    high,
    unit: column.unit,
    model: underlying.model.name,
    estimator: seen.estimator,
    gain: reading.gain,
    scheme: request.schedule.dynamics.scheme,
    sampler: request.sampler,
    paths: seen.paths,
    batches: request.batches,
    effectiveSampleSize: seen.effectiveSampleSize,
    status: flags.length > 0 ? "flagged" : bias !== null ? "biased" : "ok",
    note: (bias === null ? flags : [...flags, bias]).join("; "),
    positionValue: held.toString(),
    positionStandardError: Math.abs(quantity) * standardError,
  };
  addPosition(column.sumOf(trade.book), { quantity, value: held, batchMeans, resolution });
  return estimate;
}

/** What a bias says of itself; one within the error bar, which is a share of the number too, need not be told. */
function visible(bias: typeof GRID_BIAS | null, errorShare: number): string | null {
  return bias !== null && errorShare < bias.share ? bias.why : null;
}

/** The batch means of what the sources add up to, in the run's own room. */
function sumOf({ sources }: Reading, scale: number, { batchMeans, sourceMeans }: Run): Run["batchMeans"] {
  batchMeans.fill(0);
  for (const { weight, estimates, index, column } of sources) {
    const means = estimates.estimates.of(index, column, sourceMeans);
    const factor = scale * weight;
    for (let b = 0; b < batchMeans.length; b++) batchMeans[b]! += factor * means[b]!;
  }
  return batchMeans;
}

interface Seen extends Diagnostics {
  /** √E[(f W)²]: the size of one path's term. */
  readonly rootMeanSquare: number;
  /**
   * One path's worth, for payoffs that jump: N paths cannot place a jump more finely. A scrambled net may put the same number of
   * points beyond a strike in every batch, or in all but one; their spread then says less than this. Where prices jump, the worth of
   * a path of large weight.
   */
  readonly resolution: number;
  /** Of the estimators. */
  readonly bias: string | null;
  readonly estimator: string;
}

/** What the sources' pilots saw, in raw units: sizes add up, and the worst of all speaks for the sum. */
function observe({ sources }: Reading, jumps: boolean, { carrying }: Column): Seen {
  const seen = {
    rootMeanSquare: 0,
    resolution: 0,
    effectiveSampleSize: Number.POSITIVE_INFINITY,
    kurtosis: 0,
    scoreZ: 0,
    paths: Number.POSITIVE_INFINITY,
    isSmoothed: false,
    bias: null as string | null,
    estimator: "",
  };
  for (const source of sources) {
    const { estimator, estimates, weight, column } = source;
    const { pilot } = estimates;
    const place = pilotPlace(source);
    const size = Math.abs(weight) * pilot.rootMeanSquare[place]!;
    const scoreZ = estimates.estimates.scoreZ[column]!;
    seen.rootMeanSquare += size;
    const reach = carrying === null ? 0 : Math.abs(weight) * pilot.reach[place]!;
    seen.resolution += Math.max(jumps ? size : 0, reach) / estimates.paths;
    // What is integrated knows of jumps that no path has.
    const share = Math.min(pilot.effectiveShare[place]!, estimator === "conditional" ? 1 : (carrying ?? 1));
    seen.effectiveSampleSize = Math.min(seen.effectiveSampleSize, estimates.paths * share);
    seen.kurtosis = Math.max(seen.kurtosis, pilot.kurtosis[place]!);
    if (isWorse(scoreZ, seen.scoreZ)) seen.scoreZ = scoreZ;
    seen.paths = Math.min(seen.paths, estimates.paths);
    seen.isSmoothed ||= estimator === "conditional";
    seen.bias ??= estimators[estimator].bias;
    seen.estimator = seen.estimator === "" ? estimator : `${seen.estimator} + ${estimator}`;
  }
  return seen;
}

/** Where a source's pilot has what it saw of a trade; of several payments, that which moves most speaks for it. */
function pilotPlace({ estimates: { pilot }, payments, index, column }: Source): number {
  const rows = payments.of(index);
  let most = placeIn(pilot, rows[0]!.row, column);
  for (let i = 1; i < rows.length; i++) {
    const own = placeIn(pilot, rows[i]!.row, column);
    if (pilot.rootMeanSquare[own]! > pilot.rootMeanSquare[most]!) most = own;
  }
  return most;
}

/** That a number is not as sharp as was asked, and what it would take. */
function bluntness({ sources }: Reading, { greek, group, run }: Column): string | null {
  const { precision } = run.settings;
  if (precision === null) return null;
  const { spot } = group.underlying;
  const times = sharpness(sources, greek, { share: precision.share, spot });
  const paths = Math.min(...sources.map(({ estimates }) => estimates.paths));
  if (!(times > 1)) return null;
  const needed = Number((paths * square(times)).toPrecision(2));
  return `its error is ${times.toPrecision(2)} times what was asked: about ${needed.toLocaleString("en")} paths would do`;
}

function noteScore({ greek, group, run }: Column, z: number): void {
  if (run.worstScore === null || isWorse(z, run.worstScore.z))
    run.worstScore = { z, column: `${group.underlying.name} ${greek.name}` };
}

/** What is no number is the worst, and stays it. */
function isWorse(z: number, than: number): boolean {
  return Number.isNaN(z) || Math.abs(z) > Math.abs(than);
}

function isPrice({ wrt }: Greek): boolean {
  return wrt.length === 0;
}
