/**
 * How a case of the reference files is a trade: for the tests, on the sources, and for bench/reference.mjs, on the built package.
 * @typedef {import("./cases.mjs").ReferenceCase} ReferenceCase
 * @typedef {Readonly<Record<string, number>>} Params
 * @typedef {import("../../src/index.js").Underlying} Underlying
 * @typedef {import("../../src/index.js").Market} Market
 * @typedef {import("../../src/index.js").PortfolioItem} PortfolioItem
 */

/**
 * How a product of the reference files is written in a book.
 * @type {Readonly<Record<string, (params: Params) => [string, Record<string, unknown>]>>}
 */
const written = {
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
  disc_geoasian_call: (params) => ["asian", { ...fixings(params), right: "call", average: "geometric" }],
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
  // As a user would write it, with a formula.
  disc_up_out_digital_call: (params) => [
    "custom",
    { payoff: `(S(T) > ${params.K}) * (max(S) < ${params.H})`, observations: dates(params) },
  ],
  ...Object.fromEntries(
    ["up", "down"].flatMap((side) =>
      ["out", "in"].flatMap((event) =>
        ["call", "put"].flatMap((right) =>
          ["barrier", "cont"].map((kind) => [
            `${kind}_${side}_${event}_${right}`,
            ({ K, H }) => [
              "barrier",
              { ...always, right, strike: K, barrier: H, barrier_type: `${side}-and-${event}`, rebate: 0 },
            ],
          ]),
        ),
      ),
    ),
  ),
  notouch_up: ({ H }) => ["no-touch", { ...always, barrier: H, barrier_type: "up", cash: 1 }],
  notouch_down: ({ H }) => ["no-touch", { ...always, barrier: H, barrier_type: "down", cash: 1 }],
  onetouch_expiry_up: ({ H }) => ["touch", touch(H, "up", "at-expiry")],
  onetouch_expiry_down: ({ H }) => ["touch", touch(H, "down", "at-expiry")],
  onetouch_hit_up: ({ H }) => ["touch", touch(H, "up", "at-hit")],
  onetouch_hit_down: ({ H }) => ["touch", touch(H, "down", "at-hit")],
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
const touch = (barrier, barrier_type, pays) => ({
  ...always,
  ...{ barrier, barrier_type, pays, cash: 1 },
});
const knockOut = (right, { K, L, U }) => ({
  ...always,
  ...{ right, strike: K, lower: L, upper: U, barrier_type: "knock-out", rebate: 0 },
});
const lookback = (right, strike_type, params) => ({
  ...always,
  ...{ right, strike_type, strike: params.K ?? 0 },
  running_extreme: params.running_max ?? params.running_min ?? 0,
});
const note = (params) => ({
  notional: params.notional,
  coupon: params.coupon,
  reference: params.S_ref,
  autocall_barrier: params.autocall_barrier,
  protection_barrier: params.protection_barrier,
  observations: dates(params),
});
const dates = ({ n, T }) => Array.from({ length: n }, (_, i) => ((i + 1) * T) / n);
const fixings = (params) => ({
  strike: params.K,
  observations: dates(params),
});
const barrier = (params) => ({
  strike: params.K,
  barrier: params.H,
  observations: dates(params),
  rebate: 0,
});

/** @type {(params: Params, ...names: string[]) => Record<string, number>} */
const pick = (params, ...names) => Object.fromEntries(names.map((name) => [name, params[name]]));
const hestonNames = ["v0", "kappa", "theta", "xi", "rho"];
const jumpNames = ["lambda", "mu_j", "delta_j"];

/**
 * How a model of the reference files is named, and its parameters.
 * @type {Readonly<Record<string, (params: Params) => { dynamics: string, parameters: Record<string, number> }>>}
 */
const models = {
  BS: ({ sigma }) => ({ dynamics: "black-scholes", parameters: { volatility: sigma } }),
  Heston: (params) => ({ dynamics: "heston", parameters: pick(params, ...hestonNames) }),
  Merton: (params) => ({
    dynamics: "merton",
    parameters: { volatility: params.sigma, ...pick(params, ...jumpNames) },
  }),
  Bates: (params) => ({ dynamics: "bates", parameters: pick(params, ...hestonNames, ...jumpNames) }),
  VG: (params) => ({ dynamics: "variance-gamma", parameters: pick(params, "sigma", "nu", "theta") }),
};

/**
 * Whether there is a product and a model to write the case with.
 * @param {ReferenceCase} reference
 */
export function isTrade({ model, product }) {
  return model in models && product in written;
}

/**
 * The underlying a case describes; cases with the same one share it, and so their simulation.
 * @param {ReferenceCase} reference
 * @returns {Underlying}
 */
function underlyingOf({ model, params }) {
  const { S, r, q } = params;
  const { dynamics, parameters } = models[model](params);
  return {
    name: JSON.stringify([dynamics, S, r, q, parameters]),
    spot: S,
    currency: "USD",
    rate: r,
    dividendYield: q,
    model: { name: dynamics, dynamics, parameters },
  };
}

/**
 * The payoff of a case.
 * @param {ReferenceCase} reference
 * @param {typeof import("../../src/index.js").products} products
 */
export function payoffOf({ product, params }, products) {
  const [name, terms] = written[product](params);
  return products[name].payoff(/** @type {never} */ (terms), params.T);
}

/**
 * The cases as a book, each a trade of the case's name, and the market it lives in.
 * @param {readonly ReferenceCase[]} cases
 * @param {typeof import("../../src/index.js").products} products
 * @returns {{ items: PortfolioItem[], market: Market }}
 */
export function bookOf(cases, products) {
  const underlyings = new Map(cases.map(underlyingOf).map((underlying) => [underlying.name, underlying]));
  const items = cases.map((reference) => ({
    kind: /** @type {const} */ ("trade"),
    trade: {
      id: reference.id,
      book: "",
      underlying: underlyingOf(reference).name,
      product: reference.product,
      quantity: "1",
      payoff: payoffOf(reference, products),
      tags: {},
      where: {},
    },
  }));
  return { items, market: { valuationDate: "2026-11-23", dayCount: "act/365f", underlyings } };
}
