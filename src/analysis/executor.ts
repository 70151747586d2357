import type { EstimatorName } from "../estimators/catalogue.js";
import type { RunEstimates, RunRequest } from "../estimators/estimator.js";
import type { Pilot } from "../estimators/pilot.js";
import type { BatchMeans } from "../gradients/batch-means.js";

/** What comes back of one part: the batches, merged in their order, and what the pilot learnt. */
export interface PartEstimates {
  readonly estimates: RunEstimates;
  readonly pilot: Pilot;
  /** Paths of all batches together. */
  readonly paths: number;
}

/** What one estimator is to give. */
export interface Part extends Pick<RunRequest, "amounts" | "earlier" | "derivatives"> {
  readonly estimator: EstimatorName;
}

/** What is to be estimated on the same paths, and how. */
export interface EstimateRequest
  extends Pick<RunRequest, "schedule" | "seed" | "sampler" | "paths" | "batches" | "isTrial"> {
  readonly parts: readonly Part[];
}

/** Batches that an earlier run has finished, and where those of this one go. */
export interface BatchStore {
  get(batch: number): BatchMeans | undefined;
  keep(batch: number, means: BatchMeans): void;
}

/** How a request is carried out; none of it touches the numbers. */
export interface Control {
  readonly cancelled: () => boolean;
  /** Called after each batch, stored ones among them. */
  readonly onBatch: () => void;
  readonly store?: BatchStore;
}

/** Where the work is done. An executor decides nothing about the numbers: every one gives the same bits. */
export interface Executor {
  /** Requests that are best under way at once; 1 where it is not said. */
  readonly atOnce?: number;
  /** The estimates of the parts, in their order; null when `cancelled` answers true before the last batch. */
  estimate(request: EstimateRequest, control: Control): Promise<readonly PartEstimates[] | null>;
}
