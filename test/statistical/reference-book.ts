import { describe, expect, test } from "vitest";
import {
  computeGreeks,
  type Failure,
  type Market,
  products,
  type RunOptions,
  type Trade,
} from "../../src/index.js";
import type { ReferenceCase } from "../reference/read.js";

/** How a product of the reference files is written in a book. */
const written: Readonly<
  Record<string, (params: Readonly<Record<string, number>>) => [string, Record<string, unknown>]>
> = {
  call: ({ K }) => ["vanilla", { right: "call", strike: K }],
  put: ({ K }) => ["vanilla", { right: "put", strike: K }],
  digital_call: ({ K }) => ["digital", { right: "call", strike: K, cash: 1 }],
  digital_put: ({ K }) => ["digital", { right: "put", strike: K, cash: 1 }],
  asset_call: ({ K }) => ["asset-digital", { right: "call", strike: K }],
  asset_put: ({ K }) => ["asset-digital", { right: "put", strike: K }],
  gap_call: ({ K, trigger }) => ["gap", { right: "call", strike: K, trigger }],
  forward: ({ K }) => ["forward", { strike: K }],
  geoasian_call: (params) => ["asian", { ...fixings(params), right: "call", average: "geometric" }],
  geoasian_put: (params) => ["asian", { ...fixings(params), right: "put", average: "geometric" }],
  disc_asian_call: (params) => ["asian", { ...fixings(params), right: "call", average: "arithmetic" }],
  disc_asian_put: (params) => ["asian", { ...fixings(params), right: "put", average: "arithmetic" }],
  disc_up_out_call: (params) => [
    "barrier",
    { ...barrier(params), right: "call", barrier_type: "up-and-out" },
  ],
  disc_down_out_put: (params) => [
    "barrier",
    { ...barrier(params), right: "put", barrier_type: "down-and-out" },
  ],
  disc_down_out_call: (params) => [
    "barrier",
    { ...barrier(params), right: "call", barrier_type: "down-and-out" },
  ],
};

const dates = ({ n, T }: Readonly<Record<string, number>>) =>
  Array.from({ length: n! }, (_, i) => ((i + 1) * T!) / n!);
const fixings = (params: Readonly<Record<string, number>>) => ({
  strike: params.K,
  observations: dates(params),
});
const barrier = (params: Readonly<Record<string, number>>) => ({
  strike: params.K,
  barrier: params.H,
  observations: dates(params),
  rebate: 0,
});

/** The payoff of a reference case; a digital with a barrier is written as a user would, with a formula. */
export function payoffOf({ product, params }: ReferenceCase) {
  if (product === "disc_up_out_digital_call") {
    const payoff = `(S(T) > ${params.K}) * (max(S) < ${params.H})`;
    return products.custom!.payoff({ payoff, observations: dates(params) }, params.T!);
  }
  const [name, terms] = written[product]!(params);
  return products[name]!.payoff(terms as never, params.T!);
}

/** Values one reference case as a book of its own, with the model and market its parameters describe. */
export async function valueCase(reference: ReferenceCase, options: RunOptions) {
  const { params } = reference;
  const underlying = {
    name: "X",
    spot: params.S!,
    currency: "USD",
    rate: params.r!,
    dividendYield: params.q!,
    model:
      reference.model === "Heston"
        ? {
            name: "heston",
            dynamics: "heston",
            parameters: {
              v0: params.v0!,
              kappa: params.kappa!,
              theta: params.theta!,
              xi: params.xi!,
              rho: params.rho!,
            },
          }
        : { name: "black-scholes", dynamics: "black-scholes", parameters: { volatility: params.sigma! } },
  };
  const market: Market = {
    valuationDate: "2026-11-23",
    dayCount: "act/365f",
    underlyings: new Map([["X", underlying]]),
  };
  const trade: Trade = {
    id: reference.id,
    book: "",
    underlying: "X",
    product: reference.product,
    quantity: "1",
    payoff: payoffOf(reference),
    tags: {},
    where: {},
  };
  const { results, failures } = await computeGreeks([{ kind: "trade", trade }], market, options);
  expect(failures satisfies readonly Failure[]).toEqual([]);
  return results[0]!.estimates;
}

export interface Bounds {
  readonly options: RunOptions;
  /** The size of a Greek's standard error that is allowed, as a share of `scale`. */
  readonly largestError: number;
  /** The natural size of a case's Greek, which does not vanish where the Greek does. */
  readonly scale: (greek: string, reference: ReferenceCase) => number;
  readonly greeks: readonly string[];
}

/** Every listed Greek of every case: within five standard errors of the truth, and the error itself small enough. */
export function describeReference(title: string, cases: readonly ReferenceCase[], bounds: Bounds): void {
  describe(title, () => {
    test.each(cases.map((reference) => [reference.id, reference] as const))("%s", async (_, reference) => {
      const wanted = bounds.greeks.filter((greek) => reference.values[greek] !== undefined);
      const estimates = await valueCase(reference, { ...bounds.options, greeks: wanted });
      expect(estimates.map(({ greek }) => greek)).toEqual(wanted);
      for (const { greek, value, standardError, status, paths } of estimates) {
        const truth = reference.values[greek]!;
        const label = `${greek} ${value} ± ${standardError}, truth ${truth}, ${JSON.stringify(reference.params)}`;
        const size = bounds.scale(greek, reference);
        // Rounding, where the controls explain the payoff entirely; and where the program flags that paths on the far side
        // of a strike were too rare to be seen, what an event is worth that goes unseen as seldom as five standard errors happen.
        const unseen = (status === "flagged" ? 15 / paths : 1e-12) * size;
        expect(Math.abs(value - truth), label).toBeLessThanOrEqual(5 * standardError + unseen);
        expect(standardError, label).toBeLessThanOrEqual(bounds.largestError * size);
      }
    });
  });
}
