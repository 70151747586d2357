import { estimators } from "../estimators/catalogue.js";
import type { Greek } from "../estimators/greeks.js";
import { batchStatistics, interval } from "../gradients/batch-statistics.js";
import type { Market } from "../market/market.js";
import { square } from "../numerics/elementary.js";
import type { Failure } from "../numerics/failure.js";
import { jumps } from "../payoffs/analyse.js";
import type { Trade } from "../portfolio/trade.js";
import type { Executor } from "./executor.js";
import { type Diagnostics, flagsOf, ROUNDING } from "./flags.js";
import { GRID_BIAS, type Group, isObstacle } from "./plan.js";
import type { GreekEstimate, RunSummary, TradeResult } from "./result.js";
import type { Reading, Source } from "./run-group.js";
import type { Settings } from "./settings.js";
import { sharpness } from "./to-precision.js";
import { positionsOf, type Totals } from "./totals.js";

/** What lives as long as a run. */
export interface Run {
  readonly settings: Settings;
  readonly market: Market;
  readonly executor: Executor;
  readonly totals: Totals;
  readonly quantile: number;
  /** On the clock of `performance.now`. */
  readonly started: number;
  readonly cancelled: () => boolean;
  readonly unavailable: Set<string>;
  worstScore: RunSummary["worstScore"];
  /** Room for the batch means of one Greek, and of one of its sources. */
  readonly batchMeans: Float64Array<ArrayBuffer>;
  readonly sourceMeans: Float64Array<ArrayBuffer>;
}

export interface GroupReading {
  readonly group: Group;
  readonly reading: (t: number, greek: number) => Reading | null;
  readonly run: Run;
}

/** What a closed form may be off by rounding, besides a share of itself, in raw units. */
const LEAST_ERROR = 1e-15;
/** What a mean of many terms may be off by rounding, as a share of their size, where controls leave nothing else. */
const SUM_ROUNDING = 2e-15;

/** One trade's Greeks out of its group's batches. */
export function readTrade(trade: Trade, t: number, { group, reading, run }: GroupReading): TradeResult {
  const { currency } = group.underlying;
  const estimates: GreekEstimate[] = [];
  const failures: Failure[] = group.missing.map(({ message }) => unsupported(trade, message));
  const refusals = group.candidates[t]!.flatMap((own, g) =>
    isObstacle(own) ? [{ greek: group.greeks[g]!, message: own.obstacle }] : [],
  );
  // Where nothing can be had the reason is told once; a set is what there is of it; what was named is missed.
  const [refusal] = refusals;
  if (refusal !== undefined && refusals.length === group.greeks.length) {
    const failure: Failure = { ...unsupported(trade, refusal.message), reason: "not-applicable" };
    return { trade, currency, estimates, failures: [failure] };
  }
  for (const { greek, message } of refusals) {
    if (typeof run.settings.greeks === "string")
      run.unavailable.add(`${greek.name} of some trades: ${message}`);
    else failures.push(unsupported(trade, `${greek.name}: ${message}`));
  }
  const { amount } = trade.payoff;
  const mayJump = typeof amount === "function" || jumps(amount);
  const position = positionsOf(trade.quantity);
  for (const [g, greek] of group.greeks.entries()) {
    const found = reading(t, g);
    if (found === null) continue;
    const isOnGrid = group.payoffs[t] !== trade.payoff;
    const result = readGreek(trade, { greek, reading: found, group, run, isOnGrid, mayJump, position });
    if ("reason" in result) failures.push(result);
    else estimates.push(result);
  }
  return { trade, currency, estimates, failures };
}

interface GreekReading {
  readonly greek: Greek;
  readonly reading: Reading;
  readonly group: Group;
  readonly run: Run;
  /** Whether the payoff is watched between the dates of a grid. */
  readonly isOnGrid: boolean;
  /** Whether the payoff jumps, as far as one knows. */
  readonly mayJump: boolean;
  /** A value times the trade's quantity. */
  readonly position: ReturnType<typeof positionsOf>;
}

function readGreek(
  trade: Trade,
  { greek, reading, group, run, isOnGrid, mayJump, position }: GreekReading,
): GreekEstimate | Failure {
  const { underlying, request } = group;
  const { currency } = underlying;
  const { amount } = trade.payoff;
  const { sources } = reading;
  const desk = run.settings.profile === "desk" ? greek.desk : undefined;
  const scale = greek.sign * (desk?.factor(underlying.spot) ?? 1);
  const batchMeans = run.batchMeans.fill(0);
  for (const { weight, estimates, index, column } of sources) {
    const means = estimates.estimates.of(index, column, run.sourceMeans);
    const factor = scale * weight;
    for (let b = 0; b < batchMeans.length; b++) batchMeans[b]! += factor * means[b]!;
  }
  const statistics = batchStatistics(batchMeans);
  const { mean: value, standardError: spread } = statistics;
  const observed = sources.map((source) => observe(source, mayJump));
  const size = Math.abs(scale) * sum(observed.map(({ rootMeanSquare }) => rootMeanSquare));
  const resolution = Math.abs(scale) * sum(observed.map((own) => own.resolution));
  const isSmoothed = sources.some(({ estimator }) => estimator === "conditional");
  const rounding = isSmoothed
    ? ROUNDING * Math.abs(value) + LEAST_ERROR * Math.abs(scale)
    : SUM_ROUNDING * Math.max(size, Math.abs(value));
  const standardError = Math.max(spread, resolution, rounding);
  if (!Number.isFinite(value) || !Number.isFinite(standardError)) {
    const message = `${greek.name} must be a finite number, got ${value}: the payoff overflows or divides by zero on some path`;
    return calculationFailed(trade, message);
  }
  const scoreZ = sources
    .map(({ estimates, column }) => estimates.estimates.scoreZ[column]!)
    .reduce((most, z) => (Math.abs(z) > Math.abs(most) ? z : most));
  noteScore(run, `${underlying.name} ${greek.name}`, scoreZ);
  const paths = Math.min(...sources.map(({ estimates }) => estimates.paths));
  const diagnostics: Diagnostics = {
    paths,
    scoreZ,
    isSmoothed,
    amount,
    effectiveSampleSize: Math.min(...observed.map((own) => own.effectiveSampleSize)),
    kurtosis: Math.max(...observed.map((own) => own.kurtosis)),
    relativeError: size > 0 ? spread / size : spread / Math.abs(value),
    largestShare: spread > 3 * resolution ? statistics.largestShare : 0,
  };
  const { dynamics, parameters, dates } = request.schedule;
  const caution = dynamics.caution?.({ parameters, dates }, greek.wrt) ?? null;
  const flags = [
    ...flagsOf(diagnostics),
    ...[bluntness(run, reading, { greek, spot: underlying.spot }), caution].filter((flag) => flag !== null),
  ];
  const isPrice = greek.wrt.length === 0;
  const ofScheme = isPrice ? null : (dynamics.bias?.({ parameters, dates }) ?? null);
  // What is within the error bar need not be told.
  const approximations = [ofScheme, isOnGrid ? GRID_BIAS : null].flatMap((own) =>
    own !== null && standardError < own.share * Math.abs(value) ? [own.why] : [],
  );
  const ofEstimators = isPrice ? [] : sources.map(({ estimator }) => estimators[estimator].bias);
  const bias = [...ofEstimators, ...approximations].find((own) => own !== null) ?? null;
  const { low, high } = interval({ ...statistics, standardError }, request.batches, run.quantile);
  const held = position(value);
  const estimate: GreekEstimate = {
    greek: desk?.name ?? greek.name,
    value,
    standardError,
    low,
    high,
    unit: `${currency} ${desk?.unit ?? greek.unit}`.trim(),
    model: underlying.model.name,
    estimator: sources.map(({ estimator }) => estimator).join(" + "),
    gain: reading.gain,
    scheme: dynamics.scheme,
    sampler: request.sampler,
    paths,
    batches: request.batches,
    effectiveSampleSize: diagnostics.effectiveSampleSize,
    status: flags.length > 0 ? "flagged" : bias !== null ? "biased" : "ok",
    note: [...flags, ...(bias === null ? [] : [bias])].join("; "),
    positionValue: held.toString(),
    positionStandardError: Math.abs(Number(trade.quantity)) * standardError,
  };
  const adds = greek.adds || desk?.name.endsWith("_cash") === true;
  run.totals.add({ trade, currency, estimate, value: held, batchMeans, resolution, adds });
  return estimate;
}

/** What a source's pilot saw of a trade; of several payments, that which moves most speaks for it. */
function observe({ estimates, payments, index, column, weight }: Source, mayJump: boolean) {
  const { effectiveShare, kurtosis, rootMeanSquare } = payments
    .of(index)
    .map(({ row }) => estimates.pilot[row]![column]!)
    .reduce((most, other) => (other.rootMeanSquare > most.rootMeanSquare ? other : most));
  const size = Math.abs(weight) * rootMeanSquare;
  // One path's worth, for payoffs that jump: N paths cannot place a jump more finely. A scrambled net may put the same number of
  // points beyond a strike in every batch, or in all but one; their spread then says less than this.
  const resolution = mayJump ? size / estimates.paths : 0;
  return {
    effectiveSampleSize: estimates.paths * effectiveShare,
    kurtosis,
    rootMeanSquare: size,
    resolution,
  };
}

/** That a number is not as sharp as was asked, and what it would take. */
function bluntness(
  { settings: { precision } }: Run,
  { sources }: Reading,
  { greek, spot }: { readonly greek: Greek; readonly spot: number },
): string | null {
  if (precision === null) return null;
  const bySpot = greek.wrt.filter((parameter) => parameter === "spot").length;
  // A blend is sharper than its sharpest source.
  const [times, paths] = sources
    .map(({ estimates, index, column }): [number, number] => [
      sharpness(estimates, { index, column, bySpot }, { share: precision.share, spot }),
      estimates.paths,
    ])
    .reduce((least, own) => (own[0] < least[0] ? own : least));
  if (!(times > 1)) return null;
  const needed = Number((paths * square(times)).toPrecision(2));
  return `its error is ${times.toPrecision(2)} times what was asked: about ${needed.toLocaleString("en")} paths would do`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function unsupported(trade: Trade, message: string): Failure {
  return { reason: "unsupported", message, where: trade.where, tradeId: trade.id };
}

export function calculationFailed(trade: Trade, message: string): Failure {
  return { reason: "calculation-failed", message, where: trade.where, tradeId: trade.id };
}

function noteScore(run: Run, column: string, z: number): void {
  if (run.worstScore === null || Math.abs(z) > Math.abs(run.worstScore.z)) run.worstScore = { z, column };
}
