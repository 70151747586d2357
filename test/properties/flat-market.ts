import { computeGreeks, type Market, type Payoff, type RunOptions } from "../../src/index.js";

export const flat = { spot: 100, rate: 0.05, dividendYield: 0.02 };
const VOLATILITY = 0.25;

const market: Market = {
  valuationDate: "2026-11-23",
  dayCount: "act/365f",
  underlyings: new Map([
    [
      "X",
      {
        ...{ ...flat, name: "X", currency: "USD" },
        model: { name: "flat", dynamics: "black-scholes", parameters: { volatility: VOLATILITY } },
      },
    ],
  ]),
};

/** Estimates of payoffs under Black-Scholes by one run: for each payoff its Greeks, or why there are none. */
export async function estimatesOf(payoffs: readonly Payoff[], options: RunOptions) {
  const items = payoffs.map((payoff, i) => ({
    kind: "trade" as const,
    trade: {
      ...{ id: String(i), book: "", underlying: "X", product: "", quantity: "1", tags: {}, where: {} },
      payoff,
    },
  }));
  const { results, failures } = await computeGreeks(items, market, { batches: 8, paths: 2048, ...options });
  return items.map(({ trade }) => ({
    greeks: Object.fromEntries(
      (results.find((result) => result.trade === trade)?.estimates ?? []).map((estimate) => [
        estimate.greek,
        estimate,
      ]),
    ),
    failures: failures.filter(({ tradeId }) => tradeId === trade.id).map(({ message }) => message),
  }));
}
