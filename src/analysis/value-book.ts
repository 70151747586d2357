import { batchStatistics, interval } from "../gradients/batch-statistics.js";
import { drawsPerBatch } from "../gradients/noise.js";
import type { Market } from "../market/market.js";
import type { Failure } from "../numerics/failure.js";
import { studentQuantile } from "../numerics/student-quantile.js";
import { hasKinks, jumps } from "../payoffs/analyse.js";
import type { Payoff } from "../payoffs/payoff.js";
import type { PortfolioItem } from "../portfolio/read-portfolio.js";
import type { Trade } from "../portfolio/trade.js";
import { runAhead } from "./ahead.js";
import type { Executor, ScheduleEstimates } from "./executor.js";
import type { Receiver, RunOptions } from "./options.js";
import { type Group, planTrades } from "./plan.js";
import type { GreekEstimate, RunSummary, TradeResult } from "./result.js";
import { runGroup, type Source } from "./run-group.js";
import { readSettings, type Settings } from "./settings.js";
import { sharpness } from "./to-precision.js";
import { openTotals, positionValue, type Totals } from "./totals.js";

/** Trades planned and held in memory at once. A group is simulated anew in each window, to the same bits. */
const WINDOW = 8192;
/** Fewer effective paths than this do not make a normal mean, so the error bar cannot be trusted. */
const LEAST_EFFECTIVE_PATHS = 100;
/** A weight whose mean is this many standard errors off its exact value says that the simulation is wrong. */
const LARGEST_SCORE_Z = 5;

/** Where one batch makes nearly all of the spread, the next run may have two such batches, or none and no error bar to speak of. */
const LARGEST_BATCH_SHARE = 0.9;
/** What a closed form may be off by rounding, besides that share of itself, in raw units. */
const LEAST_ERROR = 1e-15;
/** A standard error this small is rounding: the controls explain the payoff on every path. */
const ROUNDING = 1e-12;

export interface BookRequest {
  readonly items: Iterable<PortfolioItem> | AsyncIterable<PortfolioItem>;
  readonly market: Market;
  readonly options: RunOptions;
  readonly receiver: Receiver;
  readonly executor: Executor;
}

/** plan → run → merge, window by window, so that memory does not grow with the book. */
export async function valueBook({
  items,
  market,
  options,
  receiver,
  executor,
}: BookRequest): Promise<RunSummary> {
  const settings = readSettings(options);
  const run: Run = {
    settings,
    market,
    executor,
    totals: openTotals(settings.batches),
    quantile: studentQuantile(0.975, settings.batches - 1),
    started: performance.now(),
    cancelled: () => options.signal?.aborted ?? false,
    unavailable: new Set(),
    worstScore: null,
  };
  const paths = drawsPerBatch(settings.sampler, settings.paths, settings.batches) * settings.batches;
  let valuedTrades = 0;
  let failedTrades = 0;
  let lastFailedLine: number | undefined;
  let tradesRead = 0;
  let tradesDone = 0;

  for await (const window of windows(items, run.cancelled)) {
    const trades = window.flatMap((item) => (item.kind === "trade" ? [item.trade] : []));
    tradesRead += trades.length;
    const outcomes = await valueTrades(trades, run, (share) =>
      options.onProgress?.({
        tradesDone,
        tradesRead,
        fraction: (tradesDone + share * trades.length) / tradesRead,
      }),
    );
    for (const item of window) {
      if (item.kind === "failure") {
        const line = item.failure.where?.line;
        // A row gives a failure for each of its faults, one after the other.
        if (item.of === "row" && line !== lastFailedLine) failedTrades++;
        lastFailedLine = line;
        await receiver.failure(item.failure);
        continue;
      }
      const outcome = outcomes.get(item.trade)!;
      if (outcome.estimates.length > 0) {
        valuedTrades++;
        await receiver.trade(outcome);
      } else failedTrades++;
      for (const failure of outcome.failures) await receiver.failure(failure);
      tradesDone++;
    }
    options.onProgress?.({ tradesDone, tradesRead, fraction: 1 });
  }

  return {
    totals: run.totals.read(run.quantile),
    valuedTrades,
    failedTrades,
    worstScore: run.worstScore,
    unavailable: [...run.unavailable].sort(),
    interrupted: run.cancelled(),
    seed: settings.seed,
    sampler: settings.sampler,
    paths,
    batches: settings.batches,
  };
}

/** What lives as long as the run. */
interface Run {
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
}

/** Cuts the stream into windows; an aborted run reads no further. */
async function* windows(
  items: BookRequest["items"],
  cancelled: () => boolean,
): AsyncGenerator<readonly PortfolioItem[]> {
  let window: PortfolioItem[] = [];
  for await (const item of items) {
    if (cancelled()) break;
    window.push(item);
    if (window.length === WINDOW) {
      yield window;
      window = [];
    }
  }
  if (window.length > 0) yield window;
}

async function valueTrades(
  trades: readonly Trade[],
  run: Run,
  onShare: (share: number) => void,
): Promise<ReadonlyMap<Trade, TradeResult>> {
  const { groups, failures } = planTrades(trades, run.market, run.settings);
  const outcomes = new Map<Trade, TradeResult>();
  for (const [trade, failure] of failures) outcomes.set(trade, failed(trade, "", [failure]));
  let batchesDone = 0;
  let batchesPlanned = 0;
  const allBatches = groups.reduce((sum, group) => sum + batchesOf(group), 0);
  const onBatch = () => onShare(Math.min(1, ++batchesDone / allBatches));

  const running = runAhead(groups, run.executor.atOnce ?? 1, async (group) =>
    run.cancelled()
      ? null
      : runGroup(
          group,
          run.executor,
          { cancelled: run.cancelled, onBatch },
          { precision: run.settings.precision, elapsed: () => (performance.now() - run.started) / 1000 },
        ),
  );
  for (const [g, group] of groups.entries()) {
    const { currency } = group.underlying;
    for (const name of group.unavailable) run.unavailable.add(name);
    const message = (error: unknown) =>
      `the simulation failed: ${error instanceof Error ? error.message : error}`;
    let sources: Awaited<ReturnType<typeof runGroup>> | string;
    try {
      sources = await running(g);
    } catch (error) {
      sources = message(error);
    }
    // A trial may have found that an estimator is not needed.
    batchesPlanned += batchesOf(group);
    batchesDone = Math.max(batchesDone, batchesPlanned);
    for (const [t, trade] of group.trades.entries()) {
      const stopped = sources === null ? "interrupted before it was valued" : sources;
      const result =
        typeof stopped === "string"
          ? failed(trade, currency, [calculationFailed(trade, stopped)])
          : readTrade(trade, t, { group, sources: stopped, run });
      outcomes.set(trade, result);
    }
  }
  return outcomes;
}

/** As many as its estimators may take. */
function batchesOf({ candidates, request }: Group): number {
  return new Set(candidates.flat()).size * request.batches;
}

function failed(trade: Trade, currency: string, failures: readonly Failure[]): TradeResult {
  return { trade, currency, estimates: [], failures };
}

function calculationFailed(trade: Trade, message: string): Failure {
  return { reason: "calculation-failed", message, where: trade.where, tradeId: trade.id };
}

interface GroupEstimates {
  readonly group: Group;
  readonly sources: (t: number, greek: number) => Source;
  readonly run: Run;
}

/** One trade's Greeks out of its group's batches. */
function readTrade(trade: Trade, t: number, { group, sources, run }: GroupEstimates): TradeResult {
  const { underlying, request } = group;
  const { currency } = underlying;
  const results: GreekEstimate[] = [];
  const failures: Failure[] = group.missing.map(({ message }) => ({
    reason: "unsupported",
    message,
    where: trade.where,
    tradeId: trade.id,
  }));

  for (const [g, { greek, column }] of group.greeks.entries()) {
    const { estimates, payments, index, estimator, gain } = sources(t, g);
    const desk = run.settings.profile === "desk" ? greek.desk : undefined;
    const scale = greek.sign * (desk?.factor(underlying.spot) ?? 1);
    const batchMeans = estimates.estimates.of(index, column).map((mean) => scale * mean);
    // Of several payments, that which moves most speaks for the trade.
    const { effectiveShare, rootMeanSquare } = payments
      .of(index)
      .map(({ row }) => estimates.pilot[row]![column]!)
      .reduce((most, other) => (other.rootMeanSquare > most.rootMeanSquare ? other : most));
    const statistics = batchStatistics(batchMeans);
    const { mean: value, standardError: spread } = statistics;
    const resolution = jumpResolution(trade.payoff.amount, Math.abs(scale) * rootMeanSquare, estimates.paths);
    const rounding =
      estimator === "conditional" ? ROUNDING * Math.abs(value) + LEAST_ERROR * Math.abs(scale) : 0;
    const standardError = Math.max(spread, resolution, rounding);
    if (!Number.isFinite(value) || !Number.isFinite(standardError)) {
      const message = `${greek.name} must be a finite number, got ${value}: the payoff overflows or divides by zero on some path`;
      failures.push(calculationFailed(trade, message));
      continue;
    }
    const effectiveSampleSize = estimates.paths * effectiveShare;
    noteScore(run, `${underlying.name} ${greek.name}`, estimates.estimates.scoreZ[column]!);
    const flags = flagsOf({
      effectiveSampleSize,
      scoreZ: estimates.estimates.scoreZ[column]!,
      relativeError: spread / Math.abs(scale * rootMeanSquare),
      largestShare: spread > 3 * resolution ? statistics.largestShare : 0,
      amount: trade.payoff.amount,
    });
    const isBiased = estimator === "finite-difference" && greek.wrt.length > 0;
    const blunt = bluntness(run, estimates, { index, column, wrt: greek.wrt, spot: underlying.spot });
    if (blunt !== null) flags.push(blunt);
    const { dynamics, parameters, dates } = request.schedule;
    const caution = dynamics.caution?.({ parameters, dates }, greek.wrt) ?? null;
    if (caution !== null) flags.push(caution);
    const estimate: GreekEstimate = {
      greek: desk?.name ?? greek.name,
      value,
      standardError,
      ...interval({ ...statistics, standardError }, request.batches, run.quantile),
      unit: `${currency} ${desk?.unit ?? greek.unit}`.trim(),
      model: underlying.model.name,
      estimator: run.settings.estimator === "likelihood-ratio-raw" ? "likelihood-ratio-raw" : estimator,
      gain,
      scheme: request.schedule.dynamics.scheme,
      sampler: request.sampler,
      paths: estimates.paths,
      batches: request.batches,
      effectiveSampleSize,
      status: flags.length > 0 ? "flagged" : isBiased ? "biased" : "ok",
      note: [
        ...flags,
        ...(isBiased ? ["central differences, biased by a multiple of the bump squared"] : []),
      ].join("; "),
      positionValue: positionValue(value, trade.quantity),
      positionStandardError: Math.abs(Number(trade.quantity)) * standardError,
    };
    results.push(estimate);
    const adds = greek.adds || desk?.name.endsWith("_cash") === true;
    run.totals.add({ trade, currency, estimate, batchMeans, resolution, adds });
  }
  return { trade, currency, estimates: results, failures };
}

/** That a number is not as sharp as was asked, and what it would take. */
function bluntness(
  { settings: { precision } }: Run,
  estimates: ScheduleEstimates,
  { wrt, spot, ...at }: { index: number; column: number; wrt: readonly string[]; spot: number },
): string | null {
  if (precision === null) return null;
  const bySpot = wrt.filter((parameter) => parameter === "spot").length;
  const times = sharpness(estimates, { ...at, bySpot }, { share: precision.share, spot });
  if (!(times > 1)) return null;
  const paths = Number((estimates.paths * times ** 2).toPrecision(2));
  return `its error is ${times.toPrecision(2)} times what was asked: about ${paths.toLocaleString("en")} paths would do`;
}

/**
 * One path's worth, for payoffs that jump: N paths cannot place a jump more finely. A scrambled net may put the same number
 * of points beyond a strike in every batch, or in all but one; their spread then says less than this.
 */
function jumpResolution(amount: Payoff["amount"], rootMeanSquare: number, paths: number): number {
  return typeof amount === "function" || jumps(amount) ? rootMeanSquare / paths : 0;
}

interface Diagnostics {
  readonly effectiveSampleSize: number;
  readonly scoreZ: number;
  /** Standard error over the size of one path's term. */
  readonly relativeError: number;
  /** The share of the batch means' squared spread that one batch makes. */
  readonly largestShare: number;
  readonly amount: Payoff["amount"];
}

/** Why an estimate or its error bar should not be trusted; empty when nothing speaks against them. */
function flagsOf({
  effectiveSampleSize,
  scoreZ,
  relativeError,
  largestShare,
  amount,
}: Diagnostics): string[] {
  const flags: string[] = [];
  if (effectiveSampleSize < LEAST_EFFECTIVE_PATHS) {
    const paths = Math.round(effectiveSampleSize);
    flags.push(
      `rests on about ${paths} effective paths: neither value nor error bar is reliable, use more paths`,
    );
  } else if (relativeError < ROUNDING && (typeof amount === "function" || hasKinks(amount))) {
    flags.push(
      "every path lies on one side of the payoff's kink: what rarer paths would add is not in the error bar",
    );
  } else if (largestShare > LARGEST_BATCH_SHARE) {
    const percent = Math.round(100 * largestShare);
    flags.push(
      `one batch makes ${percent} % of the spread: rare paths dominate, and the error bar is not reliable`,
    );
  }
  if (Math.abs(scoreZ) > LARGEST_SCORE_Z) {
    flags.push(`the mean of its weight is ${scoreZ.toFixed(1)} standard errors off its exact value`);
  }
  return flags;
}

function noteScore(run: Run, column: string, z: number): void {
  if (run.worstScore === null || Math.abs(z) > Math.abs(run.worstScore.z)) run.worstScore = { z, column };
}
