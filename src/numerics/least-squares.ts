import { square } from "./elementary.js";

/**
 * Factors a covariance matrix (row-major, n × n) for least-squares regressions, leaving out variables that the others
 * already explain: pivoted Cholesky on the correlations, stopped when every remaining variable keeps less than `tolerance`
 * of its variance. Higham, Accuracy and Stability of Numerical Algorithms (2002), §10.3.
 */
export function openRegression(covariance: ArrayLike<number>, n: number, tolerance = 1e-9): Regression {
  const scale = Array.from({ length: n }, (_, i) => Math.sqrt(Math.max(covariance[i * n + i]!, 0)));
  const correlation = (i: number, j: number) => covariance[i * n + j]! / (scale[i]! * scale[j]!);
  const candidates = new Set(scale.flatMap((s, i) => (s > 0 && Number.isFinite(s) ? [i] : [])));
  const left = scale.map((s) => (s > 0 ? 1 : 0));
  const kept: number[] = [];
  /** factor[k][i]: row i of the k-th Cholesky column. */
  const factor: Float64Array[] = [];

  while (candidates.size > 0) {
    const pivot = [...candidates].reduce((best, i) => (left[i]! > left[best]! ? i : best));
    if (!(left[pivot]! > tolerance)) break;
    const root = Math.sqrt(left[pivot]!);
    const column = new Float64Array(n);
    column[pivot] = root;
    candidates.delete(pivot);
    for (const i of candidates) {
      let value = correlation(i, pivot);
      for (const earlier of factor) value -= earlier[i]! * earlier[pivot]!;
      column[i] = value / root;
      left[i]! -= square(column[i]!);
    }
    factor.push(column);
    kept.push(pivot);
  }

  return { kept, scale, factor };
}

export interface Regression {
  /** The variables that are used, in the order of the coefficients. */
  readonly kept: readonly number[];
  /** Standard deviations of all. */
  readonly scale: readonly number[];
  /** Columns of the Cholesky factor of the correlations. */
  readonly factor: readonly Float64Array[];
}

/** β of least squares, one for each variable that is kept, from cov(y, x_i) for all i; in `solution`, where that is given. */
export function coefficientsOf(
  { kept, scale, factor }: Regression,
  covariances: ArrayLike<number>,
  solution: Float64Array = new Float64Array(kept.length),
): Float64Array {
  for (let k = 0; k < kept.length; k++) {
    let value = covariances[kept[k]!]! / scale[kept[k]!]!;
    for (let l = 0; l < k; l++) value -= factor[l]![kept[k]!]! * solution[l]!;
    solution[k] = value / factor[k]![kept[k]!]!;
  }
  for (let k = kept.length - 1; k >= 0; k--) {
    for (let l = k + 1; l < kept.length; l++) solution[k]! -= factor[k]![kept[l]!]! * solution[l]!;
    solution[k]! /= factor[k]![kept[k]!]!;
  }
  for (let k = 0; k < kept.length; k++) solution[k]! /= scale[kept[k]!]!;
  return solution;
}
