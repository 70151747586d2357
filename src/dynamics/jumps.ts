import type { Derivative } from "../gradients/distribution.js";
import { exp, square } from "../numerics/elementary.js";
import { remembered } from "../numerics/remembered.js";
import type { NumberTable } from "../numerics/terms.js";
import type { CountLaw, LatentColumns, LatentLaw, LawRequest, ScoreParameter } from "./dynamics.js";

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

type JumpParameters = Readonly<Record<"lambda" | "mu_j" | "delta_j", number>>;

/** See `Dynamics`. */
export function carrying(
  { parameters, dates }: Pick<LawRequest, "parameters" | "dates">,
  derivative: Derivative,
): number {
  const isOfJumps = derivative.some((name) => JUMP_PARAMETERS[name] !== undefined);
  return isOfJumps ? 1 - exp(-parameters.lambda! * dates.at(-1)!) : 1;
}

/** Longer lists nobody sums over. */
const MOST_LISTED = 256;

/** See `Dynamics`; `withJumps` draws the same law. */
export function countLaw(
  { parameters, dates }: Pick<LawRequest, "parameters" | "dates">,
  least: number,
): CountLaw {
  const { lambda, mu_j, delta_j } = parameters as JumpParameters;
  const years = dates.at(-1)!;
  const growth = exp(mu_j + square(delta_j) / 2);
  const probabilities = poisson(lambda * years, least);
  // To a mean price, jumps are `growth` times as likely.
  const most = Math.max(probabilities.length, poisson(lambda * years * growth, least).length) - 1;
  const moves = (by?: ScoreParameter) => by === "time" || by === "first_interval";
  const probabilityOf = (n: number) => probabilities[n] ?? 0;
  return {
    most,
    probability(n, by) {
      if (by === undefined) return probabilityOf(n);
      if (by === "lambda") return probabilityOf(n) * (n / lambda - years);
      return moves(by) ? probabilityOf(n) * (n / years - lambda) : 0;
    },
    mean(n, by) {
      if (by === undefined) return n * mu_j - lambda * (growth - 1) * years;
      if (by === "lambda") return -(growth - 1) * years;
      if (by === "mu_j") return n - lambda * growth * years;
      if (by === "delta_j") return -lambda * growth * delta_j * years;
      return moves(by) ? -lambda * (growth - 1) : 0;
    },
    variance(n, by) {
      if (by === undefined) return n * square(delta_j);
      return by === "delta_j" ? 2 * n * delta_j : 0;
    },
  };
}

/** Keeps the counts' random numbers apart from the steps of a variance path. */
const FIRST_DRAW = 2 ** 24;

/**
 * Adds compensated jumps to a law: given N jumps in an interval Δ, m gains N μ_J − λκΔ and s² gains N δ_J², with
 * κ = e^{μ_J + δ_J²/2} − 1. The count does not move smoothly, so λ and Δ enter by its score too, N/λ − Δ and N/Δ − λ.
 */
export function withJumps(base: LatentLaw, request: LawRequest): LatentLaw {
  const { dates, wanted } = request;
  const { lambda, mu_j, delta_j } = request.parameters as JumpParameters;
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

  return {
    ...base,
    tangentParameters,
    latentScores,
    cost: base.cost + 30 * dates.length,
    stateColumns: base.stateColumns + 1,
    fill(kernel, k, columns, place) {
      const { exports: ops } = kernel;
      const { key, mean, deviation, meanTangents, deviationTangents } = columns;
      const { batch, firstPath, paths } = place;
      const length = dates[k]! - (dates[k - 1] ?? 0);
      const counts = columns.state[base.stateColumns]!;
      base.fill(kernel, k, ofBase(columns), place);
      ops.poissonVariates(counts, paths, lambda * length, key[0], key[1], firstPath, FIRST_DRAW + k, batch);
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
    },
  };
}

/** The probabilities of 0, 1, 2, …, up to one below `least`. */
function poisson(mean: number, least: number): readonly number[] {
  let probability = exp(-mean);
  const probabilities = [probability];
  for (let n = 1; n < MOST_LISTED && (n <= mean || probability > least); n++) {
    probability *= mean / n;
    probabilities.push(probability);
  }
  return probabilities;
}
