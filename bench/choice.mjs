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

const counts = new Map();
const cases = readEveryCase().filter(({ id, model, product, params }) => {
  if (!isTrade({ model, product, params }) || !id.includes(options.only)) return false;
  const isShort = /^(call|put|digital_|asset_|gap_|forward)/.test(product);
  const key = `${model} ${product}`;
  counts.set(key, (counts.get(key) ?? 0) + 1);
  return !isShort || counts.get(key) <= FEW;
});

/** Of one Greek by every estimator that has it, in turns, as other work comes and goes. */
async function runAll(reference, greek) {
  const { items, market } = bookOf([reference], products);
  const runs = ["auto", ...singles].map((estimator) => ({ estimator, seconds: Number.POSITIVE_INFINITY }));
  for (let repeat = 0; repeat <= REPEATS; repeat++) {
    for (const run of runs) {
      if (run.own === null) continue;
      const start = process.cpuUsage();
      const request = { paths, greeks: [greek], estimator: run.estimator, seed: "choice" };
      const { results } = await computeGreeks(items, market, request);
      const { user, system } = process.cpuUsage(start);
      run.own = results[0]?.estimates.find((estimate) => estimate.greek === greek) ?? null;
      if (repeat > 0) run.seconds = Math.min(run.seconds, (user + system) / 1e6);
    }
  }
  return runs.map(({ own, seconds }) =>
    own === null
      ? null
      : { estimator: own.estimator, gain: own.gain, seconds, work: own.standardError ** 2 * seconds },
  );
}

// What is compiled first is slow for all.
await runAll(cases.at(-1), greeks[0]);
const ratios = [];
for (const reference of cases) {
  for (const greek of greeks) {
    const [auto, ...others] = await runAll(reference, greek);
    const able = others.filter((own) => own !== null);
    const best = able.reduce((least, own) => (own.work < least.work ? own : least));
    // What is exact has no variance to compare.
    if (auto === null || best.work < 1e-24) continue;
    // Without a trial it is the very run of the best alone: what their times differ by says nothing of the choice.
    const isSame = auto.gain === null && auto.estimator === best.estimator;
    const ratio = isSame ? 1 : auto.work / best.work;
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
