// How often 95 % intervals contain the truth, with default settings: a case of every product of test/reference whose model has no
// bias. node bench/coverage.mjs [seeds] [paths] [model]; after `npm run build`.
import { availableParallelism } from "node:os";
import { openThreads } from "../dist/executors/threads.js";
import { computeGreeks, products } from "../dist/index.js";
import { bookOf, isTrade } from "../test/reference/as-trade.mjs";
import { readEveryCase } from "../test/reference/cases.mjs";

const [seeds = 400, paths = 65_536] = process.argv.slice(2).map(Number);
const model = process.argv[4] ?? "BS";
const greeks = ["delta", "gamma", "vega"];
/** A reference says nothing where it is not sharper than the estimate by so much. */
const SHARPER = 10;

const firsts = new Map();
for (const reference of readEveryCase())
  if (reference.model === model && isTrade(reference) && !firsts.has(reference.product))
    firsts.set(reference.product, reference);
const cases = [...firsts.values()];
const { items, market } = bookOf(cases, products);

const counts = new Map();
const executor = openThreads(availableParallelism());
for (let seed = 0; seed < seeds; seed++) {
  const { results } = await computeGreeks(
    items,
    market,
    { greeks, paths, seed: `coverage ${seed}` },
    executor,
  );
  for (const [t, { product, values, uncertainties }] of cases.entries())
    for (const { greek, low, high, standardError, value } of results[t].estimates) {
      const truth = values[greek];
      // What is exact is off by rounding alone.
      const isRounding = truth === 0 || standardError <= 1e-10 * Math.abs(value);
      if (truth === undefined || isRounding || uncertainties[greek] * SHARPER > standardError) continue;
      const key = `${product} ${greek}`;
      const { hits, trials } = counts.get(key) ?? { hits: 0, trials: 0 };
      counts.set(key, { hits: hits + (low <= truth && truth <= high ? 1 : 0), trials: trials + 1 });
    }
  if (process.stderr.isTTY) process.stderr.write(`\r${seed + 1} of ${seeds} seeds`);
}
await executor.close();

const share = ({ hits, trials }) => `${((100 * hits) / trials).toFixed(2)} % of ${trials}`;
const lines = [...counts].sort(([, a], [, b]) => a.hits / a.trials - b.hits / b.trials);
console.log(`coverage of 95 % intervals, ${model}, ${paths} paths, ${seeds} seeds\n`);
for (const [key, count] of lines) console.log(`${share(count)}  ${key}`);
const all = lines.reduce(
  (sum, [, { hits, trials }]) => ({ hits: sum.hits + hits, trials: sum.trials + trials }),
  {
    hits: 0,
    trials: 0,
  },
);
console.log(`\n${share(all)} together, ${lines.length} numbers`);
