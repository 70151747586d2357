import type { EstimatorName } from "../estimators/catalogue.js";
import type { PilotEstimate } from "../estimators/control-variates.js";
import type { RunEstimates, RunRequest } from "../estimators/estimator.js";

/** What comes back for one schedule: the batches, merged in their order, and what the pilot learnt. */
export interface ScheduleEstimates {
  readonly estimates: RunEstimates;
  readonly pilot: readonly (readonly PilotEstimate[])[];
  /** Paths of all batches together. */
  readonly paths: number;
}

/** What is to be estimated, and how. */
export interface EstimateRequest extends RunRequest {
  readonly estimator: EstimatorName;
  /** Whether it only decides between estimators, and is then discarded. */
  readonly isTrial?: true;
}

/** Where the work is done. An executor decides nothing about the numbers: every one gives the same bits. */
export interface Executor {
  /** Null when `cancelled` answers true before the last batch; `onBatch` is called after each. */
  estimate(
    request: EstimateRequest,
    control: { readonly cancelled: () => boolean; readonly onBatch: () => void },
  ): Promise<ScheduleEstimates | null>;
}
