import { beforeAll, describe, expect, test } from "vitest";
import {
  computeGreeks,
  type Market,
  type PortfolioItem,
  products,
  type RunOptions,
  type Trade,
  type Underlying,
} from "../../src/index.js";
import type { ReferenceCase } from "../reference/read.js";
import { naturalSize, unseenSize } from "./natural-size.js";

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
  ...Object.fromEntries(
    ["up", "down"].flatMap((side) =>
      ["out", "in"].flatMap((event) =>
        ["call", "put"].map((right) => [
          `barrier_${side}_${event}_${right}`,
          ({ K, H }: Readonly<Record<string, number>>) =>
            [
              "barrier",
              { ...always, right, strike: K, barrier: H, barrier_type: `${side}-and-${event}`, rebate: 0 },
            ] as [string, Record<string, unknown>],
        ]),
      ),
    ),
  ),
  notouch_up: ({ H }) => ["no-touch", { ...always, barrier: H, barrier_type: "up", cash: 1 }],
  notouch_down: ({ H }) => ["no-touch", { ...always, barrier: H, barrier_type: "down", cash: 1 }],
  onetouch_expiry_up: ({ H }) => ["touch", touch(H!, "up", "at-expiry")],
  onetouch_expiry_down: ({ H }) => ["touch", touch(H!, "down", "at-expiry")],
  onetouch_hit_up: ({ H }) => ["touch", touch(H!, "up", "at-hit")],
  onetouch_hit_down: ({ H }) => ["touch", touch(H!, "down", "at-hit")],
  double_notouch: ({ L, U }) => ["double-no-touch", { ...always, lower: L, upper: U, cash: 1 }],
  double_knockout_call: (params) => ["double-barrier", knockOut("call", params)],
  double_knockout_put: (params) => ["double-barrier", knockOut("put", params)],
  lookback_fixed_call: (params) => ["lookback", lookback("call", "fixed", params)],
  lookback_fixed_put: (params) => ["lookback", lookback("put", "fixed", params)],
  lookback_float_call: (params) => ["lookback", lookback("call", "floating", params)],
  lookback_float_put: (params) => ["lookback", lookback("put", "floating", params)],
  autocall_snowball: (params) => ["autocall", note(params)],
  autocall_phoenix: (params) => [
    "phoenix",
    { ...note(params), coupon_barrier: params.coupon_barrier, memory: "no" },
  ],
};

const always = { observations: "continuous" };
const touch = (barrier: number, barrier_type: string, pays: string) => ({
  ...always,
  ...{ barrier, barrier_type, pays, cash: 1 },
});
const knockOut = (right: string, { K, L, U }: Readonly<Record<string, number>>) => ({
  ...always,
  ...{ right, strike: K, lower: L, upper: U, barrier_type: "knock-out", rebate: 0 },
});
const lookback = (right: string, strike_type: string, params: Readonly<Record<string, number>>) => ({
  ...always,
  ...{ right, strike_type, strike: params.K ?? 0 },
  running_extreme: params.running_max ?? params.running_min ?? 0,
});
const note = (params: Readonly<Record<string, number>>) => ({
  notional: params.notional,
  coupon: params.coupon,
  reference: params.S_ref,
  autocall_barrier: params.autocall_barrier,
  protection_barrier: params.protection_barrier,
  observations: dates(params),
});
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

const pick = (params: Readonly<Record<string, number>>, ...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, params[name]!]));
const hestonNames = ["v0", "kappa", "theta", "xi", "rho"];
const jumpNames = ["lambda", "mu_j", "delta_j"];

/** How a model of the reference files is named, and its parameters. */
const models: Readonly<
  Record<
    string,
    (params: Readonly<Record<string, number>>) => { dynamics: string; parameters: Record<string, number> }
  >
> = {
  BS: ({ sigma }) => ({ dynamics: "black-scholes", parameters: { volatility: sigma! } }),
  Heston: (params) => ({ dynamics: "heston", parameters: pick(params, ...hestonNames) }),
  Merton: (params) => ({
    dynamics: "merton",
    parameters: { volatility: params.sigma!, ...pick(params, ...jumpNames) },
  }),
  Bates: (params) => ({ dynamics: "bates", parameters: pick(params, ...hestonNames, ...jumpNames) }),
  VG: (params) => ({
    dynamics: "variance-gamma",
    parameters: pick(params, "sigma", "nu", "theta"),
  }),
};

/** The underlying a case describes; cases with the same one share it, and so their simulation. */
function underlyingOf({ model, params }: ReferenceCase): Underlying {
  const { S, r, q } = params;
  const { dynamics, parameters } = models[model]!(params);
  return {
    name: JSON.stringify([dynamics, S, r, q, parameters]),
    spot: S!,
    currency: "USD",
    rate: r!,
    dividendYield: q!,
    model: { name: dynamics, dynamics, parameters },
  };
}

/** Values all cases as one book; estimates by case and Greek. */
export async function valueCases(cases: readonly ReferenceCase[], options: RunOptions) {
  const underlyings = new Map(cases.map(underlyingOf).map((underlying) => [underlying.name, underlying]));
  const market: Market = { valuationDate: "2026-11-23", dayCount: "act/365f", underlyings };
  const items = cases.map((reference): PortfolioItem => {
    const trade: Trade = {
      id: reference.id,
      book: "",
      underlying: underlyingOf(reference).name,
      product: reference.product,
      quantity: "1",
      payoff: payoffOf(reference),
      tags: {},
      where: {},
    };
    return { kind: "trade", trade };
  });
  const { results, failures } = await computeGreeks(items, market, {
    estimator: "likelihood-ratio",
    ...options,
  });
  expect(failures).toEqual([]);
  return new Map(
    results.map(({ trade, estimates }) => [
      trade.id,
      new Map(estimates.map((estimate) => [estimate.greek, estimate])),
    ]),
  );
}

export interface Bounds {
  readonly options: RunOptions;
  readonly greeks: readonly string[];
  /** The size of a Greek's standard error that is allowed, as a share of its natural size. */
  readonly largestError: number;
}

/** Every listed Greek of every case: within five standard errors of the truth, and the error itself small enough. */
export function describeReference(title: string, cases: readonly ReferenceCase[], bounds: Bounds): void {
  describe(title, () => {
    let estimates: Awaited<ReturnType<typeof valueCases>>;
    beforeAll(async () => {
      estimates = await valueCases(cases, { ...bounds.options, greeks: bounds.greeks });
    }, 300_000);

    test.each(cases.map((reference) => [reference.id, reference] as const))("%s", (id, reference) => {
      const truths = bounds.greeks.filter((greek) => reference.values[greek] !== undefined);
      expect(truths).not.toEqual([]);
      for (const greek of truths) {
        const { value, standardError, status, paths } = estimates.get(id)!.get(greek)!;
        const truth = reference.values[greek]!;
        const label = `${greek} ${value} ± ${standardError}, truth ${truth}, ${JSON.stringify(reference.params)}`;
        const size = naturalSize(greek, reference);
        // Where the program flags that paths beyond a strike were too rare to be seen, an unseen event may be missing; else
        // only rounding is, where the controls explain the payoff entirely.
        const missing = status === "flagged" ? unseenSize(greek, reference, paths) : 1e-12 * size;
        expect(Math.abs(value - truth), label).toBeLessThanOrEqual(5 * standardError + missing);
        expect(standardError, label).toBeLessThanOrEqual(bounds.largestError * size);
      }
    });
  });
}
