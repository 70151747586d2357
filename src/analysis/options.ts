import type { EstimatorName } from "../estimators/catalogue.js";
import type { Failure } from "../numerics/failure.js";
import type { TradeResult } from "./result.js";

export type Sampler = "sobol" | "random";
export type Profile = "raw" | "desk";
export type EstimatorChoice = "auto" | EstimatorName;
export type GreekSet = "first" | "second" | "all";

/** How to value a book. A number depends on (seed, underlying, schedule, batch, path, step) and on nothing else. */
export interface RunOptions {
  /** A set, or names. Default `first`: price, all first-order Greeks of the model, and gamma. */
  readonly greeks?: GreekSet | readonly string[];
  /**
   * `auto`, the default, is `conditional` where that applies, else for every Greek of every trade the best of a trial by variance ×
   * cost. Named, an estimator gives what it can, and says why not the rest.
   */
  readonly estimator?: EstimatorChoice;
  /** Paths per schedule, at least; rounded up so that every batch has the same whole number. Default 65,536. */
  readonly paths?: number;
  /**
   * Raises the paths of a schedule until the standard error of every Greek of its trades is below this share of the larger of the
   * Greek and a floor: a hundredth of the price, per unit of spot for derivatives in the spot. What is not reached is flagged with
   * what it would take. The numbers are those of `paths` as large.
   */
  readonly precision?: number;
  /** Where raising them ends. Default 2²⁴. */
  readonly maxPaths?: number;
  /** No schedule is given more paths when so many seconds of the run have passed. Default: no limit. */
  readonly maxSeconds?: number;
  /** Independent batches the error bars come from. Default 64. */
  readonly batches?: number;
  readonly sampler?: Sampler;
  readonly seed?: string;
  /** Raw derivatives, or a desk's units (delta per 1 %, vega per point, theta per day, rho per basis point). */
  readonly profile?: Profile;
  readonly onProgress?: (progress: Progress) => void;
  /** When aborted, what is finished is kept and the summary says `interrupted`. */
  readonly signal?: AbortSignalLike;
}

/** The part of the standard AbortSignal that is used; declared here because the library needs neither Node nor a browser. */
export interface AbortSignalLike {
  readonly aborted: boolean;
}

export interface Progress {
  /** Trades whose results are out, and trades read so far. */
  readonly tradesDone: number;
  readonly tradesRead: number;
  /** Share of the work read so far that is done, 0 … 1. */
  readonly fraction: number;
}

/** Receives results in the order of the book; an async receiver slows the run down to its pace. */
export interface Receiver {
  trade(result: TradeResult): void | Promise<void>;
  failure(failure: Failure): void | Promise<void>;
}
