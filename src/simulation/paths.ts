import type { Law, ScoreParameter } from "../dynamics/dynamics.js";
import {
  type Derivative,
  type Distribution,
  type DrawOptions,
  type Draws,
  type Parameter,
  pairKey,
} from "../gradients/distribution.js";
import { openNormals, openUniforms, type Sampler } from "../gradients/noise.js";
import { BLOCK, COLUMN_BYTES, type Kernel, type Pointer } from "../kernel/kernel.js";
import { bridgeSteps } from "../numerics/brownian-bridge.js";
import { streamKey } from "../random/seeds.js";
import { weightObstacle } from "./derivative.js";
import { asInputs, openColumns, openIntervalLaw } from "./latent-columns.js";
import { openPowers } from "./polynomial-weights.js";
import { forgetRecording, replayed } from "./replay.js";
import { knownMeans, type Schedule, scheduleName } from "./schedule.js";
import { type IntervalColumns, openWeights, type Weights } from "./weights.js";

/**
 * The prices S(t_k) of a schedule as a distribution: a coordinate per date, and as parameters the spot and whatever the
 * model's law can be differentiated in. The density is discounted, so that weights differentiate the discount factor too.
 */
export function pathDistribution(schedule: Schedule): Distribution {
  const { underlying, dynamics, dates } = schedule;
  return {
    name: `${underlying} under ${dynamics.name}`,
    parameters: pathParameters(schedule),
    dimension: dates.length,
    obstacle: (derivative) => weightObstacle(dynamics, derivative),
    weightMean: knownMeans(schedule).bond,
    open: (kernel, options) => openPaths(kernel, schedule, options),
  };
}

function pathParameters({ spot, carry, dates, dynamics, parameters }: Schedule): readonly Parameter[] {
  const parameter = (name: string, value: number, meaning: string, unit: string): Parameter => ({
    name,
    value,
    term: { kind: "number", meaning, unit },
  });
  const market = [
    parameter("rate", carry.rate, "interest rate, continuously compounded", "per year"),
    parameter("dividend_yield", carry.dividendYield, "dividend yield, continuously compounded", "per year"),
    parameter("time", dates.at(-1)!, "last date; all others scale with it", "years"),
    parameter("first_interval", dates[0]!, "first date; all others move with it", "years"),
    ...Object.entries(dynamics.parameters).map(([name, term]) => ({ name, value: parameters[name]!, term })),
  ];
  return [
    parameter("spot", spot, "price today", "currency"),
    ...market.filter(({ name }) => dynamics.scoreParameters.includes(name)),
  ];
}

/** The key of a schedule's random numbers. */
export function pathKey(schedule: Schedule, seed: string, stream: string): [number, number] {
  return streamKey(seed, schedule.underlying, scheduleName(schedule.dates), stream);
}

export interface PathOptions extends DrawOptions {
  /** Parameters to differentiate the prices themselves in, the normals held fixed. */
  readonly tangents?: readonly ScoreParameter[];
  /** Whether the law of every interval is kept, for amounts that depend on it. */
  readonly keepsLaw?: boolean;
  /** What all estimators that look at these paths differentiate in, where there are several: latent paths are then simulated once. */
  readonly shared?: readonly Derivative[] | undefined;
  /** Whether latent paths that are shared outlive their batch. */
  readonly keepsLatent?: boolean | undefined;
  /** Instead of weights, so many powers of the only normal, which they are sums of (`weightPolynomials`). */
  readonly powers?: number | undefined;
  /** Whether the paths are wanted with their first normal at 0 and mirrored too, the other normals unchanged. */
  readonly threePoints?: boolean;
}

export interface PathDraws extends Draws {
  readonly law: Law;
  /** Nanoseconds that a path takes, about. */
  readonly cost: number;
  /** ∂ ln S(t_k)/∂θ, one column per date, one list per parameter. */
  readonly tangents: readonly (readonly Pointer[])[];
  /** A latent law's columns where they are kept, for `lawNumbers`. */
  readonly inputs: readonly Pointer[];
  /** Prices with the first normal at 0, and mirrored; the mirrored weights follow the others. */
  readonly threePoints: { readonly centre: readonly Pointer[]; readonly mirrored: readonly Pointer[] } | null;
}

/** The random numbers depend on (seed, underlying, schedule, stream, batch, path, step) alone. */
export function openPaths(kernel: Kernel, schedule: Schedule, options: PathOptions): PathDraws {
  const { exports: ops } = kernel;
  const { dates, spot } = schedule;
  const moved = options.tangents ?? [];
  const key = pathKey(schedule, options.seed, options.stream);
  const law = lawOfPaths(kernel, schedule, options, key);
  const prices = openColumns(kernel, dates.length);
  const start = kernel.allocate(COLUMN_BYTES);
  ops.fill(start, spot, BLOCK);
  const normals = openIntervalNormals(kernel, dates, options.sampler, key);
  const isThree = options.threePoints === true;
  const weightBytes = (options.powers ?? options.derivatives.length) * COLUMN_BYTES;
  const pointer = kernel.allocate((isThree ? 2 : 1) * weightBytes);
  const weights =
    options.powers === undefined
      ? openWeights(kernel, schedule, law, options.derivatives, pointer, normals.ratio)
      : openPowers(kernel, options.powers, pointer, normals.ratio);
  const points = isThree
    ? openThreePoints(
        kernel,
        schedule,
        law,
        openWeights(kernel, schedule, law, options.derivatives, pointer + weightBytes, normals.ratio),
      )
    : null;

  const latentLaw = law.kind === "latent" ? law : null;
  const shared = openIntervalLaw(kernel, latentLaw);
  const isKept = options.keepsLaw === true && latentLaw !== null;
  const laws = dates.map((_, k) => (isKept && k > 0 ? openIntervalLaw(kernel, latentLaw) : shared));
  const state = openColumns(kernel, latentLaw?.stateColumns ?? 0);
  const tangents = moved.map(() => openColumns(kernel, dates.length));
  // Put together once: it takes longer than what a short block does with it.
  const filled = laws.map((own) => ({ ...own, key, state }));
  const intervals = laws.map((own, k) => ({ ...own, z: normals.column(k) }));
  const nothing = kernel.allocate(COLUMN_BYTES);
  ops.fill(nothing, 0, BLOCK);
  /** ∂ ln S_k = ∂ ln S_{k−1} + ∂m + z ∂s. */
  const moveTangents = (k: number, z: Pointer, paths: number) => {
    for (const [j, parameter] of moved.entries()) {
      const out = tangents[j]![k]!;
      ops.copy(out, tangents[j]![k - 1] ?? nothing, paths);
      if (parameter === "spot") {
        if (k === 0) ops.addScalar(out, out, 1 / spot, paths);
      } else if (law.kind === "constant") {
        const { mean, deviation } = law.intervals[k]!.tangents[parameter] ?? { mean: 0, deviation: 0 };
        ops.addScalar(out, out, mean, paths);
        ops.multiplyAddScalar(out, z, deviation, paths);
      } else if (law.shifts[parameter] !== undefined) {
        ops.addScalar(out, out, law.shifts[parameter][k]!, paths);
      } else {
        const tangent = law.tangentParameters.indexOf(parameter);
        ops.add(out, out, laws[k]!.meanTangents[tangent]!, paths);
        ops.multiplyAdd(out, z, laws[k]!.deviationTangents[tangent]!, paths);
      }
    }
  };

  return {
    coordinates: prices,
    weights: pointer,
    law,
    cost: costOf(law, dates, (isThree ? 1.2 : 0.6) * options.derivatives.length + moved.length),
    tangents,
    inputs: isKept ? laws.flatMap(asInputs) : [],
    threePoints: points,
    draw(batch, firstPath, paths) {
      weights.begin(paths);
      points?.begin(paths);
      normals.begin(batch, firstPath, paths);
      const place = { batch, firstPath, paths };
      for (let k = 0; k < prices.length; k++) {
        const price = prices[k]!;
        const previous = prices[k - 1] ?? start;
        const interval = intervals[k]!;
        const { z } = interval;
        normals.draw(k, batch, firstPath, paths);
        if (law.kind === "constant") {
          const { mean, deviation } = law.intervals[k]!;
          ops.growthConstant(price, previous, z, mean, deviation, paths);
        } else {
          law.fill(kernel, k, filled[k]!, place);
          ops.growthColumns(price, previous, z, interval.mean, interval.deviation, paths);
        }
        weights.interval(k, interval, paths);
        points?.interval(k, interval, price, paths);
        moveTangents(k, z, paths);
      }
      weights.finish(paths);
      points?.finish(paths);
    },
  };
}

/** Nanoseconds that a path of a schedule takes with the weights of `derivatives`, about. */
export function pathCost(schedule: Schedule, derivatives: readonly Derivative[]): number {
  return costOf(lawOf(schedule, derivatives), schedule.dates, 0.6 * derivatives.length);
}

/** Of which what its latent path takes, which several estimators may share. */
export function latentCost(schedule: Schedule, derivatives: readonly Derivative[]): number {
  const law = lawOf(schedule, derivatives);
  return law.kind === "latent" ? law.cost : 0;
}

function costOf(law: Law, dates: readonly number[], perDate: number): number {
  return (law.kind === "latent" ? law.cost : 0) + dates.length * (10 + perDate);
}

/** The normals of a block's intervals, one after the other. */
interface IntervalNormals {
  /** Where those of interval k stand, once they are drawn. */
  column(k: number): Pointer;
  /** The ratio of the standard normal density to that of the first interval's numbers; null where they are standard. */
  readonly ratio: Pointer | null;
  begin(batch: number, firstPath: number, paths: number): void;
  draw(k: number, batch: number, firstPath: number, paths: number): void;
}

/**
 * Random numbers: dimension k for interval k. Nets: the first interval apart, as the weights of the spot look at nothing else, and
 * then a Brownian bridge over the later dates.
 *
 * Nets leave no error in the bulk, so all of it would come from the one path per batch in each tail of the first normal, where weights
 * grow like powers of it: their spread would be too skewed for an honest error bar. So its uniform is warped, and every weight
 * multiplied by a ratio that vanishes there; more points fall into the tails too, where digitals far from the money live. Costs 8 %
 * of a plain variance. As nothing is left at either end, the points may be rotated. Importance sampling by a change of variable, as
 * integrands are made periodic: Sidi, "A new variable transformation for numerical integration" (1993).
 */
function openIntervalNormals(
  kernel: Kernel,
  dates: readonly number[],
  sampler: Sampler,
  key: readonly [number, number],
): IntervalNormals {
  const { exports: ops } = kernel;
  const draw = openNormals(kernel, sampler, key, dates.length);
  if (sampler === "random") {
    const z = kernel.allocate(COLUMN_BYTES);
    return {
      column: () => z,
      ratio: null,
      begin() {},
      draw: (k, batch, firstPath, paths) => draw(z, k, batch, firstPath, paths),
    };
  }
  const uniforms = openUniforms(kernel, sampler, key, 1, true);
  const ratio = kernel.allocate(COLUMN_BYTES);
  const columns = openColumns(kernel, dates.length);
  const times = dates.map((date) => date - dates[0]!);
  const steps = bridgeSteps(times);
  return {
    column: (k) => columns[k]!,
    ratio,
    begin(batch, firstPath, paths) {
      uniforms(columns[0]!, 0, batch, firstPath, paths);
      ops.warpedNormal(columns[0]!, ratio, columns[0]!, paths);
      for (const [i, { at, from, fromWeight, to, toWeight, deviation }] of steps.entries()) {
        const out = columns[at]!;
        draw(out, i + 1, batch, firstPath, paths);
        if (to === null) ops.multiplyScalar(out, out, deviation, paths);
        else ops.bridgePoint(out, columns[from ?? to]!, columns[to]!, fromWeight, toWeight, deviation, paths);
      }
      for (let k = dates.length - 1; k > 0; k--) {
        const factor = 1 / Math.sqrt(times[k]! - times[k - 1]!);
        if (k > 1) ops.bridgeStep(columns[k]!, columns[k - 1]!, factor, paths);
        else ops.multiplyScalar(columns[k]!, columns[k]!, factor, paths);
      }
    },
    draw() {},
  };
}

/** The prices and weights of paths whose first normal z is 0, or −z, whose ratio of densities is that of z. */
function openThreePoints(kernel: Kernel, schedule: Schedule, law: Law, weights: Weights) {
  const { exports: ops } = kernel;
  const [factor, mirroredNormal] = openColumns(kernel, 2) as [Pointer, Pointer];
  const centre = openColumns(kernel, schedule.dates.length);
  const mirrored = openColumns(kernel, schedule.dates.length);
  return {
    centre,
    mirrored,
    begin: weights.begin,
    finish: weights.finish,
    interval(k: number, columns: IntervalColumns, price: Pointer, paths: number) {
      if (k === 0) {
        ops.negate(mirroredNormal, columns.z, paths);
        if (law.kind === "constant")
          ops.multiplyScalar(factor, mirroredNormal, law.intervals[0]!.deviation, paths);
        else ops.multiply(factor, mirroredNormal, columns.deviation, paths);
        ops.exp(factor, factor, paths);
      }
      weights.interval(k, k === 0 ? { ...columns, z: mirroredNormal } : columns, paths);
      ops.multiply(centre[k]!, price, factor, paths);
      ops.multiply(mirrored[k]!, centre[k]!, factor, paths);
    },
  };
}

/** The law that paths are drawn by: where they are shared, one that remembers latent paths. */
function lawOfPaths(
  kernel: Kernel,
  schedule: Schedule,
  { derivatives, tangents = [], stream, shared, keepsLatent = false }: PathOptions,
  key: readonly [number, number],
): Law {
  const law = lawOf(schedule, [...derivatives, ...tangents.map((parameter) => [parameter])]);
  if (shared !== undefined && law.kind === "latent") {
    const whole = lawOf(schedule, shared) as typeof law;
    return replayed(kernel, schedule, { law, whole, keeps: keepsLatent }, key);
  }
  if (stream === "main") forgetRecording(kernel);
  return law;
}

/** The key of a second derivative that moves the law twice. */
function pairOf([a, b, c]: Derivative): readonly string[] {
  const isPair = a !== undefined && b !== undefined && c === undefined && a !== "spot" && b !== "spot";
  return isPair ? [pairKey(a, b)] : [];
}

/** The law of a schedule's log-returns, with the tangents that derivatives need. */
export function lawOf(
  { dynamics, parameters, carry, dates }: Schedule,
  derivatives: readonly Derivative[],
): Law {
  return dynamics.law({
    parameters,
    carry,
    dates,
    wanted: [...new Set(derivatives.flat())].filter((parameter) => parameter !== "spot"),
    wantedPairs: [...new Set(derivatives.flatMap(pairOf))],
  });
}
