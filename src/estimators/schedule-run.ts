import type { BatchMeans } from "../gradients/batch-means.js";
import type { PilotEstimate } from "./control-variates.js";

/** A run in pieces, so that whoever calls may stop, report or spread them: the pilot, the batches in any order, the merge. */
export interface ScheduleRun {
  readonly pathsPerBatch: number;
  pilot(): readonly (readonly PilotEstimate[])[];
  batch(index: number): BatchMeans;
  merge(batches: readonly BatchMeans[], pilot: readonly (readonly PilotEstimate[])[]): RunEstimates;
  close(): void;
}

export interface RunEstimates {
  /** Discounted means of the batches: `of(t, g)` has one number per batch, for amount t and derivative g. */
  of(t: number, g: number): Float64Array<ArrayBuffer>;
  /** z of each weight's mean against its exact value; 0 where the weight is constant, or there is none. */
  readonly scoreZ: readonly number[];
}
