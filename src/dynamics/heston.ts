import { pairKey } from "../gradients/distribution.js";
import { square } from "../numerics/elementary.js";
import type { Dynamics, LawRequest } from "./dynamics.js";
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
const LEAST_DEGREES = { first: 0.03, second: 0.3 };

/** Below so many degrees of freedom the bias may show: up to so much of a derivative. */
const ROUGH = { degrees: 0.4, share: 0.02 };

function degreesOf({ kappa, theta, xi }: Readonly<Record<string, number>>): number {
  return (4 * kappa! * theta!) / square(xi!);
}

/**
 * Few degrees of freedom make the variance stick to 0, and its integral over a step there is not of the shape that is drawn: with eight
 * steps a digital's gamma may be off by a tenth. So many steps in all, over the degrees of freedom to the power of ¾, leave nothing of
 * that at default settings, and more would make the tangents in the variance's parameters wilder: found by bench/sticky.mjs.
 */
const STICKY = { steps: 7, most: 256 };

/** Below so many degrees of freedom so many times those steps make tangents wilder than error bars tell. */
const TOO_FINE = { degrees: 0.1, times: 4 };

type StepRequest = Pick<LawRequest, "parameters" | "dates">;

function stickySteps({ parameters }: StepRequest): number {
  const root = Math.sqrt(degreesOf(parameters));
  return Math.min(STICKY.most, STICKY.steps / (root * Math.sqrt(root)));
}

/** The longest step: what is asked for, and less where the variance is sticky. */
function stepOf(request: StepRequest): number {
  const { parameters, dates } = request;
  return Math.min(parameters.step ?? VARIANCE_STEP.default, dates.at(-1)! / stickySteps(request));
}

/**
 * Heston (1993): dS/S = (r − q) dt + √v dB, dv = κ(θ − v) dt + ξ√v dW, corr(dB, dW) = ρ. Given the variance path,
 * m = (r − q)Δ − IV/2 + (ρ/ξ)(v' − v − κθΔ + κ IV) and s² = (1 − ρ²) IV per step, IV the integral of v.
 * Broadie and Kaya (2006) for the law of IV, whose cumulants beyond the second are the scheme's only bias.
 */
export const heston: Dynamics = {
  name: "heston",
  meaning: "stochastic variance that reverts to a mean, correlated with the price",
  parameters: {
    ...VARIANCE_PARAMETERS,
    step: {
      ...VARIANCE_STEP,
      meaning: `${VARIANCE_STEP.meaning}; they are shorter where the variance is sticky`,
    },
  },
  scheme: "exact-bridge",
  scoreParameters: ["rate", "dividend_yield", ...PATH_PARAMETERS],
  scorePairs: exactBridge.pairs,
  caution(request, derivative) {
    if (derivative.length === 0) return null;
    const { parameters, dates } = request;
    const degrees = degreesOf(parameters);
    const isSecond = this.scorePairs.includes(pairKey(derivative[0]!, derivative[1] ?? ""));
    const least = isSecond ? LEAST_DEGREES.second : LEAST_DEGREES.first;
    const shown = `4 kappa theta / xi² is ${Number(degrees.toPrecision(2))}`;
    if (degrees < least)
      return `${shown}, below ${least}: ${isSecond ? "second " : ""}derivatives of so sticky a variance are not reliable`;
    const steps = Math.max(dates.length, dates.at(-1)! / stepOf(request));
    const most = TOO_FINE.times * stickySteps(request);
    return degrees < TOO_FINE.degrees && steps > most
      ? `${shown}: in more than ${Math.floor(most)} steps, here ${Math.ceil(steps)}, derivatives of so sticky a variance are not reliable`
      : null;
  },
  bias({ parameters }) {
    const degrees = degreesOf(parameters);
    if (degrees >= ROUGH.degrees) return null;
    return {
      share: ROUGH.share,
      why: `at 4 kappa theta / xi² = ${Number(degrees.toPrecision(2))} the two moments by which the integral of the variance is drawn leave up to ${100 * ROUGH.share} % of a derivative, more than its error bar`,
    };
  },
  bridgeWidth,
  law: (request) => openVariancePath(request, exactBridge, stepOf(request)),
};
