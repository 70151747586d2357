import type { Market } from "../market/market.js";
import type { Executor } from "./executor.js";
import type { RunSummary } from "./result.js";
import type { Settings } from "./settings.js";
import type { Totals } from "./totals.js";

/** What lives as long as the valuation of a book. */
export interface Run {
  readonly settings: Settings;
  readonly market: Market;
  readonly executor: Executor;
  readonly totals: Totals;
  /** Student's, for 95 % over the batches. */
  readonly quantile: number;
  /** On the clock of `performance.now`. */
  readonly started: number;
  readonly cancelled: () => boolean;
  readonly unavailable: Set<string>;
  worstScore: RunSummary["worstScore"];
  /** Room for the batch means of one Greek, and of one of its sources. */
  readonly batchMeans: Float64Array<ArrayBuffer>;
  readonly sourceMeans: Float64Array<ArrayBuffer>;
}
