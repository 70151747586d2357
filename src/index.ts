export type { Executor } from "./analysis/executor.js";
export type { EstimatorChoice, Progress, Receiver, RunOptions } from "./analysis/options.js";
export type { GreekEstimate, RunSummary, Status, Total, TradeResult } from "./analysis/result.js";
export { ESTIMATOR_MEANINGS, ESTIMATORS, PROFILES, SAMPLERS } from "./analysis/settings.js";
export { blackScholes as blackScholesClosedForm, geometricAsian } from "./closed-forms/black-scholes.js";
export { heston as hestonClosedForm } from "./closed-forms/heston.js";
export { dynamics } from "./dynamics/catalogue.js";
export type { Dynamics } from "./dynamics/dynamics.js";
export { COMPARED } from "./estimators/catalogue.js";
export { availableGreeks, GREEK_SETS, type Greek } from "./estimators/greeks.js";
export { type BookComparison, compareEstimators } from "./executors/compare-book.js";
export { type ConvergenceRow, convergence } from "./executors/converge.js";
export {
  LADDER_TRADES,
  type Ladder,
  type LadderRow,
  ladder,
  ladderAndPasses,
  type PassRow,
  passes,
} from "./executors/extra-runs.js";
export { computeGreeks, type GreeksOfBook, runBook } from "./executors/run-book.js";
export type { Check, SectionName } from "./executors/verify/section.js";
export {
  VERIFY_SECTIONS,
  type Verification,
  type VerificationSection,
  type VerifyOptions,
  verify,
} from "./executors/verify/verify.js";
export type { Market, Model, Underlying } from "./market/market.js";
export { marketSchema, modelSchema } from "./market/market-schema.js";
export { type MarketReading, readMarket, underlyingNumbers } from "./market/read-market.js";
export { readModel } from "./market/read-model.js";
export { describeFailure, type Failure, type Reason } from "./numerics/failure.js";
export { type NumberTable, numberRule, type Term, type TermTable } from "./numerics/terms.js";
export { products } from "./payoffs/catalogue.js";
export { evaluate } from "./payoffs/evaluate.js";
export type { Expression } from "./payoffs/expression.js";
export type { Payoff, PayoffFunction } from "./payoffs/payoff.js";
export { type Product, TermsError } from "./payoffs/product.js";
export { type Chunks, type CsvRecord, csvRecords } from "./portfolio/csv-records.js";
export { type PortfolioItem, readPortfolio } from "./portfolio/read-portfolio.js";
export type { Trade } from "./portfolio/trade.js";
