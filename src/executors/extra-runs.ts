import type { Executor } from "../analysis/executor.js";
import type { RunOptions } from "../analysis/options.js";
import type { RunSummary, Total } from "../analysis/result.js";
import type { Market } from "../market/market.js";
import type { PortfolioItem } from "../portfolio/read-portfolio.js";
import { computeGreeks } from "./run-book.js";

/** A book's Greek at another spot of one underlying. */
export interface LadderRow {
  /** "*": all of them. */
  readonly book: string;
  readonly underlying: string;
  readonly spot: number;
  readonly greek: string;
  readonly unit: string;
  readonly currency: string;
  readonly value: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
}

/** A book's Greek as so many paths saw it. */
export interface PassRow extends Omit<LadderRow, "spot"> {
  readonly paths: number;
}

/** A book against its spots and its paths: rungs, the paths that each was run with, and the book at fewer paths. */
export interface Ladder {
  readonly rows: readonly LadderRow[];
  readonly paths: number;
  readonly passes: readonly PassRow[];
}

/** It shows where a book turns, not the third digit. */
const LADDER_PATHS = 16_384;
/** A page has one unless told otherwise, if the book is no larger: beyond that it would take longer than the run itself. */
export const LADDER_TRADES = 1000;

/** Spots, as shares of today's. */
const SHARES = [0.8, 0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.15, 1.2];
const GREEKS = ["price", "delta", "gamma"];

/** Passes, as shares of the paths of the run. */
const PASSES = [1 / 16, 1 / 8, 1 / 4, 1 / 2, 1];

/**
 * Value, delta and gamma of all books together, and of each, against the spot of each underlying, from one run per rung with the same random numbers: all
 * spots move at once, and every underlying is read on its own. Always raw, and with `paths` whatever the precision asked of other
 * runs. Stops early, with what it has, when the signal is aborted.
 */
export async function ladder(
  items: readonly PortfolioItem[],
  market: Market,
  options: RunOptions,
  executor?: Executor,
): Promise<readonly LadderRow[]> {
  const rows: LadderRow[] = [];
  for (const share of SHARES) {
    if (options.signal?.aborted) break;
    const underlyings = new Map(
      [...market.underlyings].map(([name, each]) => [name, { ...each, spot: each.spot * share }]),
    );
    const { summary } = await computeGreeks(items, { ...market, underlyings }, plain(options), executor);
    for (const total of byUnderlying(summary))
      rows.push({ ...read(total), spot: underlyings.get(total.underlying)!.spot });
  }
  return rows;
}

/** Value, delta and gamma of a book from a sixteenth of `paths` up to all of them: how they came to be what they are. */
export async function passes(
  items: readonly PortfolioItem[],
  market: Market,
  options: RunOptions & { readonly paths: number },
  executor?: Executor,
): Promise<readonly PassRow[]> {
  const rows: PassRow[] = [];
  for (const share of PASSES) {
    if (options.signal?.aborted) break;
    const paths = Math.ceil(options.paths * share);
    const { summary } = await computeGreeks(items, market, { ...plain(options), paths }, executor);
    // Few paths are rounded up to whole batches: two passes may be the same.
    if (rows.at(-1)?.paths === summary.paths) continue;
    for (const total of byUnderlying(summary)) rows.push({ ...read(total), paths: summary.paths });
  }
  return rows;
}

/** Both, from runs with no more paths than the run of `options`. */
export async function ladderAndPasses(
  items: readonly PortfolioItem[],
  market: Market,
  options: RunOptions,
  executor?: Executor,
): Promise<Ladder> {
  const paths = Math.min(options.paths ?? LADDER_PATHS, LADDER_PATHS);
  const few = { ...options, paths };
  return {
    paths,
    rows: await ladder(items, market, few, executor),
    passes: await passes(items, market, few, executor),
  };
}

function plain({
  precision: _precision,
  maxPaths: _maxPaths,
  maxSeconds: _maxSeconds,
  onProgress: _onProgress,
  ...options
}: RunOptions): RunOptions {
  return { ...options, greeks: GREEKS, profile: "raw" };
}

function byUnderlying({ totals, interrupted }: RunSummary): readonly Total[] {
  return interrupted ? [] : totals.filter(({ underlying }) => underlying !== "*");
}

function read({ value, trades: _trades, ...total }: Total): Omit<LadderRow, "spot"> {
  return { ...total, value: Number(value) };
}
