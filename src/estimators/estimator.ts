import type { BatchMeans } from "../gradients/batch-means.js";
import type { Derivative } from "../gradients/distribution.js";
import type { Sampler } from "../gradients/noise.js";
import type { Kernel } from "../kernel/kernel.js";
import type { Payoff } from "../payoffs/payoff.js";
import type { Schedule } from "../simulation/schedule.js";
import type { Amounts } from "./payment-rows.js";
import type { Pilot } from "./pilot.js";

/** What is to be estimated in one simulation: derivatives of what trades with the same dates pay. */
export interface RunRequest extends Amounts {
  readonly schedule: Schedule;
  /** All different; the first is the price, []. */
  readonly derivatives: readonly Derivative[];
  readonly seed: string;
  readonly sampler: Sampler;
  readonly paths: number;
  readonly batches: number;
  /** Whether it only decides between estimators, and is then discarded. */
  readonly isTrial?: true;
  /** What all estimators on the same paths differentiate in, where there are several. */
  readonly shared?: readonly Derivative[];
}

/** A way to estimate derivatives of expected payoffs. */
export interface Estimator {
  readonly meaning: string;
  /** What its mean is off by, in words; null where that is nothing. */
  readonly bias: string | null;
  /** Null when it gives a derivative of the payoff, else why not, in words. */
  obstacle(schedule: Schedule, payoff: Payoff): (derivative: Derivative) => string | null;
  open(kernel: Kernel, request: RunRequest): ScheduleRun;
}

/** A run in pieces, so that whoever calls may stop, report or spread them: the pilot, the batches in any order, the merge. */
export interface ScheduleRun {
  readonly pathsPerBatch: number;
  /** How many numbers a batch has. */
  readonly numbers: number;
  pilot(): Pilot;
  batch(index: number): BatchMeans;
  merge(batches: readonly BatchMeans[], pilot: Pilot): RunEstimates;
  close(): void;
}

export interface RunEstimates {
  /**
   * Discounted means of the batches: `of(t, g)` has one number per batch, for amount t and derivative g. They may be in `into`, where
   * that is given.
   */
  of(t: number, g: number, into?: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer>;
  /** z of each weight's mean against its exact value; 0 where the weight is constant, or there is none. */
  readonly scoreZ: readonly number[];
  /**
   * Nanoseconds that a path takes, about, when amount t is alone: for choosing between estimators, and so counted, not timed. The
   * same number on every machine and in every company.
   */
  cost(t: number): number;
}
