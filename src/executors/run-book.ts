import type { Executor } from "../analysis/executor.js";
import type { Receiver, RunOptions } from "../analysis/options.js";
import type { RunSummary, TradeResult } from "../analysis/result.js";
import { valueBook } from "../analysis/value-book.js";
import type { Market } from "../market/market.js";
import type { Failure } from "../numerics/failure.js";
import type { PortfolioItem } from "../portfolio/read-portfolio.js";
import { openInlineExecutor } from "./inline.js";

/**
 * Values a book as it streams in and hands each result to `receiver`, in the order of the book; memory does not grow with it.
 * The work is done on the calling thread unless an executor is given. Throws RangeError for options that make no sense; everything wrong with the data becomes a failure.
 */
export function runBook(
  items: Iterable<PortfolioItem> | AsyncIterable<PortfolioItem>,
  market: Market,
  options: RunOptions,
  receiver: Receiver,
  executor: Executor = openInlineExecutor(),
): Promise<RunSummary> {
  return valueBook({ items, market, options, receiver, executor });
}

export interface GreeksOfBook {
  readonly results: readonly TradeResult[];
  readonly failures: readonly Failure[];
  readonly summary: RunSummary;
}

/** The same for books that fit in memory: everything in one value. */
export async function computeGreeks(
  items: Iterable<PortfolioItem> | AsyncIterable<PortfolioItem>,
  market: Market,
  options: RunOptions = {},
  executor?: Executor,
): Promise<GreeksOfBook> {
  const results: TradeResult[] = [];
  const failures: Failure[] = [];
  const receiver: Receiver = {
    trade: (result) => void results.push(result),
    failure: (failure) => void failures.push(failure),
  };
  const summary = await runBook(items, market, options, receiver, executor);
  return { results, failures, summary };
}
