// What `auto` costs against the best estimator alone: variance × CPU time of each, trials included, Greek by Greek over the
// reference cases whose payoff looks at several dates. node bench/choice.mjs [paths]; after `npm run build`.
import { computeGreeks, products } from "../dist/index.js";
import { bookOf } from "../test/reference/as-trade.mjs";
import { readReference } from "../test/reference/cases.mjs";

const paths = Number(process.argv[2] ?? 65_536);
const only = process.argv[3] ?? "";
const greeks = ["delta", "gamma", "vega"];
const singles = ["conditional", "likelihood-ratio", "stencil", "pathwise", "mixed"];
const files = ["black-scholes-discrete.csv", "notes.csv", "heston-path-dependent.csv"];
/** CPU times vary on a machine that others use: the least of so many counts. */
const REPEATS = 4;

const cases = files
  .flatMap(readReference)
  .filter(({ product }) => !product.startsWith("cont_"))
  .filter(({ id }) => id.includes(only));

/** Of one Greek by one estimator; null where it has none. */
async function run(reference, estimator, greek) {
  const { items, market } = bookOf([reference], products);
  let seconds = Number.POSITIVE_INFINITY;
  let results;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const start = process.cpuUsage();
    const options = { paths, greeks: [greek], estimator, seed: "choice" };
    ({ results } = await computeGreeks(items, market, options));
    const { user, system } = process.cpuUsage(start);
    seconds = Math.min(seconds, (user + system) / 1e6);
  }
  const own = results[0]?.estimates.find((estimate) => estimate.greek === greek);
  if (own === undefined) return null;
  return { estimator: own.estimator, seconds, work: own.standardError ** 2 * seconds };
}

const ratios = [];
for (const reference of cases) {
  for (const greek of greeks) {
    const auto = await run(reference, "auto", greek);
    const others = [];
    for (const estimator of singles) others.push(await run(reference, estimator, greek));
    const able = others.filter((own) => own !== null);
    const best = able.reduce((least, own) => (own.work < least.work ? own : least));
    // What is exact has no variance to compare.
    if (auto === null || best.work < 1e-24) continue;
    const ratio = auto.work / best.work;
    ratios.push({ name: `${reference.id} ${greek}`, ratio, auto, best });
    if (process.argv.includes("--all"))
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
