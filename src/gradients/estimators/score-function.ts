import { COLUMN_BYTES, type Kernel, type Pointer } from "../../kernel/kernel.js";
import type { Columns } from "../column-distribution.js";
import type { Derivative, Draws } from "../distribution.js";
import {
  type Coefficients,
  type Estimator,
  NO_CONTROL_SET,
  openTermColumns,
  type Problem,
  type Terms,
} from "../estimator.js";
import type { Integrand } from "../integrand.js";

/** What is subtracted from f before it meets the score. Any number that does not see the present draw leaves the mean as it is. */
export type Baseline =
  /** Nothing: E[f s]. */
  | "none"
  /** For each parameter the multiple of its own score that leaves least variance, E[f s²] / E[s²] (Greensmith et al. 2004). */
  | "optimal"
  /** The same number for every draw and parameter. */
  | { readonly fixed: number }
  /** The mean of the other draws of a group of `size` (Kool, van Hoof and Welling 2019); the group counts as one draw. */
  | { readonly leaveOneOut: number }
  /** An exponential average over the past draws of the batch, never the present one: with it the mean would shrink. */
  | { readonly movingAverage: number }
  /**
   * Functions b_k(x) of coordinates given which the score still has mean zero, as of a state given which an action is drawn.
   * Each b_k s_j is a control.
   */
  | { readonly features: readonly Integrand[] };

/** A function whose expectation is known, with its derivatives in the order of the distribution's parameters. */
export interface KnownFunction {
  readonly of: Integrand;
  readonly mean: number;
  readonly gradient: readonly number[];
}

export interface ScoreFunctionOptions {
  readonly baseline?: Baseline;
  readonly controls?: readonly KnownFunction[];
  readonly coefficients?: Coefficients;
}

/**
 * The log-derivative trick: ∇ E[f] = E[f ∇ log p], for any f, smooth or not. REINFORCE (Williams 1992) and the likelihood
 * ratio (Glynn 1990). Its variance is tamed by baselines, which are multiples of the score, and by controls of known mean.
 */
export function scoreFunction(options: ScoreFunctionOptions = {}): Estimator {
  const { baseline = "optimal", controls = [], coefficients = "crossFit" } = options;
  const group = typeof baseline === "object" && "leaveOneOut" in baseline ? baseline.leaveOneOut : 1;
  if (group !== 1 && !(Number.isInteger(group) && group >= 2))
    throw new RangeError(`leaveOneOut must be a whole number >= 2, got ${group}`);
  if (typeof baseline === "object" && "movingAverage" in baseline) {
    const decay = baseline.movingAverage;
    if (!(decay >= 0 && decay < 1)) throw new RangeError(`movingAverage must be >= 0 and < 1, got ${decay}`);
  }
  return {
    name: ["score-function", baselineName(baseline), controls.length > 0 ? "controls" : ""]
      .filter((part) => part !== "")
      .join(", "),
    bias: null,
    obstacle({ distribution, derivatives }) {
      for (const derivative of derivatives) {
        if (derivative.length > 0 && assumesMeanZero(baseline) && distribution.weightMean(derivative) !== 0)
          return `a baseline needs scores of mean zero, and ${distribution.name} is discounted: take "none" or "optimal"`;
        const reason = distribution.obstacle(derivative);
        if (reason !== null) return reason;
        if (derivative.length > 1 && controls.length > 0)
          return "controls have known first derivatives only, and a second one was asked for";
      }
      return null;
    },
    open(kernel, problem, stream) {
      const { distribution, derivatives } = problem;
      const draws = distribution.open(kernel, { ...stream, derivatives });
      if (group > 1) return openLeaveOneOut(kernel, problem, draws, group);
      return openScoreTerms(kernel, problem, draws, { baseline, controls, coefficients });
    },
  };
}

/** Whether the baseline is subtracted outright, rather than as a control of known mean. */
function assumesMeanZero(baseline: Baseline): boolean {
  return typeof baseline === "object";
}

function baselineName(baseline: Baseline): string {
  if (typeof baseline === "string") return baseline === "none" ? "" : `${baseline} baseline`;
  if ("fixed" in baseline) return `baseline ${baseline.fixed}`;
  if ("leaveOneOut" in baseline) return `leave-one-out of ${baseline.leaveOneOut}`;
  if ("movingAverage" in baseline) return `moving average ${baseline.movingAverage}`;
  return "baseline of features";
}

/** Columns: f W_g per derivative; then b_k W_g of each baseline function, and h W_g of each control. */
function openScoreTerms(
  kernel: Kernel,
  { distribution, integrand, derivatives }: Problem,
  draws: Draws,
  options: Required<ScoreFunctionOptions>,
): Terms {
  const { exports: ops } = kernel;
  const { baseline, controls, coefficients } = options;
  const count = derivatives.length;
  const names = distribution.parameters.map(({ name }) => name);
  const isFitted = baseline === "optimal" || (typeof baseline === "object" && "features" in baseline);
  const features: readonly (Integrand | null)[] =
    baseline === "optimal"
      ? [null]
      : isFitted
        ? (baseline as { features: readonly Integrand[] }).features
        : [];
  const known = [
    ...features.map((of) => ({ of, mean: distribution.weightMean })),
    ...controls.map(({ of, mean, gradient }) => ({
      of,
      mean: (derivative: Derivative) =>
        derivative.length === 0 ? mean : gradient[names.indexOf(derivative[0]!)]!,
    })),
  ];
  const columnCount = count * (1 + known.length);
  const terms = openTermColumns(kernel, columnCount);
  const values = kernel.allocate(COLUMN_BYTES);
  const column = (index: number) => terms.first + index * COLUMN_BYTES;

  const timesWeights = (f: Pointer, first: number, n: number) => {
    for (let g = 0; g < count; g++) ops.multiply(column(first + g), f, draws.weights + g * COLUMN_BYTES, n);
  };
  const smooth = movingBaseline(baseline);

  return {
    columns: columnCount,
    evaluations: 1,
    // The value has no use for a baseline: the weight of [] is a constant.
    controls: derivatives.map((derivative, g) => ({
      coefficients,
      columns: known.flatMap(({ mean }, k) =>
        derivative.length === 0 && k < features.length
          ? []
          : [{ column: count * (1 + k) + g, mean: mean(derivative) }],
      ),
    })),
    draws: {
      coordinates: draws.coordinates,
      weights: terms.first,
      draw(batch, first, n) {
        draws.draw(batch, first, n);
        const x = draws.coordinates.map((pointer) => kernel.column(pointer, n));
        const f = kernel.column(values, n);
        integrand.value(x, f);
        ops.multiply(column(0), values, draws.weights, n);
        smooth(f, first);
        for (let g = 1; g < count; g++) ops.multiply(column(g), values, draws.weights + g * COLUMN_BYTES, n);
        for (const [k, { of }] of known.entries()) {
          if (of === null)
            for (let g = 0; g < count; g++)
              ops.copy(column(count * (1 + k) + g), draws.weights + g * COLUMN_BYTES, n);
          else {
            of.value(x, f);
            timesWeights(values, count * (1 + k), n);
          }
        }
      },
    },
  };
}

/** Subtracts a baseline that no draw has a say in when its own turn comes; `first` tells where a batch begins anew. */
function movingBaseline(baseline: Baseline): (f: Float64Array, first: number) => void {
  if (typeof baseline === "string") return () => {};
  if ("fixed" in baseline) {
    return (f) => {
      for (let i = 0; i < f.length; i++) f[i]! -= baseline.fixed;
    };
  }
  if (!("movingAverage" in baseline)) return () => {};
  const decay = baseline.movingAverage;
  let average = 0;
  let weight = 0;
  return (f, first) => {
    if (first === 0) {
      average = 0;
      weight = 0;
    }
    for (let i = 0; i < f.length; i++) {
      const present = f[i]!;
      f[i] = present - (weight > 0 ? average / weight : 0);
      average = decay * average + (1 - decay) * present;
      weight = decay * weight + (1 - decay);
    }
  };
}

/** Each draw a group of `size` draws of the distribution: (1/K) Σ_i (f_i − mean of the others) W_i. */
function openLeaveOneOut(
  kernel: Kernel,
  { integrand, derivatives }: Problem,
  draws: Draws,
  size: number,
): Terms {
  const { exports: ops } = kernel;
  const count = derivatives.length;
  const terms = openTermColumns(kernel, count);
  const kept = openTermColumns(kernel, size * (1 + count));
  const keptColumn = (k: number, c: number) => kept.first + (k * (1 + count) + c) * COLUMN_BYTES;
  const total = kernel.allocate(COLUMN_BYTES);
  const centred = kernel.allocate(COLUMN_BYTES);
  return {
    columns: count,
    evaluations: size,
    controls: derivatives.map(() => NO_CONTROL_SET),
    draws: {
      coordinates: draws.coordinates,
      weights: terms.first,
      draw(batch, first, n) {
        ops.fill(total, 0, n);
        for (let g = 0; g < count; g++) ops.fill(terms.first + g * COLUMN_BYTES, 0, n);
        for (let k = 0; k < size; k++) {
          draws.draw(batch, first * size + k * n, n);
          const x: Columns = draws.coordinates.map((pointer) => kernel.column(pointer, n));
          integrand.value(x, kernel.column(keptColumn(k, 0), n));
          ops.add(total, total, keptColumn(k, 0), n);
          for (let g = 0; g < count; g++) ops.copy(keptColumn(k, 1 + g), draws.weights + g * COLUMN_BYTES, n);
        }
        // f_i − (Σ − f_i)/(K − 1) = K/(K − 1) (f_i − Σ/K).
        for (let k = 0; k < size; k++) {
          ops.multiplyScalar(centred, keptColumn(k, 0), 1 / size, n);
          ops.multiplyAdd(terms.first, centred, keptColumn(k, 1), n);
          ops.copy(centred, keptColumn(k, 0), n);
          ops.multiplyAddScalar(centred, total, -1 / size, n);
          ops.multiplyScalar(centred, centred, 1 / (size - 1), n);
          for (let g = 1; g < count; g++)
            ops.multiplyAdd(terms.first + g * COLUMN_BYTES, centred, keptColumn(k, 1 + g), n);
        }
      },
    },
  };
}
