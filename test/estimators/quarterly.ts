import { computeGreeks, type Executor, products, type RunOptions } from "../../src/index.js";

/** A market and products that look at four quarters, for tests that compare estimators. */
export const market = { spot: 100, rate: 0.03, dividendYield: 0.01 };
export const quarters = [0.25, 0.5, 0.75, 1];

const written: Readonly<Record<string, readonly [string, Readonly<Record<string, unknown>>]>> = {
  put: ["vanilla", { right: "put", strike: 105 }],
  digital: ["digital", { right: "call", strike: 100, cash: 1 }],
  asian: [
    "asian",
    { right: "call", strike: 100, average: "arithmetic", strike_type: "fixed", observations: quarters },
  ],
  geometric: [
    "asian",
    { right: "call", strike: 95, average: "geometric", strike_type: "fixed", observations: quarters },
  ],
  lookback: [
    "lookback",
    { right: "put", strike: 0, strike_type: "floating", running_extreme: 0, observations: quarters },
  ],
  cliquet: [
    "cliquet",
    {
      ...{ notional: 100, reference: 100, observations: quarters },
      ...{ local_floor: -0.05, local_cap: 0.05, global_floor: 0, global_cap: 1e9 },
    },
  ],
  barrier: [
    "barrier",
    {
      ...{ right: "call", strike: 100, barrier: 130, barrier_type: "up-and-out", rebate: 0 },
      observations: quarters,
    },
  ],
  sum: ["custom", { payoff: "S(0.25) + (S(1) > 100)", observations: quarters }],
  swap: ["variance-swap", { notional: 1, reference: 90, strike: 0.2, observations: quarters }],
};

/** Values some of them under a model. */
export function valued(
  names: readonly string[],
  dynamics: string,
  parameters: Readonly<Record<string, number>>,
  options: RunOptions,
  executor?: Executor,
) {
  const underlying = {
    ...{ ...market, name: "X", currency: "USD" },
    model: { name: dynamics, dynamics, parameters },
  };
  return computeGreeks(
    names.map((name) => {
      const [product, terms] = written[name]!;
      const payoff = products[product]!.payoff(terms as never, 1);
      const shown = { id: name, book: "", underlying: "X", product, quantity: "1", tags: {}, where: {} };
      return { kind: "trade" as const, trade: { ...shown, payoff } };
    }),
    { valuationDate: "2026-11-23", dayCount: "act/365f", underlyings: new Map([["X", underlying]]) },
    options,
    executor,
  );
}
