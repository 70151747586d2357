// Markets and books that the sections of the bench share: one underlying, one set of parameters per model.
import { computeGreeks, dynamics, products, readMarket, readPortfolio } from "../dist/index.js";

export const SPOT = 100;
const heston = { v0: 0.04, kappa: 1.5, theta: 0.04, xi: 0.5, rho: -0.7 };

/** The models by name; `step` is the longest of the variance path, in years. */
export const models = {
  "black-scholes": () => ({ dynamics: "black-scholes", parameters: { volatility: 0.2 } }),
  heston: (step = 0.5) => ({ dynamics: "heston", parameters: { ...heston, step } }),
  "heston-qe": (step = 0.1) => ({ dynamics: "heston-qe", parameters: { ...heston, step } }),
};

export function marketOf(model) {
  const text = JSON.stringify({
    valuationDate: "2026-01-01",
    dayCount: "act/365f",
    underlyings: { X: { spot: SPOT, currency: "USD", rate: 0.03, dividendYield: 0.01, model } },
  });
  const { market, failures } = readMarket(text, { dynamics });
  if (market === undefined) throw new Error(JSON.stringify(failures));
  return market;
}

const columns = ["product", "expiry", "right", "strike", "cash", "barrier", "barrier_type", "observations"];

/** A book of one underlying from records of terms; trades without an expiry end in a year. */
export async function bookOf(trades, market) {
  const rows = trades.map((terms, i) =>
    [`T${i}`, "X", 1, ...columns.map((column) => ({ expiry: 1, ...terms })[column] ?? "")].join(","),
  );
  const text = [["trade_id", "underlying", "quantity", ...columns].join(","), ...rows].join("\n");
  const { valuationDate, underlyings } = market;
  const items = [];
  for await (const item of readPortfolio(text, { valuationDate, underlyings, products })) items.push(item);
  return items;
}

export const digital = (strike = 100) => ({ product: "digital", right: "call", strike, cash: 1 });
export const asian = (observations = 12) => ({ product: "asian", right: "call", strike: 100, observations });
export const upAndOut = (observations = 12) => ({
  product: "barrier",
  right: "call",
  strike: 100,
  barrier: 130,
  barrier_type: "up-and-out",
  observations,
});

/** Digitals with strikes spread from 80 to 120. */
export const digitals = (count) =>
  Array.from({ length: count }, (_, i) => digital(Number((80 + (40 * (i + 0.5)) / count).toFixed(6))));

/** Values a book as a user would; throws when a trade cannot be valued. */
export async function value(book, market, options, executor) {
  const answer = await computeGreeks(book, market, { seed: "bench", ...options }, executor);
  if (answer.failures.length > 0) throw new Error(answer.failures[0].message);
  return answer;
}
