import type { EstimateRequest } from "../analysis/executor.js";
import { estimators } from "../estimators/catalogue.js";
import type { ScheduleRun } from "../estimators/estimator.js";
import type { Kernel } from "../kernel/kernel.js";

/** What a request asks for, in pieces that may run anywhere. */
export function openRun(kernel: Kernel, request: EstimateRequest): ScheduleRun {
  return estimators[request.estimator].open(kernel, request);
}
