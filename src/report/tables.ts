import type { GreekEstimate, Total, TradeResult } from "../analysis/result.js";
import type { Failure } from "../numerics/failure.js";
import type { Column } from "./table.js";

export interface GreekRow {
  readonly result: TradeResult;
  readonly estimate: GreekEstimate;
  readonly seed: string;
}

/** greeks.csv: one row per trade and Greek, then the book's own columns. */
export function greeksColumns(tags: readonly string[]): readonly Column<GreekRow>[] {
  return [
    { header: "trade_id", value: ({ result }) => result.trade.id },
    { header: "book", value: ({ result }) => result.trade.book },
    { header: "underlying", value: ({ result }) => result.trade.underlying },
    { header: "product", value: ({ result }) => result.trade.product },
    { header: "greek", value: ({ estimate }) => estimate.greek },
    { header: "value", value: ({ estimate }) => estimate.value },
    { header: "std_error", value: ({ estimate }) => estimate.standardError },
    { header: "ci95_low", value: ({ estimate }) => estimate.low },
    { header: "ci95_high", value: ({ estimate }) => estimate.high },
    { header: "unit", value: ({ estimate }) => estimate.unit },
    { header: "currency", value: ({ result }) => result.currency },
    { header: "quantity", value: ({ result }) => result.trade.quantity },
    { header: "position_value", value: ({ estimate }) => estimate.positionValue },
    { header: "position_std_error", value: ({ estimate }) => estimate.positionStandardError },
    { header: "model", value: ({ estimate }) => estimate.model },
    { header: "estimator", value: ({ estimate }) => estimate.estimator },
    { header: "scheme", value: ({ estimate }) => estimate.scheme },
    { header: "sampler", value: ({ estimate }) => estimate.sampler },
    { header: "paths", value: ({ estimate }) => estimate.paths },
    { header: "batches", value: ({ estimate }) => estimate.batches },
    { header: "seed", value: ({ seed }) => seed },
    { header: "effective_sample_size", value: ({ estimate }) => estimate.effectiveSampleSize },
    { header: "status", value: ({ estimate }) => estimate.status },
    { header: "note", value: ({ estimate }) => estimate.note },
    ...tags.map(
      (tag): Column<GreekRow> => ({ header: tag, value: ({ result }) => result.trade.tags[tag] ?? "" }),
    ),
  ];
}

/** totals.csv; `*` stands for all books or all underlyings. */
export const totalsColumns: readonly Column<Total>[] = [
  { header: "book", value: (total) => total.book },
  { header: "underlying", value: (total) => total.underlying },
  { header: "currency", value: (total) => total.currency },
  { header: "greek", value: (total) => total.greek },
  { header: "value", value: (total) => total.value },
  { header: "std_error", value: (total) => total.standardError },
  { header: "ci95_low", value: (total) => total.low },
  { header: "ci95_high", value: (total) => total.high },
  { header: "unit", value: (total) => total.unit },
  { header: "trades", value: (total) => total.trades },
];

/** errors.csv: what was rejected or failed, and where it stands in the input. */
export const errorsColumns: readonly Column<Failure>[] = [
  { header: "line", value: ({ where }) => where?.line ?? "" },
  { header: "column", value: ({ where }) => where?.column ?? "" },
  { header: "trade_id", value: ({ tradeId }) => tradeId ?? "" },
  { header: "reason", value: ({ reason }) => reason },
  // Faults of other files than the book carry the file's name, since the line is not the book's.
  {
    header: "message",
    value: ({ message, where }) => (where?.file?.endsWith(".json") ? `${where.file}: ${message}` : message),
  },
];
