import { drawsPerBatch } from "../gradients/noise.js";
import type { Market } from "../market/market.js";
import type { Failure } from "../numerics/failure.js";
import { studentQuantile } from "../numerics/student-quantile.js";
import type { PortfolioItem } from "../portfolio/read-portfolio.js";
import type { Trade } from "../portfolio/trade.js";
import { runAhead } from "./ahead.js";
import type { Executor } from "./executor.js";
import type { Receiver, RunOptions } from "./options.js";
import { type Group, isObstacle, planTrades } from "./plan.js";
import { calculationFailed, openResults, readTrade } from "./read-trade.js";
import type { RunSummary, TradeResult } from "./result.js";
import type { Run } from "./run.js";
import { runGroup } from "./run-group.js";
import { readSettings } from "./settings.js";
import { Totals } from "./totals.js";

/** Trades planned and held in memory at once. A group is simulated anew in each window, to the same bits. */
const WINDOW = 8192;

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
    totals: new Totals(settings.batches),
    quantile: studentQuantile(0.975, settings.batches - 1),
    started: performance.now(),
    cancelled: () => options.signal?.aborted ?? false,
    unavailable: new Set(),
    worstScore: null,
    batchMeans: new Float64Array(settings.batches),
    sourceMeans: new Float64Array(settings.batches),
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
  const batches = groups.map(batchesOf);
  const allBatches = batches.reduce((sum, own) => sum + own, 0);
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
    batchesPlanned += batches[g]!;
    batchesDone = Math.max(batchesDone, batchesPlanned);
    const stopped = sources ?? "interrupted before it was valued";
    const results = typeof stopped === "string" ? stopped : openResults(group, stopped, run);
    for (const [t, trade] of group.trades.entries()) {
      const outcome =
        typeof results === "string"
          ? failed(trade, currency, [calculationFailed(trade, results)])
          : readTrade(trade, t, results);
      outcomes.set(trade, outcome);
    }
  }
  return outcomes;
}

/** As many as the runs take that its estimators may need. */
function batchesOf({ candidates, request }: Group): number {
  const runs = new Set<boolean>();
  for (const ofTrade of candidates)
    for (const own of ofTrade) if (!isObstacle(own)) for (const name of own) runs.add(name === "conditional");
  return runs.size * request.batches;
}

function failed(trade: Trade, currency: string, failures: readonly Failure[]): TradeResult {
  return { trade, currency, estimates: [], failures };
}
