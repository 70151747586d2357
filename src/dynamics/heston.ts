import { pairKey } from "../gradients/distribution.js";
import { square } from "../numerics/elementary.js";
import type { Dynamics } from "./dynamics.js";
import { stepConstants } from "./heston-step.js";
import {
  bridgeWidth,
  openVariancePath,
  PATH_PARAMETERS,
  VARIANCE_PARAMETERS,
  VARIANCE_STEP,
  type VarianceScheme,
} from "./variance-path.js";

/** The variance v' drawn exactly, its integral from an inverse Gaussian with the exact mean and variance given v and v'. */
const exactBridge: VarianceScheme = {
  pairs: [...pairsOf(["v0", "kappa", "theta", "xi", "rho"]), pairKey("volatility", "volatility")],
  constants: stepConstants,
  step(ops, { paths, constants, columns, directions, pairs, pairCount, key, firstPath, step, batch }) {
    ops.hestonStep(
      paths,
      constants,
      columns,
      directions,
      pairs,
      pairCount,
      key[0],
      key[1],
      firstPath,
      step,
      batch,
    );
  },
};

function pairsOf(names: readonly string[]): string[] {
  return names.flatMap((a, i) => names.slice(i).map((b) => pairKey(a, b)));
}

/** Degrees of freedom of the variance, 4κθ/ξ², below which its first and its second tangents are too wild to be trusted. */
const LEAST_DEGREES = { first: 0.015, second: 0.3 };

/** Below so many degrees of freedom the bias shows: up to so much of a derivative, over all published sets. */
const ROUGH = { degrees: 0.4, share: 0.02 };

function degreesOf({ kappa, theta, xi }: Readonly<Record<string, number>>): number {
  return (4 * kappa! * theta!) / square(xi!);
}

/**
 * Heston (1993): dS/S = (r − q) dt + √v dB, dv = κ(θ − v) dt + ξ√v dW, corr(dB, dW) = ρ. Given the variance path,
 * m = (r − q)Δ − IV/2 + (ρ/ξ)(v' − v − κθΔ + κ IV) and s² = (1 − ρ²) IV per step, IV the integral of v.
 * Broadie and Kaya (2006) for the law of IV, whose cumulants beyond the second are the scheme's only bias.
 */
export const heston: Dynamics = {
  name: "heston",
  meaning: "stochastic variance that reverts to a mean, correlated with the price",
  parameters: { ...VARIANCE_PARAMETERS, step: VARIANCE_STEP },
  scheme: "exact-bridge",
  scoreParameters: ["rate", "dividend_yield", ...PATH_PARAMETERS],
  scorePairs: exactBridge.pairs,
  caution({ parameters }, derivative) {
    if (derivative.length === 0) return null;
    const degrees = degreesOf(parameters);
    const isSecond = this.scorePairs.includes(pairKey(derivative[0]!, derivative[1] ?? ""));
    const least = isSecond ? LEAST_DEGREES.second : LEAST_DEGREES.first;
    return degrees < least
      ? `4 kappa theta / xi² is ${Number(degrees.toPrecision(2))}, below ${least}: ${isSecond ? "second " : ""}derivatives of so sticky a variance are not reliable`
      : null;
  },
  bias(parameters) {
    const degrees = degreesOf(parameters);
    if (degrees >= ROUGH.degrees) return null;
    return {
      share: ROUGH.share,
      why: `at 4 kappa theta / xi² = ${Number(degrees.toPrecision(2))} the two moments by which the integral of the variance is drawn leave up to ${100 * ROUGH.share} % of a derivative, more than its error bar`,
    };
  },
  bridgeWidth,
  law: (request) => openVariancePath(request, exactBridge),
};
