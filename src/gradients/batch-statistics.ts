import { cbrt } from "../numerics/elementary.js";

/** Mean of independent batch means, its standard error, and how skewed they are: one formula for Monte Carlo and scrambled nets. */
export interface BatchStatistics {
  readonly mean: number;
  readonly standardError: number;
  /** Sample skewness of the batch means. */
  readonly skewness: number;
  /** The share of the squared spread that a single batch makes. */
  readonly largestShare: number;
}

export function batchStatistics(batchMeans: ArrayLike<number>): BatchStatistics {
  const n = batchMeans.length;
  let sum = 0;
  for (let b = 0; b < n; b++) sum += batchMeans[b]!;
  const mean = sum / n;
  let squares = 0;
  let cubes = 0;
  let largest = 0;
  for (let b = 0; b < n; b++) {
    const difference = batchMeans[b]! - mean;
    const square = difference * difference;
    squares += square;
    cubes += square * difference;
    largest = Math.max(largest, square);
  }
  return {
    mean,
    standardError: Math.sqrt(squares / (n * (n - 1))),
    skewness: squares > 0 ? (cubes / n) * (n / squares) * Math.sqrt(n / squares) : 0,
    largestShare: squares > 0 ? largest / squares : 0,
  };
}

/**
 * A confidence interval for the mean, corrected for the skewness of the batch means: under scrambled nets the rare paths of
 * the tails make most of the spread, and a symmetric interval then misses the truth on one side too often.
 * Hall, "On the removal of skewness by transformation", J. R. Statist. Soc. B 54 (1992), eq. (2.3). `quantile` is Student's.
 */
export function interval(
  { mean, standardError, skewness }: Omit<BatchStatistics, "largestShare">,
  batches: number,
  quantile: number,
): { readonly low: number; readonly high: number } {
  return {
    low: mean - standardError * untransformed(quantile, skewness, batches),
    high: mean - standardError * untransformed(-quantile, skewness, batches),
  };
}

function untransformed(t: number, skewness: number, batches: number): number {
  if (Math.abs(skewness) < 1e-6) return t;
  const root = Math.sqrt(batches);
  return ((3 * root) / skewness) * (cbrt(1 + skewness * (t / root - skewness / (6 * batches))) - 1);
}
