import type { LatentBlock, LatentLaw, Law, ScoreParameter } from "../dynamics/dynamics.js";
import {
  type Derivative,
  type Distribution,
  type DrawOptions,
  type Draws,
  type Parameter,
  pairKey,
} from "../gradients/distribution.js";
import { openNormals } from "../gradients/noise.js";
import { BLOCK, type Kernel, type Pointer } from "../kernel/kernel.js";
import { streamKey } from "../random/seeds.js";
import { weightObstacle } from "./derivative.js";
import { knownMeans, type Schedule, scheduleName } from "./schedule.js";
import { openWeights } from "./weights.js";

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
    open: (kernel, options) => openPaths(kernel, schedule, { ...options, tangents: [] }),
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

/**
 * Under Sobol' points the first normal is drawn this much wider and every weight multiplied by the ratio of the densities,
 * TAIL · exp(−(1 − TAIL⁻²) z²/2). Nets leave no error in the bulk, so all of it comes from the one path per batch in each tail,
 * where weights grow like powers of z: their spread was then too skewed for an honest error bar. With the ratio they vanish
 * there. Costs 7 % of a plain variance; L'Ecuyer and Owen (2009) on importance sampling for unbounded integrands.
 */
const TAIL = 1.25;

/** The key of a schedule's random numbers. */
export function pathKey(schedule: Schedule, seed: string, stream: string): [number, number] {
  return streamKey(seed, schedule.underlying, scheduleName(schedule.dates), stream);
}

export interface PathOptions extends DrawOptions {
  /** Parameters to differentiate the prices themselves in, the normals held fixed. */
  readonly tangents: readonly ScoreParameter[];
}

export interface PathDraws extends Draws {
  /** ∂ ln S(t_k)/∂θ, one column per date, one list per parameter. */
  readonly tangents: readonly (readonly Pointer[])[];
}

/** The random numbers depend on (seed, underlying, schedule, stream, batch, path, step) alone. */
export function openPaths(kernel: Kernel, schedule: Schedule, options: PathOptions): PathDraws {
  const { exports: ops } = kernel;
  const { dates, spot } = schedule;
  const key = pathKey(schedule, options.seed, options.stream);
  const law = lawOf(schedule, [...options.derivatives, ...options.tangents.map((parameter) => [parameter])]);
  const columns = (count: number) => Array.from({ length: count }, () => kernel.allocate(BLOCK * 8));
  const prices = columns(dates.length);
  const start = kernel.allocate(BLOCK * 8);
  ops.fill(start, spot, BLOCK);
  const z = kernel.allocate(BLOCK * 8);
  const normals = openNormals(kernel, options.sampler, key, dates.length);
  const weights = openWeights(kernel, schedule, law, options.derivatives);

  const isWidened = options.sampler === "sobol";
  const ratio = kernel.allocate(BLOCK * 8);
  const widen = (paths: number) => {
    ops.multiplyScalar(z, z, TAIL, paths);
    ops.multiply(ratio, z, z, paths);
    ops.multiplyScalar(ratio, ratio, (TAIL ** -2 - 1) / 2, paths);
    ops.exp(ratio, ratio, paths);
    ops.multiplyScalar(ratio, ratio, TAIL, paths);
  };

  const latent = { key, ...openLatentColumns(kernel, law.kind === "latent" ? law : null) };
  const intervalColumns = { z, ...latent };
  const tangents = options.tangents.map(() => columns(dates.length));
  const nothing = kernel.allocate(BLOCK * 8);
  ops.fill(nothing, 0, BLOCK);
  /** ∂ ln S_k = ∂ ln S_{k−1} + ∂m + z ∂s. */
  const moveTangents = (k: number, paths: number) => {
    for (const [j, parameter] of options.tangents.entries()) {
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
        ops.add(out, out, latent.meanTangents[tangent]!, paths);
        ops.multiplyAdd(out, z, latent.deviationTangents[tangent]!, paths);
      }
    }
  };

  return {
    coordinates: prices,
    weights: weights.pointer,
    tangents,
    draw(batch, firstPath, paths) {
      const block: LatentBlock = { ...latent, paths, firstPath, batch };
      weights.begin(paths);
      for (const [k, price] of prices.entries()) {
        const previous = prices[k - 1] ?? start;
        normals(z, k, batch, firstPath, paths);
        if (k === 0 && isWidened) widen(paths);
        if (law.kind === "constant") {
          const { mean, deviation } = law.intervals[k]!;
          ops.growthConstant(price, previous, z, mean, deviation, paths);
        } else {
          law.fill(kernel, k, block);
          ops.growthColumns(price, previous, z, latent.mean, latent.deviation, paths);
        }
        weights.interval(k, intervalColumns, paths);
        moveTangents(k, paths);
      }
      weights.finish(paths);
      if (!isWidened) return;
      for (let g = 0; g < options.derivatives.length; g++) {
        const weight = weights.pointer + g * BLOCK * 8;
        ops.multiply(weight, weight, ratio, paths);
      }
    },
  };
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
    wantedPairs: derivatives.flatMap(([a, b, c]) =>
      a === undefined || b === undefined || c !== undefined || a === "spot" || b === "spot"
        ? []
        : [pairKey(a, b)],
    ),
  });
}

/** The columns that a latent law fills. */
export function openLatentColumns(kernel: Kernel, law: LatentLaw | null) {
  const columns = (count: number) => Array.from({ length: count }, () => kernel.allocate(BLOCK * 8));
  const tangents = law?.tangentParameters.length ?? 0;
  const pairs = law?.pairs?.length ?? 0;
  return {
    state: columns(law?.stateColumns ?? 0),
    mean: kernel.allocate(BLOCK * 8),
    deviation: kernel.allocate(BLOCK * 8),
    meanTangents: columns(tangents),
    deviationTangents: columns(tangents),
    meanSecond: columns(pairs),
    deviationSecond: columns(pairs),
    latentScores: columns(law?.latentScores?.length ?? 0),
  };
}
