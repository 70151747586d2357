import type { RunOptions } from "../../analysis/options.js";
import type { GreekEstimate } from "../../analysis/result.js";
import { products } from "../../payoffs/catalogue.js";
import type { Payoff } from "../../payoffs/payoff.js";
import { computeGreeks } from "../run-book.js";
import type { VerifiedModel } from "./models.js";
import type { Effort } from "./section.js";

export const SPOT = 100;
export const DIVIDEND_YIELD = 0.01;

/** A payoff of the catalogue, and its name in the tables. */
export interface VerifiedPayoff {
  readonly name: string;
  readonly payoff: Payoff;
}

export function payoffOf(
  name: string,
  product: string,
  terms: Readonly<Record<string, unknown>>,
  years: number,
): VerifiedPayoff {
  return { name, payoff: products[product]!.payoff(terms as never, years) };
}

/** So many dates, evenly until `years`. */
export function evenly(count: number, years: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => ((i + 1) * years) / count);
}

/** Where the estimates are made; by default at a spot of 100 and a dividend yield of 1 %. */
export type Setting = Pick<VerifiedModel, "name" | "dynamics" | "parameters" | "rate"> & {
  readonly spot?: number;
  readonly dividendYield?: number;
};

/**
 * One run of several payoffs: for each its estimates by Greek. Payoffs and Greeks that the estimator does not apply to are left out;
 * any other failure is an error.
 */
export async function estimatesOf(
  { name, dynamics, parameters, rate, spot = SPOT, dividendYield = DIVIDEND_YIELD }: Setting,
  payoffs: readonly VerifiedPayoff[],
  options: RunOptions,
  { sampler, executor }: Pick<Effort, "sampler" | "executor">,
): Promise<readonly Readonly<Record<string, GreekEstimate>>[]> {
  const model = { name, dynamics, parameters };
  const underlying = { name, spot, rate, dividendYield, currency: "USD", model };
  const items = payoffs.map(({ payoff }, i) => ({
    kind: "trade" as const,
    trade: {
      ...{ id: String(i), book: "", underlying: name, product: "", quantity: "1", tags: {}, where: {} },
      payoff,
    },
  }));
  const { results, failures } = await computeGreeks(
    items,
    { valuationDate: "1970-01-01", dayCount: "act/365f", underlyings: new Map([[name, underlying]]) },
    { sampler, ...options },
    executor,
  );
  const failure = failures.find(({ reason }) => reason !== "not-applicable" && reason !== "unsupported");
  if (failure !== undefined) throw new Error(failure.message);
  return items.map(({ trade }) => {
    const estimates = results.find((result) => result.trade === trade)?.estimates ?? [];
    return Object.fromEntries(estimates.map((estimate) => [estimate.greek, estimate]));
  });
}
