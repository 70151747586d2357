import { pairKey } from "../gradients/distribution.js";
import type { Dynamics } from "./dynamics.js";
import { stepConstants } from "./heston-step.js";
import {
  openVariancePath,
  PATH_PARAMETERS,
  VARIANCE_PARAMETERS,
  VARIANCE_STEP,
  type VarianceScheme,
} from "./variance-path.js";

/** The variance v' drawn exactly, its integral from an inverse Gaussian with the exact mean and variance given v and v'. */
const exactBridge: VarianceScheme = {
  pairs: [pairKey("v0", "v0"), pairKey("rho", "v0"), pairKey("rho", "rho")],
  constants: stepConstants,
  step(ops, { paths, constants, columns, directions, byV0, byRho, key, firstPath, step, batch }) {
    ops.hestonStep(
      paths,
      constants,
      columns,
      directions,
      byV0,
      byRho,
      key[0],
      key[1],
      firstPath,
      step,
      batch,
    );
  },
};

/** Degrees of freedom of the variance, 4κθ/ξ², below which its tangents are too wild to be trusted. */
const LEAST_DEGREES = 0.015;

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
  caution({ parameters }, order) {
    const degrees = (4 * parameters.kappa! * parameters.theta!) / parameters.xi! ** 2;
    return order > 0 && degrees < LEAST_DEGREES
      ? `4 kappa theta / xi² is ${Number(degrees.toPrecision(2))}, below ${LEAST_DEGREES}: derivatives of so sticky a variance are not reliable`
      : null;
  },
  law: (request) => openVariancePath(request, exactBridge),
};
