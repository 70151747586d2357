import type { PilotEstimate } from "../estimators/control-variates.js";
import type { LikelihoodRatioEstimates, LikelihoodRatioRequest } from "../estimators/likelihood-ratio.js";

/** What comes back for one schedule: the batches, merged in their order, and what the pilot learnt. */
export interface ScheduleEstimates {
  readonly estimates: LikelihoodRatioEstimates;
  readonly pilot: readonly (readonly PilotEstimate[])[];
  /** Paths of all batches together. */
  readonly paths: number;
}

/** Where the work is done. An executor decides nothing about the numbers: every one gives the same bits. */
export interface Executor {
  /** Null when `cancelled` answers true before the last batch; `onBatch` is called after each. */
  estimate(
    request: LikelihoodRatioRequest,
    control: { readonly cancelled: () => boolean; readonly onBatch: () => void },
  ): Promise<ScheduleEstimates | null>;
}
