import { BLOCK, type Kernel, loadKernel } from "../kernel/kernel.js";
import { square } from "../numerics/elementary.js";
import { studentQuantile } from "../numerics/student-quantile.js";
import type { RowTile } from "./batch-means.js";
import { batchStatistics, interval } from "./batch-statistics.js";
import {
  type ControlVariates,
  explained,
  fitCoefficients,
  NO_CONTROLS,
  openControlFit,
} from "./control-variates.js";
import type { Distribution } from "./distribution.js";
import type { Estimator, Problem, Terms } from "./estimator.js";
import { type ScoreFunctionOptions, scoreFunction } from "./estimators/score-function.js";
import { type Integrand, integrandOf, type PointFunction } from "./integrand.js";
import { type Control, type MomentRunner, type Moments, openMoments } from "./moments.js";
import { drawsPerBatch, type Sampler } from "./noise.js";

export interface GradientOptions {
  /** Draws in all, rounded up to whole batches; default 65,536. */
  readonly samples?: number;
  /** Independent batches, from whose spread the errors come; an even number >= 2, default 64. */
  readonly batches?: number;
  readonly seed?: string;
  readonly sampler?: Sampler;
  /** Memory to work in; by default a kernel of its own. */
  readonly kernel?: Kernel;
}

/** An estimate with its error, and what the draws say about how far to trust it. */
export interface Estimate {
  readonly value: number;
  readonly standardError: number;
  /** 95 % confidence, corrected for skewness. */
  readonly low: number;
  readonly high: number;
  /** Variance of one draw, after the controls, and its own standard error. */
  readonly variance: number;
  readonly varianceError: number;
  /** ρ²: the share of one draw's variance that the controls took away. */
  readonly explained: number;
  /** (Σ|f W|)² / Σ(f W)²: how many of the draws carry the estimate. */
  readonly effectiveSamples: number;
  /** z of the controls' means against what they are known to be, the worst of them; null where there is none. */
  readonly scoreZ: number | null;
}

export interface GradientResult {
  readonly estimator: string;
  /** Null when unbiased, else where the bias comes from. */
  readonly bias: string | null;
  /** E[f]. */
  readonly value: Estimate;
  /** ∂E[f]/∂θ by parameter. */
  readonly gradient: Readonly<Record<string, Estimate>>;
  readonly samples: number;
  /** Evaluations of f per draw, its slopes counted as one. */
  readonly evaluations: number;
}

export interface HessianResult extends Omit<GradientResult, "gradient"> {
  /** ∂²E[f]/∂θ∂η, by both names in either order. */
  readonly hessian: Readonly<Record<string, Readonly<Record<string, Estimate>>>>;
}

/**
 * ∇θ E[f(x)], x ~ p(·; θ), with a standard error on every component. Throws RangeError when the estimator does not
 * apply, with the reason. `f` is a function of one draw's coordinates, or an `Integrand` on columns.
 */
export async function gradient(
  f: Integrand | PointFunction,
  distribution: Distribution,
  estimator: Estimator = scoreFunction(),
  options: GradientOptions = {},
): Promise<GradientResult> {
  const names = estimator.parameters ?? distribution.parameters.map(({ name }) => name);
  const problem = {
    distribution,
    integrand: integrandOf(f),
    derivatives: [[], ...names.map((name) => [name])],
  };
  const { value, derivatives, ...rest } = await estimate(problem, estimator, options);
  return { ...rest, value, gradient: Object.fromEntries(names.map((name, j) => [name, derivatives[j]!])) };
}

/** ∇² E[f] from the weights s sᵀ + ∇² log p, with the weights themselves as controls unless the options say otherwise. */
export async function hessian(
  f: Integrand | PointFunction,
  distribution: Distribution,
  options: GradientOptions & Pick<ScoreFunctionOptions, "baseline" | "coefficients"> = {},
): Promise<HessianResult> {
  const names = distribution.parameters.map(({ name }) => name);
  const pairs = names.flatMap((a, i) => names.slice(i).map((b) => [a, b] as const));
  const problem = { distribution, integrand: integrandOf(f), derivatives: [[], ...pairs] };
  const { baseline = "optimal", coefficients = "crossFit" } = options;
  const { value, derivatives, ...rest } = await estimate(
    problem,
    scoreFunction({ baseline, coefficients }),
    options,
  );
  const entry = (a: string, b: string) =>
    derivatives[pairs.findIndex(([c, d]) => (a === c && b === d) || (a === d && b === c))]!;
  return {
    ...rest,
    value,
    hessian: Object.fromEntries(
      names.map((a) => [a, Object.fromEntries(names.map((b) => [b, entry(a, b)]))]),
    ),
  };
}

interface Estimates extends Omit<GradientResult, "gradient"> {
  /** In the order of the problem's derivatives, [] left out. */
  readonly derivatives: readonly Estimate[];
}

const PILOT_DRAWS = 4096;
/** No mean is known more closely than its terms are rounded, and an exact estimator has no other error. */
const ROUNDING = 2 ** -50;

async function estimate(
  problem: Problem,
  estimator: Estimator,
  options: GradientOptions,
): Promise<Estimates> {
  const { samples = 65_536, batches = 64, seed = "1", sampler = "random" } = options;
  if (!(Number.isSafeInteger(samples) && samples >= 1))
    throw new RangeError(`samples must be a whole number >= 1, got ${samples}`);
  if (!(Number.isInteger(batches) && batches >= 2 && batches % 2 === 0))
    throw new RangeError(`batches must be an even number >= 2, got ${batches}`);
  const obstacle = estimator.obstacle(problem);
  if (obstacle !== null) throw new RangeError(`${estimator.name} does not apply: ${obstacle}`);

  const kernel = options.kernel ?? (await loadKernel());
  const mark = kernel.mark();
  try {
    const open = (stream: "main" | "pilot") => {
      const terms = estimator.open(kernel, problem, { seed, stream, sampler });
      return { terms, runner: openTermMoments(kernel, terms) };
    };
    const { terms, runner } = open("main");
    const draws = drawsPerBatch(sampler, samples, batches);
    const all = Array.from({ length: batches }, (_, batch) => runner.run(batch, draws));
    const isPiloted = terms.controls.some(({ coefficients }) => coefficients === "pilot");
    const pilot = isPiloted ? open("pilot").runner.run(0, PILOT_DRAWS) : null;
    const estimates = terms.controls.map((_, g) => readEstimate({ terms, runner, all, pilot, draws }, g));
    return {
      estimator: estimator.name,
      bias: estimator.bias,
      value: estimates[0]!,
      derivatives: estimates.slice(1),
      samples: draws * batches,
      evaluations: terms.evaluations,
    };
  } finally {
    kernel.release(mark);
  }
}

/** The terms are sums already: their means are those of the row 1 times each column. */
function openTermMoments(kernel: Kernel, terms: Terms): MomentRunner {
  const ones: RowTile = {
    rows: 1,
    evaluate: (out, count) => kernel.exports.fill(out, 1, Math.min(count, BLOCK)),
  };
  return openMoments(kernel, {
    draws: terms.draws,
    tiles: [ones],
    controlRows: ones,
    controls: terms.controls.map(({ columns }) => columns.map(({ column }) => ({ row: 0, column }))),
  });
}

interface Run {
  readonly terms: Terms;
  readonly runner: MomentRunner;
  readonly all: readonly Moments[];
  readonly pilot: Moments | null;
  /** Draws of a batch. */
  readonly draws: number;
}

function readEstimate({ terms, runner, all, pilot, draws }: Run, g: number): Estimate {
  const { columns, coefficients } = terms.controls[g]!;
  const controls = columns.map(({ column }): Control => ({ row: 0, column }));
  const means = columns.map(({ mean }) => mean);
  const regress = (moments: Moments): ControlVariates => {
    const fit = openControlFit(moments, g, controls, means);
    return { ...fit, coefficients: fitCoefficients(fit, 0) };
  };
  const fixed = (values: readonly number[]): ControlVariates => {
    if (values.length < controls.length)
      throw new RangeError(
        `coefficients must be one per control, got ${values.length} for ${controls.length}`,
      );
    return {
      controls,
      indices: controls.map((_, c) => c),
      means,
      coefficients: controls.map((_, c) => values[c]!),
    };
  };
  // Each half of the batches takes its coefficients from the other half.
  const halves = [0, 1].map((half) => {
    if (controls.length === 0) return NO_CONTROLS;
    if (typeof coefficients !== "string") return fixed(coefficients);
    if (coefficients === "pilot") return regress(pilot!);
    return regress(runner.join(all.filter((_, b) => b % 2 !== half)));
  });

  const controlled = all.map((moments, b) => {
    const used = halves[b % 2]!;
    return {
      mean: moments.mean(0, g) - explained(used, (_, i) => moments.control(g, used.indices[i]!)),
      variance: (varianceOf(moments, g, used) * draws) / (draws - 1),
      raw: (varianceOf(moments, g, NO_CONTROLS) * draws) / (draws - 1),
    };
  });
  const statistics = batchStatistics(controlled.map(({ mean }) => mean));
  const variance = batchStatistics(controlled.map((batch) => batch.variance));
  const raw = batchStatistics(controlled.map((batch) => batch.raw)).mean;
  const { low, high } = interval(statistics, all.length, studentQuantile(0.975, all.length - 1));
  const absolute = batchStatistics(all.map((moments) => moments.absolute(0, g))).mean;
  const squares = batchStatistics(all.map((moments) => moments.square(0, g))).mean;
  const scores = columns.map(({ mean }, c) => {
    const { mean: estimate, standardError } = batchStatistics(all.map((moments) => moments.control(g, c)));
    return standardError > 0 ? (estimate - mean) / standardError : 0;
  });
  return {
    value: statistics.mean,
    standardError: Math.max(statistics.standardError, ROUNDING * Math.sqrt(squares)),
    low,
    high,
    variance: variance.mean,
    varianceError: variance.standardError,
    explained: raw > 0 ? 1 - variance.mean / raw : 0,
    effectiveSamples: squares > 0 ? (draws * all.length * square(absolute)) / squares : 0,
    scoreZ:
      scores.length === 0 ? null : scores.reduce((worst, z) => (Math.abs(z) > Math.abs(worst) ? z : worst)),
  };
}

/** Var[t − Σ c C] within the moments' draws. */
function varianceOf(moments: Moments, g: number, { indices, coefficients }: ControlVariates): number {
  const mean = moments.mean(0, g);
  let variance = moments.square(0, g) - square(mean);
  for (const [i, c] of indices.entries()) {
    const covariance = moments.withControl(0, g, c) - mean * moments.control(g, c);
    variance -= 2 * coefficients[i]! * covariance;
    for (const [j, d] of indices.entries()) {
      const between = moments.controlProduct(g, c, d) - moments.control(g, c) * moments.control(g, d);
      variance += coefficients[i]! * coefficients[j]! * between;
    }
  }
  // An exact estimate leaves only what was cancelled, of either sign.
  return variance > ROUNDING * moments.square(0, g) ? variance : 0;
}
