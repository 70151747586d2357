import type { EstimatorChoice, RunOptions } from "../analysis/options.js";
import { type Comparison, withRelativeWork } from "../gradients/compare.js";
import type { Market } from "../market/market.js";
import { square } from "../numerics/elementary.js";
import type { Failure } from "../numerics/failure.js";
import type { PortfolioItem } from "../portfolio/read-portfolio.js";
import { computeGreeks } from "./run-book.js";

/** One estimator's estimate of one Greek of one trade; `parameter` names both. */
export interface BookComparison extends Comparison {
  readonly tradeId: string;
  readonly greek: string;
  readonly unit: string;
}

/**
 * Values a book by each estimator in turn and sets them side by side by variance × time; `clock` gives seconds. Cost is the time
 * of the whole book per path, as trades share their simulations.
 */
export async function compareEstimators(
  items: readonly PortfolioItem[],
  market: Market,
  options: RunOptions,
  { estimators, clock }: { readonly estimators: readonly EstimatorChoice[]; readonly clock: () => number },
): Promise<{
  readonly rows: readonly BookComparison[];
  /** What no estimator could value. */
  readonly failures: readonly Failure[];
  /** Why an estimator gives nothing for a trade, or for one of its Greeks. */
  readonly obstacles: readonly { readonly tradeId: string; readonly message: string }[];
}> {
  const rows: Omit<BookComparison, "relativeWork">[] = [];
  const failures = new Map<string, Failure>();
  const obstacles: { tradeId: string; message: string }[] = [];
  for (const estimator of estimators) {
    const start = clock();
    const run = await computeGreeks(items, market, { ...options, estimator });
    const cost = (clock() - start) / run.summary.paths;
    for (const failure of run.failures) {
      if (
        failure.reason === "not-applicable" ||
        (failure.reason === "unsupported" && run.results.some(({ trade }) => trade.id === failure.tradeId))
      )
        obstacles.push({ tradeId: failure.tradeId ?? "", message: failure.message });
      else failures.set(JSON.stringify([failure.tradeId, failure.message, failure.where?.line]), failure);
    }
    for (const { trade, estimates } of run.results) {
      for (const { greek, unit, value, standardError, paths, status, note } of estimates) {
        rows.push({
          ...{
            tradeId: trade.id,
            greek,
            unit,
            parameter: `${trade.id} ${greek}`,
            estimator,
            value,
            standardError,
            cost,
          },
          bias: status === "biased" ? note : null,
          variance: square(standardError) * paths,
        });
      }
    }
  }
  // A Greek's estimators stand together, in the order of the book.
  const places = new Map<string, number>();
  for (const { parameter } of rows) if (!places.has(parameter)) places.set(parameter, places.size);
  const sorted = withRelativeWork(rows).toSorted(
    (a, b) => places.get(a.parameter)! - places.get(b.parameter)!,
  );
  return { rows: sorted, failures: [...failures.values()], obstacles };
}
