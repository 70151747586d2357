// What `auto` costs against the best estimator alone: variance × CPU time of each, trials included, Greek by Greek over the
// reference cases; of products that look at one date under a model, the first cases. After `npm run build`:
// node bench/choice.mjs [--paths 65536] [--only text of an id] [--all]
import { parseArgs } from "node:util";
import { computeGreeks, products } from "../dist/index.js";
import { bookOf, isTrade } from "../test/reference/as-trade.mjs";
import { readEveryCase } from "../test/reference/cases.mjs";

const { values: options } = parseArgs({
  options: {
    paths: { type: "string", default: "65536" },
    only: { type: "string", default: "" },
    all: { type: "boolean", default: false },
  },
});
const paths = Number(options.paths);
const greeks = ["delta", "gamma", "vega"];
const singles = ["conditional", "likelihood-ratio", "stencil", "pathwise", "mixed"];
/** CPU times vary on a machine that others use: the least of so many counts, after one that warms up. */
const REPEATS = 4;
/** Cases of a product that looks at one date. */
const FEW = 2;
/** A variance of 64 batches is known to 18 %: what is found above this is found anew, as the mean over other seeds. */
const IN_DOUBT = 1.1;
const OTHER_SEEDS = Array.from({ length: 12 }, (_, i) => `anew ${i}`);

const counts = new Map();
const cases = readEveryCase().filter(({ id, model, product, params }) => {
  if (!isTrade({ model, product, params }) || !id.includes(options.only)) return false;
  const isShort = /^(call|put|digital_|asset_|gap_|forward)/.test(product);
  const key = `${model} ${product}`;
  counts.set(key, (counts.get(key) ?? 0) + 1);
  return !isShort || counts.get(key) <= FEW;
});

/** Of one Greek by every estimator that has it, in turns, as other work comes and goes: variance, averaged over the seeds, × time. */
async function runAll(reference, greek, seeds = ["choice"]) {
  const { items, market } = bookOf([reference], products);
  const runs = ["auto", ...singles].map((estimator) => ({ estimator, seconds: Infinity, variance: 0 }));
  for (const [n, seed] of seeds.entries()) {
    // Every seed is a repeat; the first time warms up.
    for (let repeat = n === 0 ? -1 : 0; repeat < Math.ceil(REPEATS / seeds.length); repeat++) {
      for (const run of runs) {
        if (run.own === null) continue;
        const start = process.cpuUsage();
        const request = { paths, greeks: [greek], estimator: run.estimator, seed };
        const { results } = await computeGreeks(items, market, request);
        const { user, system } = process.cpuUsage(start);
        run.own = results[0]?.estimates.find((estimate) => estimate.greek === greek) ?? null;
        if (repeat < 0) continue;
        run.seconds = Math.min(run.seconds, (user + system) / 1e6);
        if (repeat === 0 && run.own !== null) run.variance += run.own.standardError ** 2 / seeds.length;
      }
    }
  }
  return runs.map(({ own, seconds, variance }) =>
    own === null ? null : { estimator: own.estimator, gain: own.gain, seconds, work: variance * seconds },
  );
}

/** Auto's work over the best's alone; null where what is exact leaves nothing to compare. */
function compare([auto, ...others]) {
  const able = others.filter((own) => own !== null);
  const best = able.reduce((least, own) => (own.work < least.work ? own : least));
  if (auto === null || best.work < 1e-24) return null;
  // Without a trial it is the very run of the best alone: what their times differ by says nothing of the choice.
  const isSame = auto.gain === null && auto.estimator === best.estimator;
  return { auto, able, best, ratio: isSame ? 1 : auto.work / best.work };
}

// What is compiled first is slow for all.
await runAll(cases.at(-1), greeks[0]);
const ratios = [];
for (const reference of cases) {
  for (const greek of greeks) {
    let found = compare(await runAll(reference, greek));
    if (found === null) continue;
    if (found.ratio > IN_DOUBT) found = compare(await runAll(reference, greek, OTHER_SEEDS));
    const { auto, able, best, ratio } = found;
    ratios.push({ name: `${reference.id} ${greek}`, ratio, auto, best });
    if (options.all)
      console.log(
        `${ratio.toFixed(2)} ${reference.id} ${greek} ${auto.estimator} ${(1e3 * auto.seconds).toFixed(0)} ms;`,
        able
          .map(
            (own) =>
              `${own.estimator} ${(own.work / best.work).toFixed(2)} (${(1e3 * own.seconds).toFixed(0)})`,
          )
          .join(", "),
      );
  }
}
ratios.sort((a, b) => a.ratio - b.ratio);
const at = (share) =>
  ratios[Math.min(ratios.length - 1, Math.floor(share * ratios.length))].ratio.toPrecision(3);
const mean = Math.exp(ratios.reduce((sum, { ratio }) => sum + Math.log(ratio), 0) / ratios.length);
console.log(`variance × CPU of auto over the best alone, ${ratios.length} numbers, ${paths} paths`);
console.log(`geometric mean ${mean.toPrecision(3)}, median ${at(0.5)}, 90 % ${at(0.9)}, worst ${at(1)}`);
for (const { name, ratio, auto, best } of ratios.slice(-5))
  console.log(`  ${ratio.toPrecision(3)} ${name}: ${auto.estimator} for ${best.estimator}`);
