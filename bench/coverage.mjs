// How often 95 % intervals contain the truth, with default settings. After `npm run build`:
// node bench/coverage.mjs [--seeds 400] [--paths 65536] [--model BS]     a case of every product of test/reference whose model has
//                                                                        no bias, against its value
// node bench/coverage.mjs --book data/structured.csv                     every trade of a book, against its mean over the seeds:
//                                                                        whose error is 1/√seeds of an error bar
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { openThreads } from "../dist/executors/threads.js";
import { computeGreeks, dynamics, products, readMarket, readPortfolio } from "../dist/index.js";
import { bookOf, isTrade } from "../test/reference/as-trade.mjs";
import { readEveryCase } from "../test/reference/cases.mjs";

const { values: options } = parseArgs({
  options: {
    seeds: { type: "string", default: "400" },
    paths: { type: "string", default: "65536" },
    model: { type: "string", default: "BS" },
    book: { type: "string" },
    market: { type: "string", default: "data/market.json" },
  },
});
const [seeds, paths] = [Number(options.seeds), Number(options.paths)];
const greeks = ["delta", "gamma", "vega"];
/** A reference says nothing where it is not sharper than the estimate by so much. */
const SHARPER = 10;

/** What is valued, and what is known of it: a name and, of a Greek, its value and that value's error. */
const { items, market, known } = options.book === undefined ? references() : await book(options.book);

function references() {
  const firsts = new Map();
  for (const reference of readEveryCase())
    if (reference.model === options.model && isTrade(reference) && !firsts.has(reference.product))
      firsts.set(reference.product, reference);
  const cases = [...firsts.values()];
  const known = cases.map(({ product, values, uncertainties }) => ({
    name: product,
    truth: (greek) => ({ value: values[greek], uncertainty: uncertainties[greek] }),
  }));
  return { ...bookOf(cases, products), known };
}

async function book(file) {
  const { market } = readMarket(readFileSync(options.market, "utf8"), {
    dynamics,
    models(name) {
      const file = `models/${name}.json`;
      return { text: readFileSync(file, "utf8"), file };
    },
  });
  const items = [];
  const { valuationDate, underlyings } = market;
  for await (const item of readPortfolio(readFileSync(file, "utf8"), {
    valuationDate,
    underlyings,
    products,
  }))
    items.push(item);
  const known = items.map(({ trade }) => ({
    name: `${trade.id} ${trade.product}`,
    truth: (_greek, own) => ({ value: mean(own.map(({ value }) => value)), uncertainty: 0 }),
  }));
  return { items, market, known };
}

/** Of every trade and Greek the estimates, seed by seed. */
const found = known.map(() => new Map(greeks.map((greek) => [greek, []])));
const executor = openThreads(availableParallelism());
for (let seed = 0; seed < seeds; seed++) {
  const { results } = await computeGreeks(
    items,
    market,
    { greeks, paths, seed: `coverage ${seed}` },
    executor,
  );
  for (const [t, { estimates }] of results.entries())
    for (const estimate of estimates) found[t].get(estimate.greek).push(estimate);
  if (process.stderr.isTTY) process.stderr.write(`\r${seed + 1} of ${seeds} seeds`);
}
await executor.close();

const counts = new Map();
for (const [t, { name, truth }] of known.entries())
  for (const [greek, estimates] of found[t]) {
    const { value: exact, uncertainty } = truth(greek, estimates);
    for (const { low, high, standardError, value } of estimates) {
      // What is exact is off by rounding alone.
      const isRounding = exact === 0 || standardError <= 1e-10 * Math.abs(value);
      if (exact === undefined || isRounding || uncertainty * SHARPER > standardError) continue;
      const key = `${name} ${greek}`;
      const { hits, trials } = counts.get(key) ?? { hits: 0, trials: 0 };
      counts.set(key, { hits: hits + (low <= exact && exact <= high ? 1 : 0), trials: trials + 1 });
    }
  }

function mean(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

const share = ({ hits, trials }) => `${((100 * hits) / trials).toFixed(2)} % of ${trials}`;
const lines = [...counts].sort(([, a], [, b]) => a.hits / a.trials - b.hits / b.trials);
console.log(`coverage of 95 % intervals, ${options.book ?? options.model}, ${paths} paths, ${seeds} seeds\n`);
for (const [key, count] of lines) console.log(`${share(count)}  ${key}`);
const all = lines.reduce(
  (sum, [, { hits, trials }]) => ({ hits: sum.hits + hits, trials: sum.trials + trials }),
  {
    hits: 0,
    trials: 0,
  },
);
console.log(`\n${share(all)} together, ${lines.length} numbers`);
