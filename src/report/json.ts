import type { RunSummary, Total, TradeResult } from "../analysis/result.js";
import type { Failure } from "../numerics/failure.js";

/** The same fields as the CSV files, a trade's Greeks together. */
export function tradeJson({ trade, currency, estimates }: TradeResult) {
  return {
    trade_id: trade.id,
    book: trade.book,
    underlying: trade.underlying,
    product: trade.product,
    quantity: trade.quantity,
    currency,
    tags: trade.tags,
    greeks: estimates.map((estimate) => ({
      greek: estimate.greek,
      value: estimate.value,
      std_error: estimate.standardError,
      ci95_low: estimate.low,
      ci95_high: estimate.high,
      unit: estimate.unit,
      position_value: estimate.positionValue,
      position_std_error: estimate.positionStandardError,
      model: estimate.model,
      estimator: estimate.estimator,
      scheme: estimate.scheme,
      sampler: estimate.sampler,
      paths: estimate.paths,
      batches: estimate.batches,
      effective_sample_size: estimate.effectiveSampleSize,
      status: estimate.status,
      note: estimate.note,
    })),
  };
}

export function totalJson(total: Total) {
  return {
    book: total.book,
    underlying: total.underlying,
    currency: total.currency,
    greek: total.greek,
    value: total.value,
    std_error: total.standardError,
    ci95_low: total.low,
    ci95_high: total.high,
    unit: total.unit,
    trades: total.trades,
  };
}

export function failureJson({ reason, message, where, tradeId }: Failure) {
  return {
    file: where?.file ?? null,
    line: where?.line ?? null,
    column: where?.column ?? null,
    trade_id: tradeId ?? null,
    reason,
    message,
  };
}

export function summaryJson(summary: RunSummary) {
  return {
    valued_trades: summary.valuedTrades,
    failed_trades: summary.failedTrades,
    interrupted: summary.interrupted,
    seed: summary.seed,
    sampler: summary.sampler,
    paths: summary.paths,
    batches: summary.batches,
    worst_score_z: summary.worstScore?.z ?? null,
    worst_score_column: summary.worstScore?.column ?? null,
    unavailable: summary.unavailable,
  };
}

/** The pieces of one JSON document, so that a book's trades can be written as they come. */
export const jsonDocument = {
  open: '{"trades":[',
  trade: (result: TradeResult, first: boolean) =>
    `${first ? "\n" : ",\n"}${JSON.stringify(tradeJson(result))}`,
  close: (rest: {
    readonly run: unknown;
    readonly totals: readonly Total[];
    readonly errors: readonly Failure[];
  }) =>
    `\n],\n"totals":${JSON.stringify(rest.totals.map(totalJson))},\n"errors":${JSON.stringify(rest.errors.map(failureJson))},\n"run":${JSON.stringify(rest.run)}}\n`,
};
