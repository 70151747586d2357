import type { Greek } from "../estimators/greeks.js";
import { batchStatistics } from "../gradients/batch-statistics.js";
import { power, powerOfTwoFrom, square } from "../numerics/elementary.js";
import type { EstimateRequest, Executor, PartEstimates } from "./executor.js";
import type { Precision } from "./settings.js";

/** Where a number is read: the batch means of an amount and a column of a part, and what they are multiplied with. */
export interface Term {
  readonly estimates: PartEstimates;
  readonly index: number;
  readonly column: number;
  readonly weight: number;
}

/** The floor of a Greek: this share of the price, per unit of spot for each derivative in the spot. */
const FLOOR = 0.01;
/** More at once than this trusts a first error too far. */
const LARGEST_STEP = 16;

/** The standard error of what the terms add up to over what it may be, 1 when it is just sharp enough. */
export function sharpness(
  terms: readonly Term[],
  { wrt }: Greek,
  { share, spot }: { readonly share: number; readonly spot: number },
): number {
  let price = 0;
  const sum: number[] = [];
  for (const { estimates: part, index, column, weight } of terms) {
    // An estimator that has no price says NaN: without one there is no floor.
    const own = Math.abs(batchStatistics(part.estimates.of(index, 0)).mean);
    if (own > price) price = own;
    for (const [b, mean] of part.estimates.of(index, column).entries())
      sum[b] = (sum[b] ?? 0) + weight * mean;
  }
  const { mean, standardError } = batchStatistics(sum);
  const bySpot = wrt.filter((parameter) => parameter === "spot").length;
  const size = Math.max(Math.abs(mean), (FLOOR * price) / power(spot, bySpot));
  return standardError === 0 ? 0 : standardError / (share * size);
}

/**
 * Runs a request with more and more paths until all that is wanted is as sharp as asked, or a limit is reached. Every run starts
 * anew, so that the last is what its number of paths alone would have given; steps are as large as the errors ask for.
 */
export async function estimateToPrecision(
  executor: Executor,
  request: EstimateRequest,
  control: Parameters<Executor["estimate"]>[1],
  {
    precision,
    worst,
    elapsed,
  }: {
    readonly precision: Precision | null;
    /** The largest `sharpness` of the numbers that are wanted, with a share of 1. */
    readonly worst: (parts: readonly PartEstimates[]) => number;
    /** Seconds since the run began. */
    readonly elapsed: () => number;
  },
): Promise<readonly PartEstimates[] | null> {
  let paths = request.paths;
  for (;;) {
    const parts = await executor.estimate({ ...request, paths }, control);
    if (parts === null || precision === null || paths >= precision.maxPaths) return parts;
    const times = worst(parts) / precision.share;
    // NaN is told as such when the results are read.
    if (!(times > 1) || elapsed() >= precision.maxSeconds) return parts;
    const step = Math.min(LARGEST_STEP, powerOfTwoFrom(square(times) * 1.1));
    paths = Math.min(precision.maxPaths, paths * Math.max(2, step));
  }
}
