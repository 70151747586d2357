import type { Kernel, KernelExports, Pointer } from "../kernel/kernel.js";
import type { NumberTable } from "../numerics/terms.js";
import type { LatentBlock, LatentLaw, LawRequest, ScoreParameter } from "./dynamics.js";

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

/** A way to simulate the variance and its integral. */
export interface VarianceScheme {
  /** The pairs that the step carries second tangents of, in the order of its columns. */
  readonly pairs: readonly string[];
  /** The constants of a step, each followed by its derivatives in the directions whose slopes `slopes(primitive)` lists. */
  constants(
    functions: StepFunctions,
    parameters: StepParameters,
    slopes: (primitive: Primitive) => readonly number[],
  ): Float64Array;
  step(ops: KernelExports, call: StepCall): void;
}

/** One step of a block of paths: addresses in kernel memory, and of the random numbers. */
export interface StepCall {
  readonly paths: number;
  readonly constants: Pointer;
  readonly columns: Pointer;
  readonly directions: number;
  readonly byV0: number;
  readonly byRho: number;
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
export function openVariancePath(request: LawRequest, scheme: VarianceScheme): LatentLaw {
  const { dates } = request;
  // Second derivatives come together, and need the first ones in v0 and ρ.
  const pairs = scheme.pairs.some((pair) => request.wantedPairs.includes(pair)) ? scheme.pairs : [];
  const tangentParameters = PATH_PARAMETERS.filter(
    (parameter) =>
      request.wanted.includes(parameter) || (pairs.length > 0 && (parameter === "v0" || parameter === "rho")),
  );
  const lengths = dates.map((date, k) => date - (dates[k - 1] ?? 0));
  const longest = Math.min(request.parameters.step ?? VARIANCE_STEP.default, dates.at(-1)! / LEAST_STEPS);
  const counts = lengths.map((length) => Math.ceil(length / longest - 1e-9));
  const firstSteps = counts.map((_, k) => counts.slice(0, k).reduce((sum, count) => sum + count, 0));
  const directions = tangentParameters.length;
  const [byV0, byRho] = ["v0", "rho"].map((name) =>
    pairs.length > 0 ? 1 + tangentParameters.indexOf(name) : 0,
  );
  let constants: readonly Float64Array[] | undefined;

  return {
    kind: "latent",
    tangentParameters,
    shifts: { rate: lengths, dividend_yield: lengths.map((length) => -length) },
    pairs,
    stateColumns: 1 + directions + (pairs.length > 0 ? 1 : 0),
    fill(kernel, k, block) {
      const { exports: ops } = kernel;
      const { paths, key, state, mean, deviation, meanTangents, deviationTangents } = block;
      const { meanSecond, deviationSecond } = block;
      constants ??= lengths.map((length, interval) =>
        scheme.constants(ops, stepParameters(request, length / counts[interval]!), (primitive) =>
          tangentParameters.map((parameter) =>
            slope(request, parameter, primitive, {
              interval,
              length: length / counts[interval]!,
              count: counts[interval]!,
            }),
          ),
        ),
      );
      if (k === 0) start(kernel, request, tangentParameters, block);
      for (const column of [
        mean,
        deviation,
        ...meanTangents,
        ...deviationTangents,
        ...meanSecond,
        ...deviationSecond,
      ])
        ops.fill(column, 0, paths);

      const mark = kernel.mark();
      const table = constants[k]!;
      const constantsPointer = kernel.allocate(table.byteLength);
      kernel.column(constantsPointer, table.length).set(table);
      const columns = [state[0]!, mean, deviation];
      for (let j = 0; j < directions; j++)
        columns.push(state[j + 1]!, meanTangents[j]!, deviationTangents[j]!);
      // ∂²m/∂ρ² is 0, and its column stays so.
      if (pairs.length > 0)
        columns.push(
          ...[state[1 + directions]!, meanSecond[0]!, deviationSecond[0]!],
          ...[meanSecond[1]!, deviationSecond[1]!, deviationSecond[2]!],
        );
      const columnsPointer = kernel.allocate(columns.length * 4);
      kernel.words(columnsPointer, columns.length).set(columns);
      for (let step = 0; step < counts[k]!; step++) {
        scheme.step(ops, {
          paths,
          constants: constantsPointer,
          columns: columnsPointer,
          directions,
          byV0: byV0!,
          byRho: byRho!,
          key,
          firstPath: block.firstPath,
          step: firstSteps[k]! + step,
          batch: block.batch,
        });
      }
      kernel.release(mark);

      // The steps added up s² and its tangents: ∂s = ∂s² / 2s.
      ops.sqrt(deviation, deviation, paths);
      for (const tangent of [...deviationTangents, ...deviationSecond]) {
        ops.divide(tangent, tangent, deviation, paths);
        ops.multiplyScalar(tangent, tangent, 0.5, paths);
      }
      // ∂²s = ∂²s²/2s − ∂s ∂s/s.
      for (const [p, pair] of pairs.entries()) {
        const [a, b] = pair.split(",").map((name) => deviationTangents[tangentParameters.indexOf(name)]!);
        const product = kernel.allocate(paths * 8);
        ops.multiply(product, a!, b!, paths);
        ops.divide(product, product, deviation, paths);
        ops.subtract(deviationSecond[p]!, deviationSecond[p]!, product, paths);
        kernel.release(mark);
      }
    },
  };
}

function start(
  kernel: Kernel,
  { parameters }: LawRequest,
  tangentParameters: readonly ScoreParameter[],
  { state, paths }: LatentBlock,
): void {
  kernel.exports.fill(state[0]!, parameters.v0!, paths);
  for (const [j, parameter] of tangentParameters.entries()) {
    const slope = parameter === "v0" ? 1 : parameter === "volatility" ? 2 * Math.sqrt(parameters.v0!) : 0;
    kernel.exports.fill(state[j + 1]!, slope, paths);
  }
  const second = state[1 + tangentParameters.length];
  if (second !== undefined) kernel.exports.fill(second, 0, paths);
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
