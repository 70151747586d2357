import type { EstimateRequest, EstimatorName } from "../analysis/executor.js";
import { openConditional } from "../estimators/conditional.js";
import { openFiniteDifference } from "../estimators/finite-difference.js";
import { openLikelihoodRatio } from "../estimators/likelihood-ratio.js";
import { openPathwise } from "../estimators/pathwise.js";
import type { ScheduleRun } from "../estimators/schedule-run.js";
import type { Kernel } from "../kernel/kernel.js";

const open = {
  "likelihood-ratio": openLikelihoodRatio,
  conditional: openConditional,
  pathwise: openPathwise,
  "finite-difference": openFiniteDifference,
} as const satisfies Record<EstimatorName, unknown>;

/** What a request asks for, in pieces that may run anywhere. */
export function openRun(kernel: Kernel, request: EstimateRequest): ScheduleRun {
  return open[request.estimator](kernel, request);
}
