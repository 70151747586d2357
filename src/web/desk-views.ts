import type { ESTIMATOR_MEANINGS, EstimatorChoice, GreekEstimate, Total } from "../index.js";
import type { UnderlyingView } from "./market-text.js";
import type { PayoffGraph } from "./payoff-graph.js";

// What the desk tells the page, and is told: plain data, as it goes from worker to page.

/** What there is to choose from. The page asks, and so carries the engine once. */
export interface Choices {
  readonly products: readonly string[];
  readonly estimators: typeof ESTIMATOR_MEANINGS;
}

/** The options of a run that the page offers. */
export interface DeskOptions {
  readonly greeks: "first" | "second" | "all";
  readonly estimator: EstimatorChoice;
  readonly paths: number;
  /** Share; null: whatever the paths give. */
  readonly precision: number | null;
  readonly sampler: "sobol" | "random";
  readonly profile: "raw" | "desk";
  readonly seed: string;
}

export interface InputsView {
  readonly book: {
    readonly name: string;
    readonly columns: readonly string[];
    readonly rows: number;
    readonly trades: number;
    readonly faultyRows: number;
    readonly faults: readonly string[];
  };
  readonly market: {
    readonly name: string;
    readonly text: string;
    readonly underlyings: readonly UnderlyingView[];
    readonly faults: readonly string[];
    readonly models: readonly string[];
  };
  /** Files that were not taken, and why. */
  readonly refused: readonly string[];
}

export interface RowView {
  readonly row: number;
  readonly line: number;
  readonly cells: readonly string[];
  readonly faults: readonly { readonly column: string; readonly message: string }[];
}

export interface Point {
  readonly paths: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface TotalView extends Total {
  readonly points: readonly Point[];
}

/** What stands on the desk after a stage, or in the middle of the first. */
export interface ResultsView {
  /** Paths per schedule of the stage; every trade of the book has at least these. */
  readonly paths: number;
  readonly seconds: number;
  readonly valued: number;
  readonly trades: number;
  readonly flagged: number;
  readonly greeks: readonly string[];
  readonly totals: readonly TotalView[];
  readonly failures: readonly string[];
  readonly state: "looking" | "running" | "stopped" | "done";
  /** Whether there are files to export. */
  readonly exportable: boolean;
  /** The images that belong to report.md. */
  readonly images: readonly string[];
}

export interface TradeRow {
  readonly id: string;
  readonly product: string;
  readonly underlying: string;
  readonly estimate: GreekEstimate | null;
}

export interface TradeView {
  readonly id: string;
  readonly product: string;
  readonly underlying: string;
  readonly currency: string;
  readonly quantity: string;
  readonly estimates: readonly (GreekEstimate & { readonly points: readonly Point[] })[];
  readonly graph: PayoffGraph | string;
}

export interface Comparisons {
  readonly rows: readonly {
    readonly greek: string;
    readonly unit: string;
    readonly estimator: string;
    readonly bias: string | null;
    readonly value: number;
    readonly standardError: number;
    readonly relativeWork: number;
  }[];
  readonly obstacles: readonly string[];
}

export type SortKey = "book" | "id" | "product" | "underlying" | "value" | "error" | "position";

/** What a run tells while it goes on. Results are waited for, so that they stand on the screen before the run ends. */
export interface DeskEvents {
  results(view: ResultsView): void | Promise<void>;
  progress(fraction: number, paths: number): void;
}
