import { square } from "../numerics/elementary.js";
import { openRegression } from "../numerics/least-squares.js";
import type { Control, Moments } from "./moments.js";

/** The controls an estimate uses, with their exact means and what is subtracted of each. */
export interface ControlVariates {
  readonly controls: readonly Control[];
  /** Where each stands among the possible controls of its column. */
  readonly indices: readonly number[];
  readonly means: readonly number[];
  readonly coefficients: readonly number[];
}

export const NO_CONTROLS: ControlVariates = { controls: [], indices: [], means: [], coefficients: [] };

/**
 * The regression of f_t W_g on the controls of column g, for every row t: the coefficients of least variance. They must be
 * used on other draws than these; on the same ones the estimate is biased. Controls that others explain are left out.
 * Glasserman, Monte Carlo Methods in Financial Engineering (2003), §4.1.
 */
export function fitControls(
  moments: Moments,
  g: number,
  controls: readonly Control[],
  mean: (control: Control) => number,
): (t: number) => ControlVariates {
  // A weight that is its own control counts once.
  const first = controls.flatMap((control, c) =>
    controls.findIndex(({ row, column }) => row === control.row && column === control.column) === c
      ? [c]
      : [],
  );
  const covariance = first.flatMap((c) =>
    first.map((d) => moments.controlProduct(g, c, d) - moments.control(g, c) * moments.control(g, d)),
  );
  const regression = openRegression(covariance, first.length);
  const indices = regression.kept.map((k) => first[k]!);
  const kept = indices.map((c) => controls[c]!);
  const means = kept.map(mean);
  return (t) => ({
    controls: kept,
    indices,
    means,
    coefficients: regression.coefficients((k) => {
      const c = first[k]!;
      return moments.withControl(t, g, c) - moments.mean(t, g) * moments.control(g, c);
    }),
  });
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
 * Batch means less what controls explain of them, for estimates that are put together from batches and have no terms per draw;
 * each half of the batches takes its coefficients from the other.
 */
export function crossFitted(
  values: Float64Array<ArrayBuffer>,
  candidates: readonly BatchControl[],
): Float64Array<ArrayBuffer> {
  if (values.length < LEAST_BATCHES) return values;
  const controls = candidates
    .filter(({ values: own, size }) => own.some((value) => Math.abs(value - own[0]!) > ROUNDING * size))
    .map((control) => control.values);
  const halves = [0, 1].map((half) => {
    const others = (column: Float64Array) => column.filter((_, b) => b % 2 !== half);
    const [y, x] = [others(values), controls.map(others)];
    const mean = (column: Float64Array) => column.reduce((sum, value) => sum + value, 0) / column.length;
    const covariance = (a: Float64Array, b: Float64Array) =>
      mean(a.map((value, i) => value * b[i]!)) - mean(a) * mean(b);
    const regression = openRegression(
      x.flatMap((a) => x.map((b) => covariance(a, b))),
      x.length,
    );
    const coefficients = regression.coefficients((i) => covariance(y, x[i]!));
    return regression.kept.map((i, k) => ({ control: controls[i]!, coefficient: coefficients[k]! }));
  });
  return values.map((value, b) =>
    halves[b % 2]!.reduce((left, { control, coefficient }) => left - coefficient * control[b]!, value),
  );
}

/** Least-squares slope of y on x, 0 when x is constant. */
export function slope(x: readonly number[], y: readonly number[]): number {
  const meanX = x.reduce((a, b) => a + b, 0) / x.length;
  const meanY = y.reduce((a, b) => a + b, 0) / y.length;
  const variance = x.reduce((sum, value) => sum + square(value - meanX), 0);
  const covariance = x.reduce((sum, value, i) => sum + (value - meanX) * (y[i]! - meanY), 0);
  return variance > 0 ? covariance / variance : 0;
}
