import type { RunOptions } from "../analysis/options.js";
import type { Market } from "../market/market.js";
import type { Failure } from "../numerics/failure.js";
import type { PortfolioItem } from "../portfolio/read-portfolio.js";
import { computeGreeks } from "./run-book.js";

/** One Greek of one trade at one number of paths. */
export interface ConvergenceRow {
  readonly tradeId: string;
  readonly greek: string;
  readonly unit: string;
  readonly paths: number;
  readonly value: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
  readonly status: string;
}

/**
 * Values a book with ever more paths, doubling them from `from` to `options.paths`: what the error bars promise, and how fast they
 * shrink. Each batch of a longer run begins with the paths of the shorter one. Stops early, with what it has, when the signal is aborted.
 */
export async function convergence(
  items: readonly PortfolioItem[],
  market: Market,
  options: RunOptions & { readonly paths: number },
  { from, onRun }: { readonly from: number; readonly onRun?: (done: number, all: number) => void },
): Promise<{ readonly rows: readonly ConvergenceRow[]; readonly failures: readonly Failure[] }> {
  if (!(from >= 1 && from <= options.paths))
    throw new RangeError(`from must be between 1 and paths ${options.paths}, got ${from}`);
  const sizes = [options.paths];
  while (sizes[0]! / 2 >= from) sizes.unshift(sizes[0]! / 2);
  const rows: ConvergenceRow[] = [];
  let failures: readonly Failure[] = [];
  for (const [done, paths] of sizes.entries()) {
    if (options.signal?.aborted) break;
    const run = await computeGreeks(items, market, { ...options, paths: Math.ceil(paths) });
    failures = run.failures;
    for (const { trade, estimates } of run.results) {
      for (const { greek, unit, paths: simulated, value, standardError, low, high, status } of estimates) {
        rows.push({
          tradeId: trade.id,
          greek,
          unit,
          paths: simulated,
          value,
          standardError,
          low,
          high,
          status,
        });
      }
    }
    onRun?.(done + 1, sizes.length);
  }
  const places = new Map<string, number>();
  const place = ({ tradeId, greek }: ConvergenceRow) => {
    const key = `${tradeId} ${greek}`;
    if (!places.has(key)) places.set(key, places.size);
    return places.get(key)!;
  };
  rows.forEach(place);
  return { rows: rows.toSorted((a, b) => place(a) - place(b) || a.paths - b.paths), failures };
}
