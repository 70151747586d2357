import { coefficientsOf, openRegression, type Regression } from "../numerics/least-squares.js";
import type { Control, Moments } from "./moments.js";

/** The controls an estimate uses, with their exact means and what is subtracted of each. */
export interface ControlVariates {
  readonly controls: readonly Control[];
  /** Where each stands among the possible controls of its column. */
  readonly indices: readonly number[];
  readonly means: readonly number[];
  readonly coefficients: ArrayLike<number>;
}

export const NO_CONTROLS: ControlVariates = { controls: [], indices: [], means: [], coefficients: [] };

/** The regression on the controls of column g, ready for every row. */
export interface ControlFit {
  readonly moments: Moments;
  readonly g: number;
  /** The places of the possible controls among those of the column, each once. */
  readonly candidates: readonly number[];
  readonly regression: Regression;
  /** What every row's `ControlVariates` share. */
  readonly controls: readonly Control[];
  readonly indices: readonly number[];
  readonly means: readonly number[];
  /** Room for a row's covariances with the candidates, and for its coefficients. */
  readonly covariances: Float64Array;
  readonly coefficients: Float64Array;
}

/** `means` are the exact ones of the controls. */
export function openControlFit(
  moments: Moments,
  g: number,
  controls: readonly Control[],
  means: readonly number[],
): ControlFit {
  // A weight that is its own control counts once.
  const candidates = controls.flatMap((control, c) =>
    controls.findIndex(({ row, column }) => row === control.row && column === control.column) === c
      ? [c]
      : [],
  );
  const covariance = candidates.flatMap((c) =>
    candidates.map((d) => moments.controlProduct(g, c, d) - moments.control(g, c) * moments.control(g, d)),
  );
  const regression = openRegression(covariance, candidates.length);
  const indices = regression.kept.map((k) => candidates[k]!);
  return {
    moments,
    g,
    candidates,
    regression,
    indices,
    controls: indices.map((c) => controls[c]!),
    means: indices.map((c) => means[c]!),
    covariances: new Float64Array(candidates.length),
    coefficients: new Float64Array(indices.length),
  };
}

/**
 * The regression of f_t W_g on its controls: the coefficients of least variance. They must be used on other draws than these; on
 * the same ones the estimate is biased. Controls that others explain are left out. The answer is gone with the next.
 * Glasserman, Monte Carlo Methods in Financial Engineering (2003), §4.1.
 */
export function fitCoefficients(
  { moments, g, candidates, regression, covariances, coefficients }: ControlFit,
  t: number,
): Float64Array {
  const mean = moments.mean(t, g);
  for (let k = 0; k < candidates.length; k++) {
    const c = candidates[k]!;
    covariances[k] = moments.withControl(t, g, c) - mean * moments.control(g, c);
  }
  return coefficientsOf(regression, covariances, coefficients);
}

/** What the controls explain of a mean: Σ c (C̄ − E[C]). */
export function explained(
  { controls, means, coefficients }: ControlVariates,
  meanOf: (control: Control, index: number) => number,
): number {
  return controls.reduce((sum, control, i) => sum + coefficients[i]! * (meanOf(control, i) - means[i]!), 0);
}

/** With fewer batches than this a regression on them costs more than it saves. */
const LEAST_BATCHES = 32;

/** What spreads less than this share of its size is rounding, whose mean is not 0 but anything. */
const ROUNDING = 1e-12;

/** The batch means of something whose mean is 0, and how large its terms are before they cancel. */
export interface BatchControl {
  readonly values: Float64Array<ArrayBuffer>;
  readonly size: number;
}

/**
 * Takes from batch means what controls explain of them, for estimates that are put together from batches and have no terms per draw;
 * each half of the batches takes its coefficients from the other. The controls are prepared once for all that share them.
 */
export function openCrossFit(
  candidates: readonly BatchControl[],
): (values: Float64Array<ArrayBuffer>) => Float64Array<ArrayBuffer> {
  const batches = candidates[0]?.values.length ?? 0;
  if (batches < LEAST_BATCHES) return (values) => values;
  const controls = candidates
    .filter(({ values: own, size }) => own.some((value) => Math.abs(value - own[0]!) > ROUNDING * size))
    .map((control) => control.values);
  const halves = [0, 1].map((half) => {
    // Centred over the other half, and 0 on this one.
    const centred = controls.map((control) => centredOver(control, 1 - half));
    const gram = centred.flatMap((a) => centred.map((b) => dot(a, b)));
    return { half, centred, regression: openRegression(gram, controls.length) };
  });
  return (values) => {
    const left = values.slice();
    for (const { half, centred, regression } of halves) {
      const coefficients = coefficientsOf(
        regression,
        centred.map((control) => dot(values, control)),
      );
      for (const [k, i] of regression.kept.entries()) {
        const [coefficient, control] = [coefficients[k]!, controls[i]!];
        for (let b = half; b < batches; b += 2) left[b]! -= coefficient * control[b]!;
      }
    }
    return left;
  };
}

/** The batches of a half less their mean, and 0 for the others. */
function centredOver(values: Float64Array, half: number): Float64Array {
  let sum = 0;
  let count = 0;
  for (let b = half; b < values.length; b += 2, count++) sum += values[b]!;
  const centred = new Float64Array(values.length);
  for (let b = half; b < values.length; b += 2) centred[b] = values[b]! - sum / count;
  return centred;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Least-squares slope of y on x, 0 when x is constant. */
export function slope(x: Float64Array, y: Float64Array): number {
  let sumX = 0;
  let sumY = 0;
  for (let i = 0; i < x.length; i++) {
    sumX += x[i]!;
    sumY += y[i]!;
  }
  const [meanX, meanY] = [sumX / x.length, sumY / x.length];
  let variance = 0;
  let covariance = 0;
  for (let i = 0; i < x.length; i++) {
    const off = x[i]! - meanX;
    variance += off * off;
    covariance += off * (y[i]! - meanY);
  }
  return variance > 0 ? covariance / variance : 0;
}
