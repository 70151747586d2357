import fc from "fast-check";
import { expect, test } from "vitest";
import { type MarketOptions, readMarket } from "../../src/market/read-market.js";
import { describeFailure } from "../../src/numerics/failure.js";
import type { NumberTable } from "../../src/numerics/terms.js";

const volatility = {
  kind: "number",
  meaning: "volatility",
  unit: "per square root of a year",
  above: 0,
} as const;
const variance = { kind: "number", meaning: "variance", unit: "per year", above: 0 } as const;
const heston: NumberTable = {
  v0: variance,
  theta: variance,
  rho: { kind: "number", meaning: "correlation", unit: "none", atLeast: -1, atMost: 1 },
  kappa: { kind: "number", meaning: "mean reversion", unit: "per year", above: 0, default: 2 },
};
const dynamics = { "black-scholes": { parameters: { volatility } }, heston: { parameters: heston } };

const acme = {
  spot: 230,
  currency: "USD",
  rate: 0.043,
  dividendYield: 0.004,
  model: { dynamics: "black-scholes", parameters: { volatility: 0.28 } },
};
const good = { valuationDate: "2026-11-23", dayCount: "act/365f", underlyings: { ACME: acme } };

function read(market: unknown, options: Partial<MarketOptions> = {}) {
  const text = typeof market === "string" ? market : JSON.stringify(market, null, 2);
  return readMarket(text, { file: "market.json", dynamics, ...options });
}

/** The faults of a market as a user sees them, with the reason in front. */
function faults(market: unknown, options?: Partial<MarketOptions>): string[] {
  return read(market, options).failures.map((failure) => `${failure.reason}: ${describeFailure(failure)}`);
}

test("a valid market is read with its inline model named after the dynamics", () => {
  const { market, failures, unusable } = read(good);
  expect(failures).toEqual([]);
  expect(unusable.size).toBe(0);
  expect(market?.valuationDate).toBe("2026-11-23");
  expect(market?.underlyings.get("ACME")).toEqual({
    name: "ACME",
    ...acme,
    model: { name: "black-scholes", dynamics: "black-scholes", parameters: { volatility: 0.28 } },
  });
});

test("a byte order mark and Windows line ends are tolerated, and lines are still counted right", () => {
  const text = `\uFEFF${JSON.stringify({ ...good, dayCount: "30/360" }, null, 2).replaceAll("\n", "\r\n")}`;
  expect(faults(text)).toEqual([
    'unsupported: market.json line 3, column 15: dayCount must be "act/365f", got "30/360"',
  ]);
});

test.each([
  ["", "line 1, column 1: the file must be strict JSON: value expected, got its end"],
  ['{ "a": 1, // c\n}', 'line 1, column 11: the file must be strict JSON: invalid comment token, got "// c"'],
  ['{\n  "a": 1,\n}', 'line 3, column 1: the file must be strict JSON: property name expected, got "}"'],
  ['{ "a": NaN }', 'line 1, column 8: the file must be strict JSON: invalid symbol, got "NaN"'],
  ["{} {}", 'line 1, column 4: the file must be strict JSON: end of file expected, got "{"'],
])("%j is refused: the file must be strict JSON", (text, message) => {
  expect(faults(text)).toEqual([`parsing: market.json ${message}`]);
});

test("a file nested a hundred thousand levels deep is refused instead of overflowing the stack", () => {
  expect(faults("[".repeat(100_000))).toEqual([
    "parsing: market.json line 1, column 1: the file is nested too deeply",
  ]);
});

test.each([
  [[], "invalid: market.json line 1, column 1: the market must be an object, got a list"],
  [
    { ...good, valuationDate: "2026-02-30" },
    'invalid: market.json line 2, column 20: valuationDate must be a calendar date written "2026-11-23", got "2026-02-30"',
  ],
  [
    { ...good, valuationDate: 20261123 },
    "invalid: market.json line 2, column 20: valuationDate must be a text, got 20261123",
  ],
  [
    { ...good, dayCount: undefined },
    'missing-data: market.json line 1, column 1: the market must have the key "dayCount"',
  ],
  [
    { ...good, underlyings: {} },
    "missing-data: market.json line 4, column 18: underlyings must name at least one underlying",
  ],
  [
    { ...good, underlying: {} },
    'invalid: market.json line 18, column 3: the market has no key "underlying"; did you mean "underlyings"?',
  ],
])("a fault of the whole leaves no market: case %#", (market, message) => {
  const reading = read(market);
  expect(reading.market).toBeUndefined();
  expect(faults(market)).toEqual([message]);
});

test("a key that is there twice is refused at its second place", () => {
  const text = '{ "dayCount": "act/365f",\n  "dayCount": "act/365f" }';
  expect(faults(text)[0]).toBe(
    'invalid: market.json line 2, column 3: the market must have each key once, got "dayCount" again',
  );
});

test.each([
  [{ spot: 0 }, "line 6, column 15: spot must be > 0, got 0", "invalid"],
  [{ spot: "230" }, 'line 6, column 15: spot must be a number, got "230"', "invalid"],
  [{ spot: null }, "line 6, column 15: spot must be a number, got null", "invalid"],
  [{ rate: 4.3 }, "line 8, column 15: rate must be >= -1 and <= 1, got 4.3", "invalid"],
  [
    { currency: "usd" },
    'line 7, column 19: currency must be three capital letters (USD), got "usd"',
    "invalid",
  ],
  [
    { dividendYield: undefined },
    'line 5, column 13: underlying ACME must have the key "dividendYield"',
    "missing-data",
  ],
  [
    { dividendyield: 0.01 },
    'line 16, column 7: underlying ACME has no key "dividendyield"; did you mean "dividendYield"?',
    "invalid",
  ],
  [{ model: 3 }, "line 10, column 16: model must be a text, got 3", "invalid"],
  [
    { model: { dynamics: "heston", parameters: { v0: 0.04, theta: 0.04, rho: -1.2 } } },
    "line 15, column 18: rho must be >= -1 and <= 1, got -1.2",
    "invalid",
  ],
  [
    { model: { dynamics: "black-scholes", parameters: { volatility: 0 } } },
    "line 13, column 25: volatility must be > 0, got 0",
    "invalid",
  ],
  [
    { model: { dynamics: "black-scholes", parameters: {} } },
    'line 12, column 23: parameters must have the key "volatility"',
    "missing-data",
  ],
  [
    { model: { dynamics: "black-scholes", parameters: { volatility: 0.2, vol: 0.2 } } },
    'line 14, column 11: parameters has no key "vol"; it may have volatility',
    "invalid",
  ],
  [
    { model: { dynamics: "hestn", parameters: {} } },
    'line 11, column 21: dynamics must be one of black-scholes, heston, got "hestn"; did you mean "heston"?',
    "invalid",
  ],
  [
    { model: { dynamics: "toString", parameters: {} } },
    'line 11, column 21: dynamics must be one of black-scholes, heston, got "toString"',
    "invalid",
  ],
])("a fault in an underlying leaves it out and keeps the others: %j", (change, message, reason) => {
  const market = { ...good, underlyings: { ACME: { ...acme, ...change }, OTHER: acme } };
  const reading = read(market);
  expect(faults(market)).toEqual([`${reason}: market.json ${message}`]);
  expect([...(reading.market?.underlyings.keys() ?? [])]).toEqual(["OTHER"]);
  expect(reading.unusable.get("ACME")).toBe(`market.json ${message}`);
});

test("a number too large for a double is refused", () => {
  const text = JSON.stringify(good).replace("230", "1e999");
  expect(faults(text)[0]).toMatch(/spot must be > 0, got Infinity$/);
});

test("a name with a semicolon cannot be an underlying, because it separates names in the portfolio", () => {
  const { unusable } = read({ ...good, underlyings: { "A;B": acme } });
  expect(unusable.get("A;B")).toMatch(/must be a text without ";" and without spaces around it, got "A;B"$/);
});

const modelText = (parameters: object) =>
  JSON.stringify({ dynamics: "heston", parameters, source: "a paper" }, null, 2);
const named = { ...good, underlyings: { SPX: { ...acme, model: "spx" }, ACME: acme } };

test("a named model comes from its file, with defaults filled in and the source kept", () => {
  const models = () => ({ file: "models/spx.json", text: modelText({ v0: 0.04, theta: 0.05, rho: -0.6 }) });
  const { market, failures } = read(named, { models });
  expect(failures).toEqual([]);
  expect(market?.underlyings.get("SPX")?.model).toEqual({
    name: "spx",
    dynamics: "heston",
    parameters: { v0: 0.04, theta: 0.05, rho: -0.6, kappa: 2 },
    source: "a paper",
  });
});

test("a fault in a model file is told with that file's name, line and column, and once however many use it", () => {
  const market = { ...named, underlyings: { ...named.underlyings, NDX: { ...acme, model: "spx" } } };
  const models = () => ({ file: "models/spx.json", text: modelText({ v0: -1, theta: 0.05, rho: -0.6 }) });
  const fault = "models/spx.json line 4, column 11: v0 must be > 0, got -1";
  expect(faults(market, { models })).toEqual([
    `invalid: market.json line 10, column 16: model spx is not usable: ${fault}`,
    `invalid: market.json line 29, column 16: model spx is not usable: ${fault}`,
    `invalid: ${fault}`,
  ]);
  expect([...(read(market, { models }).market?.underlyings.keys() ?? [])]).toEqual(["ACME"]);
});

test("an unknown key of a model file is refused", () => {
  const text = '{ "dynamics": "heston",\n  "sorce": "", "parameters": { "v0": 1, "theta": 1, "rho": 0 } }';
  expect(faults(named, { models: () => ({ file: "spx.json", text }) }).at(-1)).toBe(
    'invalid: spx.json line 2, column 3: model has no key "sorce"; did you mean "source"?',
  );
});

test("a model that has no file is missing data, and the message lists the models there are", () => {
  expect(faults(named, { models: () => undefined, modelNames: ["mild", "flat"] })).toEqual([
    'missing-data: market.json line 10, column 16: there is no model file for "spx"; there are mild, flat',
  ]);
});

test("a model name cannot lead out of the models folder", () => {
  const market = { ...good, underlyings: { ACME: { ...acme, model: "../secret" } } };
  const models = () => {
    throw new Error("must not be asked for");
  };
  expect(faults(market, { models })[0]).toMatch(
    /letters, digits, dots, dashes and underscores, got "..\/secret"$/,
  );
});

test("no text makes the reader throw, and every fault has a place", () => {
  const nearMarket = fc
    .tuple(fc.nat(400), fc.string({ maxLength: 3 }))
    .map(
      ([at, text]) => JSON.stringify(good).slice(0, at) + text + JSON.stringify(good).slice(at + text.length),
    );
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), nearMarket), (text) => {
      const { market, failures } = read(text);
      if (market === undefined) expect(failures.length).toBeGreaterThan(0);
      for (const { where } of failures) expect(where?.line).toBeGreaterThan(0);
    }),
    { numRuns: 500, seed: 20261123 },
  );
});
