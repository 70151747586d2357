import { conditional } from "./conditional.js";
import type { Estimator } from "./estimator.js";
import { finiteDifference } from "./finite-difference.js";
import { likelihoodRatio, likelihoodRatioRaw } from "./likelihood-ratio.js";
import { mixed, pathwise } from "./pathwise.js";
import { stencil } from "./stencil.js";

/** Every estimator there is: adding one is a file and a line here. */
export const estimators = {
  "likelihood-ratio": likelihoodRatio,
  "likelihood-ratio-raw": likelihoodRatioRaw,
  stencil,
  pathwise,
  mixed,
  conditional,
  "finite-difference": finiteDifference,
} as const satisfies Readonly<Record<string, Estimator>>;

export type EstimatorName = keyof typeof estimators;

/** All, as they are set beside each other: the first is the plainest, and what the others are measured by. */
export const COMPARED: readonly EstimatorName[] = [
  "likelihood-ratio-raw",
  ...(Object.keys(estimators) as EstimatorName[]).filter((name) => name !== "likelihood-ratio-raw"),
];

/** Those that `auto` chooses from: unbiased, and each the best somewhere. In this order where they are as good. */
export const AUTOMATIC = [
  "conditional",
  "mixed",
  "pathwise",
  "stencil",
  "likelihood-ratio",
] as const satisfies readonly EstimatorName[];
