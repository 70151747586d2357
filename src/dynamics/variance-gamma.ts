import { log, square } from "../numerics/elementary.js";
import type { Dynamics, LatentLaw, LawRequest, ScoreParameter } from "./dynamics.js";

/** What moves the gamma time and the drift; `volatility` is σ. */
const PATH_PARAMETERS = ["volatility", "nu", "theta", "time", "first_interval"];

/**
 * Madan, Carr and Chang, European Finance Review 2 (1998) 79: Brownian motion with drift θ and volatility σ in a gamma time G of
 * mean Δ and variance νΔ. Given G, m = (r − q + ω)Δ + θG and s = σ√G, ω = ln(1 − θν − σ²ν/2)/ν; exact on any schedule.
 * G moves smoothly with its shape Δ/ν at fixed probability, so ν and Δ are differentiated through it.
 */
export const varianceGamma: Dynamics = {
  name: "variance-gamma",
  meaning: "Brownian motion in random time: infinitely many small jumps",
  parameters: {
    sigma: {
      kind: "number",
      meaning: "volatility in gamma time, σ",
      unit: "per √year",
      above: 0,
      atMost: 10,
    },
    nu: {
      kind: "number",
      meaning: "variance rate of the gamma time",
      unit: "years",
      atLeast: 1e-6,
      atMost: 100,
    },
    theta: {
      kind: "number",
      meaning: "drift in gamma time; negative for a heavier left tail",
      unit: "per year",
      atLeast: -10,
      atMost: 10,
    },
  },
  scheme: "exact",
  scoreParameters: ["rate", "dividend_yield", ...PATH_PARAMETERS],
  scorePairs: [],
  fault(parameters) {
    const { sigma, nu, theta } = named(parameters);
    const room = 1 - theta * nu - (square(sigma) * nu) / 2;
    return room > 0
      ? null
      : `1 - theta nu - sigma² nu / 2 must be > 0, or the price has no mean; got ${Number(room.toPrecision(6))}`;
  },
  caution({ parameters, dates }, { length: order }) {
    const least = Math.min(...dates.map((date, k) => date - (dates[k - 1] ?? 0))) / parameters.nu!;
    // The weight is of order G^(−order/2) near G = 0, and E[G^(−order)] is finite for shapes above the order only.
    return order > 0 && least <= order
      ? `the shortest interval is ${Number(least.toPrecision(3))} of nu, so that the weight's variance is infinite: the error bar is not reliable`
      : null;
  },
  law: openLaw,
};

const named = (parameters: LawRequest["parameters"]) =>
  parameters as Readonly<Record<"sigma" | "nu" | "theta", number>>;

function openLaw({ parameters, carry, dates, wanted }: LawRequest): LatentLaw {
  const { sigma, nu, theta } = named(parameters);
  const lengths = dates.map((date, k) => date - (dates[k - 1] ?? 0));
  const room = 1 - theta * nu - (square(sigma) * nu) / 2;
  const omega = log(room) / nu;
  const omegaSlopes: Readonly<Record<ScoreParameter, number>> = {
    volatility: -sigma / room,
    theta: -1 / room,
    nu: (-(theta + square(sigma) / 2) / room - omega) / nu,
  };
  const drift = carry.rate - carry.dividendYield + omega;
  const tangentParameters = wanted.filter((parameter) => PATH_PARAMETERS.includes(parameter));
  const lengthSlope = (parameter: ScoreParameter, k: number) =>
    parameter === "time" ? lengths[k]! / dates.at(-1)! : parameter === "first_interval" && k === 0 ? 1 : 0;

  return {
    kind: "latent",
    tangentParameters,
    shifts: { rate: lengths, dividend_yield: lengths.map((length) => -length) },
    cost: dates.length * (60 + (tangentParameters.length > 0 ? 100 : 0)),
    stateColumns: 3,
    fill(
      kernel,
      k,
      { key, state, mean, deviation, meanTangents, deviationTangents },
      { batch, firstPath, paths },
    ) {
      const { exports: ops } = kernel;
      const [clock, tangent, byShape] = state as [number, number, number];
      const length = lengths[k]!;
      const shape = length / nu;
      ops.gammaVariates(clock, paths, shape, key[0], key[1], firstPath, k, batch);
      // A clock that has stood still leaves nothing to divide by.
      ops.maxScalar(clock, clock, 1e-280, paths);
      if (tangentParameters.length > 0) ops.gammaTangents(byShape, clock, shape, paths);
      ops.multiplyScalar(mean, clock, theta * nu, paths);
      ops.addScalar(mean, mean, drift * length, paths);
      ops.multiplyScalar(deviation, clock, nu, paths);
      ops.sqrt(deviation, deviation, paths);
      ops.multiplyScalar(deviation, deviation, sigma, paths);

      for (const [j, parameter] of tangentParameters.entries()) {
        // ∂G of G = ν g(Δ/ν): in ν g − (Δ/ν) g', and in Δ g'.
        const ofLength = lengthSlope(parameter, k);
        ops.multiplyScalar(tangent, byShape, parameter === "nu" ? -shape : ofLength, paths);
        if (parameter === "nu") ops.add(tangent, tangent, clock, paths);
        const meanTangent = meanTangents[j]!;
        ops.multiplyScalar(meanTangent, tangent, theta, paths);
        if (parameter === "theta") ops.multiplyAddScalar(meanTangent, clock, nu, paths);
        ops.addScalar(
          meanTangent,
          meanTangent,
          (omegaSlopes[parameter] ?? 0) * length + drift * ofLength,
          paths,
        );
        // ∂s = s (∂G/2G + ∂σ/σ), G = ν · clock.
        const deviationTangent = deviationTangents[j]!;
        ops.divide(deviationTangent, tangent, clock, paths);
        ops.multiplyScalar(deviationTangent, deviationTangent, 1 / (2 * nu), paths);
        if (parameter === "volatility") ops.addScalar(deviationTangent, deviationTangent, 1 / sigma, paths);
        ops.multiply(deviationTangent, deviationTangent, deviation, paths);
      }
    },
  };
}
