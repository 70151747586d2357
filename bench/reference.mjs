// Every case of test/reference, valued as a user would, against its value: per model, product and Greek the worst z (error over
// √(standard error² + uncertainty² of the reference)), the standard error and the flags. After `npm run build`:
// npm run reference -- [--estimator auto] [--sampler sobol] [--paths 65536] [--seed reference] [--model Heston]
// Ends with 1 when a number is more than five of those deviations off without a word.
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { openThreads } from "../dist/executors/threads.js";
import { computeGreeks, products } from "../dist/index.js";
import { bookOf, isTrade } from "../test/reference/as-trade.mjs";
import { readEveryCase } from "../test/reference/cases.mjs";

const FARTHEST = 5;
const text = (fallback) => ({ type: "string", default: fallback });
const { values: options } = parseArgs({
  options: {
    ...{ estimator: text("auto"), sampler: text("sobol"), paths: text("65536"), seed: text("reference") },
    model: { type: "string" },
  },
});

/** The lists of those with the same key, in the order of their first. */
function grouped(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    if (groups.has(key)) groups.get(key).push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** Every number of the cases, with its estimate or the reason why there is none. */
async function value(cases, executor) {
  const run = { ...options, paths: Number(options.paths) };
  const numbers = cases
    .filter((reference) => !isTrade(reference))
    .flatMap((reference) => missingOf(reference, Object.keys(reference.values), () => "no such product yet"));
  // A Greek is asked only of the cases that have it.
  const books = grouped(cases.filter(isTrade), ({ model, values }) => [model, ...Object.keys(values)].join());
  for (const book of books.values()) {
    const { items, market } = bookOf(book, products);
    const greeks = Object.keys(book[0].values);
    const { results, failures } = await computeGreeks(items, market, { ...run, greeks }, executor);
    const valued = new Map(results.map(({ trade, estimates }) => [trade.id, estimates]));
    for (const reference of book) {
      const estimates = valued.get(reference.id) ?? [];
      const reasons = failures
        .filter(({ tradeId }) => tradeId === reference.id)
        .map(({ message }) => message);
      const reasonOf = (greek) => reasons.find((reason) => reason.startsWith(`${greek} `)) ?? reasons[0];
      const lost = greeks.filter((greek) => !estimates.some((estimate) => estimate.greek === greek));
      numbers.push(...missingOf(reference, lost, reasonOf));
      for (const estimate of estimates) numbers.push(compared(reference, estimate));
    }
    process.stderr.write(`\r${numbers.length} numbers`);
  }
  process.stderr.write("\n");
  return numbers;
}

function missingOf(reference, greeks, reasonOf) {
  return greeks.map((greek) => ({ reference, greek, missing: reasonOf(greek) }));
}

/** Terms as large as the spot cancel to so much of it, where nothing else is off. */
const ROUNDING = 1e-14;

function compared(reference, estimate) {
  const { greek, value, standardError } = estimate;
  const truth = reference.values[greek];
  const off = value - truth;
  const isRounding = Math.abs(off) <= ROUNDING * reference.params.S;
  const z = isRounding ? 0 : off / Math.hypot(standardError, reference.uncertainties[greek]);
  return { reference, greek, z, estimate, truth };
}

/** A standard error of 0 makes any difference a large number of them. */
const shown = (z) => (Math.abs(z) > 999 ? `${z < 0 ? "< -" : "> "}999` : z.toFixed(1));

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

const cases = readEveryCase().filter(({ model }) => options.model === undefined || model === options.model);
const executor = openThreads(availableParallelism());
const started = performance.now();
const numbers = await value(cases, executor);
await executor.close();

console.log(
  `estimator ${options.estimator}, ${options.sampler}, ${options.paths} paths, seed ${options.seed}\n`,
);
console.log(
  "| model | product | Greek | cases | worst z | median standard error, % | flagged | estimators |",
);
console.log("| - | - | - | -: | -: | -: | -: | - |");
const valued = numbers.filter(({ missing }) => missing === undefined);
const lineOf = ({ reference, greek }) => [reference.model, reference.product, greek].join(" | ");
for (const [line, group] of grouped(valued, lineOf)) {
  const worst = group.reduce((most, { z }) => (Math.abs(z) > Math.abs(most) ? z : most), 0);
  const shares = group
    .filter(({ truth }) => truth !== 0)
    .map(({ estimate, truth }) => (100 * estimate.standardError) / Math.abs(truth));
  const error = shares.length === 0 ? "" : median(shares).toPrecision(2);
  const flagged = group.filter(({ estimate }) => estimate.status === "flagged").length;
  const estimators = [...new Set(group.map(({ estimate }) => estimate.estimator))].join(", ");
  console.log(`| ${line} | ${group.length} | ${shown(worst)} | ${error} | ${flagged} | ${estimators} |`);
}

const missing = numbers.filter(({ missing }) => missing !== undefined);
const lineOfMissing = ({ reference, missing }) => `${reference.model} ${reference.product}: ${missing}`;
if (missing.length > 0) console.log("\nNot covered:\n");
for (const [line, group] of grouped(missing, lineOfMissing))
  console.log(`- ${line} (${group.length} numbers)`);

const outside = valued.filter(({ z }) => !(Math.abs(z) <= FARTHEST));
if (outside.length > 0) console.log(`\nOutside ${FARTHEST}:\n`);
for (const { reference, greek, z, estimate, truth } of outside) {
  const { value, standardError, estimator, status } = estimate;
  const number = `${value} ± ${standardError.toPrecision(2)}, reference ${truth}, z ${shown(z)}`;
  console.log(`- ${reference.id} ${greek}: ${number} (${estimator}, ${status})`);
}
const told = outside.filter(({ estimate }) => estimate.status !== "ok").length;
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(
  `\n${valued.length} numbers in ${seconds} s, ${missing.length} not covered; ${outside.length} outside ${FARTHEST}, ${told} of them flagged or told to be biased`,
);
process.exitCode = outside.length > told ? 1 : 0;
