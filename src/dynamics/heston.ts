import { pairKey } from "../gradients/distribution.js";
import type { Kernel } from "../kernel/kernel.js";
import type { Dynamics, LatentBlock, LatentLaw, LawRequest, ScoreParameter } from "./dynamics.js";
import { type Primitive, primitives, type StepParameters, stepConstants } from "./heston-step.js";

/**
 * Steps of the variance path end on every observation date; they are no longer than half a year and an eighth of the time to
 * the last date. One step of half a year put the vega of a digital (SPX example, T = .5) 7 % off and its price .2 %; four
 * steps leave both below .6 % and .1 %, at standard errors of .6 % and .05 %.
 */
const LONGEST_STEP = 0.5;
const LEAST_STEPS = 8;

/** What the variance path is differentiated in; `volatility` moves √v0 and √θ together. */
const PATH_PARAMETERS = ["v0", "kappa", "theta", "xi", "rho", "volatility", "time", "first_interval"];

/** The pairs that the step carries second tangents of, in the order of the columns. */
const PAIRS = [pairKey("v0", "v0"), pairKey("rho", "v0"), pairKey("rho", "rho")];

/**
 * Heston (1993): dS/S = (r − q) dt + √v dB, dv = κ(θ − v) dt + ξ√v dW, corr(dB, dW) = ρ. Given the variance path,
 * m = (r − q)Δ − IV/2 + (ρ/ξ)(v' − v − κθΔ + κ IV) and s² = (1 − ρ²) IV per step, IV the integral of v.
 * The variance v' is drawn exactly; its integral from an inverse Gaussian with the exact mean and variance given v and v'
 * (Broadie and Kaya 2006 for the law, whose further cumulants are the scheme's only bias).
 */
export const heston: Dynamics = {
  name: "heston",
  meaning: "stochastic variance that reverts to a mean, correlated with the price",
  parameters: {
    v0: { kind: "number", meaning: "variance today", unit: "per year", atLeast: 0, atMost: 25 },
    kappa: { kind: "number", meaning: "speed of mean reversion", unit: "per year", above: 0, atMost: 1000 },
    theta: { kind: "number", meaning: "long-run variance", unit: "per year", above: 0, atMost: 25 },
    xi: { kind: "number", meaning: "volatility of variance", unit: "per year", atLeast: 1e-3, atMost: 100 },
    rho: { kind: "number", meaning: "correlation of price and variance", unit: "1", above: -1, below: 1 },
  },
  scheme: "exact-bridge",
  scoreParameters: ["rate", "dividend_yield", ...PATH_PARAMETERS],
  scorePairs: PAIRS,
  caution({ parameters }, order) {
    const degrees = (4 * parameters.kappa! * parameters.theta!) / parameters.xi! ** 2;
    return order > 0 && degrees < LEAST_DEGREES
      ? `4 kappa theta / xi² is ${Number(degrees.toPrecision(2))}, below ${LEAST_DEGREES}: derivatives of so sticky a variance are not reliable`
      : null;
  },
  law: openLaw,
};

/** Degrees of freedom of the variance, 4κθ/ξ², below which its tangents are too wild to be trusted. */
const LEAST_DEGREES = 0.015;

function openLaw(request: LawRequest): LatentLaw {
  const { dates } = request;
  // Second derivatives come together, and need the first ones in v0 and ρ.
  const pairs = PAIRS.some((pair) => request.wantedPairs.includes(pair)) ? PAIRS : [];
  const tangentParameters = PATH_PARAMETERS.filter(
    (parameter) =>
      request.wanted.includes(parameter) || (pairs.length > 0 && (parameter === "v0" || parameter === "rho")),
  );
  const lengths = dates.map((date, k) => date - (dates[k - 1] ?? 0));
  const longest = Math.min(LONGEST_STEP, dates.at(-1)! / LEAST_STEPS);
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
        stepConstants(ops, stepParameters(request, length / counts[interval]!), (primitive) =>
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
        ops.hestonStep(
          paths,
          constantsPointer,
          columnsPointer,
          directions,
          byV0!,
          byRho!,
          key[0],
          key[1],
          block.firstPath,
          firstSteps[k]! + step,
          block.batch,
        );
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
