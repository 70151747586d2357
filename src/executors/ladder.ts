import type { Executor } from "../analysis/executor.js";
import type { RunOptions } from "../analysis/options.js";
import type { Market } from "../market/market.js";
import type { PortfolioItem } from "../portfolio/read-portfolio.js";
import { computeGreeks } from "./run-book.js";

/** A book's Greek at another spot of one underlying. */
export interface LadderRow {
  readonly underlying: string;
  readonly spot: number;
  readonly greek: string;
  readonly unit: string;
  readonly value: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
}

/** Spots, as shares of today's. */
const SHARES = [0.8, 0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.15, 1.2];
const GREEKS = ["price", "delta", "gamma"];

/**
 * Value, delta and gamma of a book against the spot of each underlying, from one run per rung with the same random numbers: all
 * spots move at once, and every underlying is read on its own. Always raw, and with `paths` whatever the precision asked of other
 * runs. Stops early, with what it has, when the signal is aborted.
 */
export async function ladder(
  items: readonly PortfolioItem[],
  market: Market,
  {
    precision: _precision,
    maxPaths: _maxPaths,
    maxSeconds: _maxSeconds,
    onProgress: _onProgress,
    ...options
  }: RunOptions,
  executor?: Executor,
): Promise<readonly LadderRow[]> {
  const rows: LadderRow[] = [];
  for (const share of SHARES) {
    if (options.signal?.aborted) break;
    const underlyings = new Map(
      [...market.underlyings].map(([name, each]) => [name, { ...each, spot: each.spot * share }]),
    );
    const { summary } = await computeGreeks(
      items,
      { ...market, underlyings },
      { ...options, greeks: GREEKS, profile: "raw" },
      executor,
    );
    for (const { book, underlying, greek, unit, value, standardError, low, high } of summary.totals) {
      if (book !== "*" || underlying === "*" || summary.interrupted) continue;
      const { spot } = underlyings.get(underlying)!;
      rows.push({ underlying, spot, greek, unit, value: Number(value), standardError, low, high });
    }
  }
  return rows;
}
