import { batchStatistics } from "../gradients/batch-statistics.js";
import { power, powerOfTwoFrom, square } from "../numerics/elementary.js";
import type { EstimateRequest, Executor, PartEstimates } from "./executor.js";
import type { Precision } from "./settings.js";

/** A number that has to be sharp: an amount and a column of a part, and how many of its derivatives are in the spot. */
export interface Wanted {
  readonly index: number;
  readonly column: number;
  readonly bySpot: number;
}

/** The floor of a Greek: this share of the price, per unit of spot for each derivative in the spot. */
const FLOOR = 0.01;
/** More at once than this trusts a first error too far. */
const LARGEST_STEP = 16;

/** The standard error over what it may be, 1 when it is just sharp enough. */
export function sharpness(
  { estimates }: PartEstimates,
  { index, column, bySpot }: Wanted,
  { share, spot }: { readonly share: number; readonly spot: number },
): number {
  const { mean, standardError } = batchStatistics(estimates.of(index, column));
  const price = batchStatistics(estimates.of(index, 0)).mean;
  const size = Math.max(Math.abs(mean), (FLOOR * Math.abs(price)) / power(spot, bySpot));
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
    wanted,
    elapsed,
  }: {
    readonly precision: Precision | null;
    /** Of every part, asked for when there is a precision to reach. */
    readonly wanted: () => readonly (readonly Wanted[])[];
    /** Seconds since the run began. */
    readonly elapsed: () => number;
  },
): Promise<readonly PartEstimates[] | null> {
  let paths = request.paths;
  for (;;) {
    const parts = await executor.estimate({ ...request, paths }, control);
    if (parts === null || precision === null || paths >= precision.maxPaths) return parts;
    const { spot } = request.schedule;
    const worst = Math.max(
      0,
      ...wanted().flatMap((ofPart, i) =>
        ofPart.map((number) => sharpness(parts[i]!, number, { share: precision.share, spot })),
      ),
    );
    // NaN is told as such when the results are read.
    if (!(worst > 1) || elapsed() >= precision.maxSeconds) return parts;
    const step = Math.min(LARGEST_STEP, powerOfTwoFrom(square(worst) * 1.1));
    paths = Math.min(precision.maxPaths, paths * Math.max(2, step));
  }
}
