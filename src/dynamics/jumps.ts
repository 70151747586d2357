import type { Derivative } from "../gradients/distribution.js";
import { BLOCK, type Kernel } from "../kernel/kernel.js";
import { exp, log, square } from "../numerics/elementary.js";
import { remembered } from "../numerics/remembered.js";
import type { NumberTable } from "../numerics/terms.js";
import type { LatentColumns, LatentLaw, LawRequest, ScoreParameter } from "./dynamics.js";

/** Merton (1976): jumps of the log-price, N(μ_J, δ_J²) each, at the times of a Poisson process. */
export const JUMP_PARAMETERS: NumberTable = {
  lambda: { kind: "number", meaning: "jumps expected per year", unit: "per year", above: 0, atMost: 1000 },
  mu_j: { kind: "number", meaning: "mean of a jump of the log-price", unit: "1", atLeast: -5, atMost: 5 },
  delta_j: {
    kind: "number",
    meaning: "standard deviation of a jump of the log-price",
    unit: "1",
    above: 0,
    atMost: 5,
  },
};

/** See `Dynamics`. */
export function carrying(
  { parameters, dates }: Pick<LawRequest, "parameters" | "dates">,
  derivative: Derivative,
): number {
  const isOfJumps = derivative.some((name) => JUMP_PARAMETERS[name] !== undefined);
  return isOfJumps ? 1 - exp(-parameters.lambda! * dates.at(-1)!) : 1;
}

/** No price of so many jumps overflows, nor its derivatives. */
const LARGEST_LOG = 300;

/** Keeps the counts' random numbers apart from the steps of a variance path. */
const FIRST_DRAW = 2 ** 24;

/**
 * Adds compensated jumps to a law: given N jumps in an interval Δ, m gains N μ_J − λκΔ and s² gains N δ_J², with
 * κ = e^{μ_J + δ_J²/2} − 1. The count does not move smoothly, so λ and Δ enter by its score too, N/λ − Δ and N/Δ − λ.
 */
export function withJumps(base: LatentLaw, request: LawRequest): LatentLaw {
  const { dates, wanted } = request;
  const { lambda, mu_j, delta_j } = request.parameters as Readonly<
    Record<"lambda" | "mu_j" | "delta_j", number>
  >;
  const growth = exp(mu_j + square(delta_j) / 2);
  const excess = growth - 1;
  const own = Object.keys(JUMP_PARAMETERS).filter((parameter) => wanted.includes(parameter));
  const tangentParameters = [...base.tangentParameters, ...own];
  const latentScores = ["lambda", "time", "first_interval"].filter((parameter) =>
    tangentParameters.includes(parameter),
  );
  const expiry = dates.at(-1)!;
  /** ∂Δ_k of the parameters that move dates. */
  const lengthSlope = (parameter: ScoreParameter, k: number, length: number) =>
    parameter === "time" ? length / expiry : parameter === "first_interval" && k === 0 ? 1 : 0;

  /** The tangents of the pairs' parameters, and their second. */
  const pairs = ({ deviationTangents, deviationSecond }: LatentColumns) =>
    (base.pairs ?? []).map((pair, i) => {
      const [a, b] = pair.split(",").map((name) => deviationTangents[tangentParameters.indexOf(name)]!);
      return { a: a!, b: b!, second: deviationSecond[i]! };
    });

  const baseCount = base.tangentParameters.length;
  const ofBase = remembered(
    (columns: LatentColumns): LatentColumns => ({
      ...columns,
      state: columns.state.slice(0, base.stateColumns),
      meanTangents: columns.meanTangents.slice(0, baseCount),
      deviationTangents: columns.deviationTangents.slice(0, baseCount),
    }),
  );

  const lengthOf = (k: number) => dates[k]! - (dates[k - 1] ?? 0);
  const countsOf = (columns: LatentColumns) => columns.state[base.stateColumns]!;
  const probabilities =
    base.isSure === true && dates.length === 1 ? countProbabilities(lambda * expiry, mu_j, delta_j) : null;

  return {
    ...base,
    tangentParameters,
    latentScores,
    cost: base.cost + 30 * dates.length,
    stateColumns: base.stateColumns + 1,
    isSure: false,
    fill(kernel, k, columns, place) {
      const { exports: ops } = kernel;
      const { batch, firstPath, paths } = place;
      const [key0, key1] = columns.key;
      const counts = countsOf(columns);
      const mean = lambda * lengthOf(k);
      base.fill(kernel, k, ofBase(columns), place);
      ops.poissonVariates(counts, paths, mean, key0, key1, firstPath, FIRST_DRAW + k, batch);
      addJumps(kernel, k, columns, paths);
    },
    ...(probabilities !== null && {
      outcomes: {
        probabilities,
        fill(kernel, columns, paths) {
          base.fill(kernel, 0, ofBase(columns), { batch: 0, firstPath: 0, paths });
          const counts = kernel.column(countsOf(columns), paths);
          for (let i = 0; i < paths; i++) counts[i] = Math.min(i, probabilities.length - 1);
          addJumps(kernel, 0, columns, paths);
        },
      },
    }),
  };

  /** What the counts of an interval add to the law of its other moves. */
  function addJumps(kernel: Kernel, k: number, columns: LatentColumns, paths: number): void {
    const { exports: ops } = kernel;
    const { mean, deviation, meanTangents, deviationTangents } = columns;
    const length = lengthOf(k);
    const counts = countsOf(columns);
    ops.multiplyAddScalar(mean, counts, mu_j, paths);
    ops.addScalar(mean, mean, -lambda * excess * length, paths);

    // s' = √(s² + N δ²): every s ∂s of the base stays, and δ adds N δ; so does every s ∂_ab s + ∂_a s ∂_b s.
    for (const { a, b, second } of pairs(columns)) {
      ops.multiply(second, second, deviation, paths);
      ops.multiplyAdd(second, a, b, paths);
    }
    for (const tangent of deviationTangents.slice(0, baseCount))
      ops.multiply(tangent, tangent, deviation, paths);
    ops.multiply(deviation, deviation, deviation, paths);
    ops.multiplyAddScalar(deviation, counts, square(delta_j), paths);
    ops.sqrt(deviation, deviation, paths);
    for (const [j, parameter] of tangentParameters.entries()) {
      const meanTangent = meanTangents[j]!;
      const deviationTangent = deviationTangents[j]!;
      const slope = lengthSlope(parameter, k, length);
      if (j < baseCount) ops.addScalar(meanTangent, meanTangent, -lambda * excess * slope, paths);
      else {
        ops.fill(deviationTangent, 0, paths);
        if (parameter === "lambda") ops.fill(meanTangent, -excess * length, paths);
        if (parameter === "mu_j") ops.addScalar(meanTangent, counts, -lambda * growth * length, paths);
        if (parameter === "delta_j") {
          ops.fill(meanTangent, -lambda * growth * delta_j * length, paths);
          ops.multiplyScalar(deviationTangent, counts, delta_j, paths);
        }
      }
      ops.divide(deviationTangent, deviationTangent, deviation, paths);
    }
    for (const { a, b, second } of pairs(columns)) {
      ops.negate(second, second, paths);
      ops.multiplyAdd(second, a, b, paths);
      ops.divide(second, second, deviation, paths);
      ops.negate(second, second, paths);
    }
    for (const [j, parameter] of latentScores.entries()) {
      const score = columns.latentScores[j]!;
      // ln P = N ln(λΔ) − λΔ: N/λ − Δ in λ, and (N/Δ − λ) ∂Δ in what moves the dates.
      const slope = parameter === "lambda" ? 1 : lengthSlope(parameter, k, length);
      const [own, other] = parameter === "lambda" ? [lambda, length] : [length, lambda];
      ops.multiplyScalar(score, counts, slope / own, paths);
      ops.subtractScalar(score, score, other * slope, paths);
    }
  }
}

/**
 * The probabilities of 0, 1, 2, … jumps, as far as they matter: also to the mean price, to which a count of jumps adds as if they were
 * `growth` times as many. Null where they are too many, or a price would overflow.
 */
function countProbabilities(mean: number, mu_j: number, delta_j: number): readonly number[] | null {
  const growth = exp(Math.max(0, mu_j) + square(delta_j) / 2);
  const most = mean * growth;
  const last = Math.ceil(most + 12 * Math.sqrt(most) + 30);
  if (!(last < BLOCK) || last * log(growth) > LARGEST_LOG) return null;
  let probability = exp(-mean);
  const probabilities = [probability];
  for (let n = 1; n <= last; n++) {
    probability *= mean / n;
    probabilities.push(probability);
  }
  return probabilities;
}
