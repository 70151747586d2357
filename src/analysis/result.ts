import type { Failure } from "../numerics/failure.js";
import type { Trade } from "../portfolio/trade.js";

/** `flagged`: do not use without reading the note. `biased`: the estimator or the scheme has a known bias, told in the note. */
export type Status = "ok" | "flagged" | "biased";

/** One Greek of one trade, per unit of quantity, with everything needed to judge and reproduce it. */
export interface GreekEstimate {
  readonly greek: string;
  readonly value: number;
  /** Standard deviation of `value`, from the spread of independent batch means. */
  readonly standardError: number;
  /** Student interval over the batches, 95 %. */
  readonly low: number;
  readonly high: number;
  readonly unit: string;
  readonly model: string;
  readonly estimator: string;
  /** How many times the paths the likelihood ratio would need for this error, as a trial saw it; null where there was none. */
  readonly gain: number | null;
  readonly scheme: string;
  readonly sampler: string;
  readonly paths: number;
  readonly batches: number;
  /** Paths that carry the estimate: paths × E[|f W|]² / E[(f W)²], from the pilot run. */
  readonly effectiveSampleSize: number;
  readonly status: Status;
  readonly note: string;
  /** `value` × quantity, exact decimal. */
  readonly positionValue: string;
  readonly positionStandardError: number;
}

/** A trade's Greeks, or the reason there are none; some Greeks may fail while others stand. */
export interface TradeResult {
  readonly trade: Trade;
  readonly currency: string;
  readonly estimates: readonly GreekEstimate[];
  readonly failures: readonly Failure[];
}

/** The sum of positions over a book; `*` stands for all. Its error includes the covariance of trades that share paths. */
export interface Total {
  readonly book: string;
  readonly underlying: string;
  readonly currency: string;
  readonly greek: string;
  /** Exact decimal sum of the position values. */
  readonly value: string;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
  readonly unit: string;
  readonly trades: number;
}

/** What a whole run adds up to, beside the trade results it streamed. */
export interface RunSummary {
  readonly totals: readonly Total[];
  readonly valuedTrades: number;
  readonly failedTrades: number;
  /** Largest |z| of the means of all score columns, whose expectation is 0, with the column it belongs to. */
  readonly worstScore: { readonly z: number; readonly column: string } | null;
  /** Greeks of a requested set that a dynamics cannot give (yet), e.g. "heston: vega". */
  readonly unavailable: readonly string[];
  readonly interrupted: boolean;
  readonly seed: string;
  readonly sampler: string;
  readonly paths: number;
  readonly batches: number;
}
