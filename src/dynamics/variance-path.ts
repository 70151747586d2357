import { pairKey } from "../gradients/distribution.js";
import type { Kernel, KernelExports, Pointer } from "../kernel/kernel.js";
import { remembered } from "../numerics/remembered.js";
import type { NumberTable } from "../numerics/terms.js";
import type { LatentColumns, LatentLaw, LawRequest, ScoreParameter } from "./dynamics.js";

/** dv = κ(θ − v) dt + ξ√v dW, corr(dB, dW) = ρ. */
export const VARIANCE_PARAMETERS = {
  v0: { kind: "number", meaning: "variance today", unit: "per year", atLeast: 0, atMost: 25 },
  kappa: { kind: "number", meaning: "speed of mean reversion", unit: "per year", above: 0, atMost: 1000 },
  theta: { kind: "number", meaning: "long-run variance", unit: "per year", above: 0, atMost: 25 },
  xi: { kind: "number", meaning: "volatility of variance", unit: "per year", atLeast: 1e-3, atMost: 100 },
  rho: { kind: "number", meaning: "correlation of price and variance", unit: "1", above: -1, below: 1 },
} as const satisfies NumberTable;

/** How finely the path is simulated: the longest step. */
export const VARIANCE_STEP = {
  kind: "number",
  meaning: "longest time step of the variance path",
  unit: "years",
  atLeast: 1e-4,
  default: 0.5,
} as const;
const LEAST_STEPS = 8;

/** The length that no step exceeds. */
export function longestStep(step: number, dates: readonly number[]): number {
  return Math.min(step, dates.at(-1)! / LEAST_STEPS);
}

/** What a variance path is differentiated in; `volatility` moves √v0 and √θ together. */
export const PATH_PARAMETERS = ["v0", "kappa", "theta", "xi", "rho", "volatility", "time", "first_interval"];

/** What a step's constants depend on. */
export const primitives = ["kappa", "theta", "xi", "rho", "length"] as const;
export type Primitive = (typeof primitives)[number];

export interface StepParameters extends Readonly<Record<Primitive, number>> {
  /** r − q. */
  readonly drift: number;
}

/** Elementary functions with the same bits on every machine. */
export type StepFunctions = Pick<KernelExports, "scalarExp" | "scalarExpm1">;

/** What a step is differentiated in, and how its primitives move there. */
export interface Moves {
  readonly directions: number;
  /** Pairs of directions, counted from 0. */
  readonly pairs: readonly (readonly [number, number])[];
  /** A primitive's derivatives: the directions, then the pairs. */
  slopes(primitive: Primitive): readonly number[];
}

/** A way to simulate the variance and its integral. */
export interface VarianceScheme {
  /** The pairs that the step can carry second tangents of, as `pairKey`s. */
  readonly pairs: readonly string[];
  /** The constants of a step, each followed by its derivatives. */
  constants(functions: StepFunctions, parameters: StepParameters, moves: Moves): Float64Array;
  step(ops: KernelExports, call: StepCall): void;
}

/** One step of a block of paths: addresses in kernel memory, and of the random numbers. */
export interface StepCall {
  readonly paths: number;
  readonly constants: Pointer;
  readonly columns: Pointer;
  readonly directions: number;
  /** The pairs of directions (counted from 1, two 32-bit words each), and how many. */
  readonly pairs: Pointer;
  readonly pairCount: number;
  readonly key: readonly [number, number];
  readonly firstPath: number;
  readonly step: number;
  readonly batch: number;
}

/**
 * The law of log-returns given a variance path that a scheme simulates step by step: steps end on every observation date and
 * are no longer than `step`, nor than an eighth of the time to the last date. One step of half a year put the vega of a
 * digital (SPX example, T = .5) 7 % off and its price .2 %; four steps leave both below .6 % and .1 %, at standard errors
 * of .6 % and .05 %.
 */
export function openVariancePath(request: LawRequest, scheme: VarianceScheme, step: number): LatentLaw {
  const { dates } = request;
  const pairs = scheme.pairs.filter((pair) => request.wantedPairs.includes(pair));
  // A second derivative needs both first ones.
  const needed = new Set([...request.wanted, ...pairs.flatMap((pair) => pair.split(","))]);
  const tangentParameters = PATH_PARAMETERS.filter((parameter) => needed.has(parameter));
  const indices = pairs.map(
    (pair) => pair.split(",").map((name) => tangentParameters.indexOf(name)) as [number, number],
  );
  const lengths = dates.map((date, k) => date - (dates[k - 1] ?? 0));
  const longest = longestStep(step, dates);
  const counts = lengths.map((length) => Math.ceil(length / longest - 1e-9));
  const firstSteps = counts.map((_, k) => counts.slice(0, k).reduce((sum, count) => sum + count, 0));
  const directions = tangentParameters.length;
  const pairWords = Uint32Array.from(indices.flat(), (index) => index + 1);
  let constants: readonly Float64Array[] | undefined;
  /** v, m and s², and those of each derivative. */
  const columnsOf = remembered((own: LatentColumns) => {
    const means = [own.mean, ...own.meanTangents, ...own.meanSecond];
    const squares = [own.deviation, ...own.deviationTangents, ...own.deviationSecond];
    return Uint32Array.from(means.flatMap((mean, slot) => [own.state[slot]!, mean, squares[slot]!]));
  });

  return {
    kind: "latent",
    tangentParameters,
    shifts: { rate: lengths, dividend_yield: lengths.map((length) => -length) },
    pairs,
    cost: counts.reduce((sum, count) => sum + count, 0) * stepCost(directions, pairs.length),
    stateColumns: 1 + directions + pairs.length,
    fill(kernel, k, own, { batch, firstPath, paths }) {
      const { exports: ops } = kernel;
      constants ??= lengths.map((length, interval) => {
        const step = { interval, length: length / counts[interval]!, count: counts[interval]! };
        return scheme.constants(ops, stepParameters(request, step.length), {
          directions,
          pairs: indices,
          slopes: (primitive) => [
            ...tangentParameters.map((parameter) => slope(request, parameter, primitive, step)),
            ...pairs.map((pair) => (pair === VOLATILITY_TWICE && primitive === "theta" ? 2 : 0)),
          ],
        });
      });
      if (k === 0) start(kernel, request, tangentParameters, pairs, own, paths);
      const mark = kernel.mark();
      const table = constants[k]!;
      const constantsPointer = kernel.allocate(table.byteLength);
      kernel.column(constantsPointer, table.length).set(table);
      const columns = columnsOf(own);
      const columnsPointer = kernel.allocate(columns.byteLength);
      kernel.words(columnsPointer, columns.length).set(columns);
      const pairsPointer = kernel.allocate(pairWords.byteLength);
      kernel.words(pairsPointer, pairWords.length).set(pairWords);
      ops.beginInterval(paths, columnsPointer, directions + pairs.length);
      for (let step = 0; step < counts[k]!; step++) {
        scheme.step(ops, {
          paths,
          constants: constantsPointer,
          columns: columnsPointer,
          directions,
          pairs: pairsPointer,
          pairCount: pairs.length,
          key: own.key,
          firstPath,
          step: firstSteps[k]! + step,
          batch,
        });
      }
      ops.endInterval(paths, columnsPointer, directions, pairsPointer, pairs.length);
      kernel.release(mark);
    },
  };
}

/** Nanoseconds of a step on one path, about: more for the first of the derivatives of an order than for others. */
function stepCost(directions: number, pairs: number): number {
  return 110 + (directions > 0 ? 50 : 0) + 16 * directions + (pairs > 0 ? 400 : 0) + 40 * pairs;
}

/** s² = (1 − ρ²) IV leaves out what the variance path tells of the price, of which nothing is known between dates: 1/√(1 − ρ²). */
export function bridgeWidth(
  parameters: Readonly<Record<string, number>>,
  by: readonly ScoreParameter[],
): number {
  const rho = parameters.rho!;
  if (by.some((parameter) => parameter !== "rho")) return 0;
  const width = 1 / Math.sqrt(1 - rho * rho);
  const cube = width * width * width;
  return [width, rho * cube, (1 + 2 * rho * rho) * cube * width * width][by.length] ?? 0;
}

/** v0 and θ are the squares of the volatilities that `volatility` moves: their second derivative is 2. */
const VOLATILITY_TWICE = pairKey("volatility", "volatility");

function start(
  kernel: Kernel,
  { parameters }: LawRequest,
  tangentParameters: readonly ScoreParameter[],
  pairs: readonly string[],
  { state }: LatentColumns,
  paths: number,
): void {
  const v0 = parameters.v0!;
  const slopes = tangentParameters.map((parameter) =>
    parameter === "v0" ? 1 : parameter === "volatility" ? 2 * Math.sqrt(v0) : 0,
  );
  const bends = pairs.map((pair) => (pair === VOLATILITY_TWICE ? 2 : 0));
  for (const [i, number] of [v0, ...slopes, ...bends].entries())
    kernel.exports.fill(state[i]!, number, paths);
}

function stepParameters({ parameters, carry }: LawRequest, length: number): StepParameters {
  const { kappa, theta, xi, rho } = parameters as Readonly<Record<Exclude<Primitive, "length">, number>>;
  return { kappa, theta, xi, rho, length, drift: carry.rate - carry.dividendYield };
}

/** How a primitive of a step moves with a parameter. */
function slope(
  { parameters, dates }: LawRequest,
  parameter: ScoreParameter,
  primitive: Primitive,
  step: { readonly interval: number; readonly length: number; readonly count: number },
): number {
  if (primitive === "length") {
    if (parameter === "time") return step.length / dates.at(-1)!;
    return parameter === "first_interval" && step.interval === 0 ? 1 / step.count : 0;
  }
  if (parameter === "volatility") return primitive === "theta" ? 2 * Math.sqrt(parameters.theta!) : 0;
  return parameter === primitive && primitives.includes(primitive) ? 1 : 0;
}
