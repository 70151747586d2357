// Writes an example book as CSV: node scripts/make-book.mjs [rows] [seed] > data/book-1000.csv
// The same rows and seed give the same bytes; a longer book begins with the shorter one.
// Trades share a few schedules (expiry × observation count), as in real books, so that they share simulations.

import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import seedrandom from "seedrandom";

/** The spots of data/market.json, so that strikes are near the money. */
const spots = { SPX: 5950, NOVA: 100, ACME: 230, SX5E: 4900 };
const expiries = ["2027-02-23", "2027-05-24", "2027-08-23", "2027-11-23", "2028-11-23"];
const observationCounts = [4, 12, 52];
const columns = [
  "trade_id",
  "book",
  "underlying",
  "product",
  "quantity",
  "expiry",
  "right",
  "strike",
  "cash",
  "trigger",
  "barrier",
  "barrier_type",
  "lower",
  "upper",
  "observations",
  "average",
  "payoff",
  "trader",
];

/** The terms of a trade by product, at random around `spot`. */
const products = {
  forward: ({ level }) => ({ strike: level(0.95, 1.05) }),
  vanilla: ({ level, right }) => ({ right, strike: level(0.8, 1.2) }),
  digital: ({ level, right }) => ({ right, strike: level(0.85, 1.15), cash: 10 }),
  "asset-digital": ({ level, right }) => ({ right, strike: level(0.85, 1.15) }),
  gap: ({ level, right }) => ({ right, strike: level(0.95, 1.05), trigger: level(0.9, 1.1) }),
  "range-digital": ({ level }) => ({ lower: level(0.8, 0.95), upper: level(1.05, 1.2), cash: 10 }),
  asian: ({ level, right, pick }) => ({
    right,
    strike: level(0.85, 1.15),
    observations: pick(observationCounts),
    average: pick(["arithmetic", "geometric"]),
  }),
  barrier: ({ level, right, pick }) => {
    const type = pick(["up-and-out", "up-and-in", "down-and-out", "down-and-in"]);
    return {
      right,
      strike: level(0.9, 1.1),
      barrier: type.startsWith("up") ? level(1.15, 1.4) : level(0.6, 0.85),
      barrier_type: type,
      observations: pick(observationCounts),
    };
  },
  custom: ({ level, pick }) => ({
    observations: pick(observationCounts),
    payoff: `"max(S(T) - ${level(0.9, 1.1)}, 0) * (max(S) < ${level(1.2, 1.5)})"`,
  }),
};

const [rows = "1000", seed = "example book"] = process.argv.slice(2);
if (!/^[1-9]\d*$/.test(rows)) {
  process.stderr.write(`rows must be a positive integer, got ${rows}\n`);
  process.exit(2);
}
try {
  await pipeline(Readable.from(csv(Number(rows), seedrandom(seed))), process.stdout);
} catch (error) {
  // The reader has seen enough (`| head`).
  if (error.code !== "EPIPE") throw error;
}

function* csv(count, random) {
  yield `${columns.join(",")}\n`;
  for (let i = 1; i <= count; i++) {
    const trade = makeTrade(i, random);
    yield `${columns.map((column) => trade[column] ?? "").join(",")}\n`;
  }
}

function makeTrade(number, random) {
  const pick = (choices) => choices[Math.floor(random() * choices.length)];
  const underlying = pick(Object.keys(spots));
  const product = pick(Object.keys(products));
  const level = (low, high) => (spots[underlying] * (low + (high - low) * random())).toFixed(2);
  return {
    trade_id: `T${String(number).padStart(7, "0")}`,
    book: pick(["index", "exotics", "structured"]),
    underlying,
    product,
    quantity: pick([-1, 1]) * pick([1, 5, 10, 50, 100, 250]),
    expiry: pick(expiries),
    trader: pick(["ana", "ben", "cho", "dee"]),
    ...products[product]({ level, pick, right: pick(["call", "put"]) }),
  };
}
