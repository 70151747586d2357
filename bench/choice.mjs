// What `auto` costs against the best estimator alone: variance × CPU time of each, trials included, over the reference cases whose
// payoff looks at several dates. node bench/choice.mjs [paths]; after `npm run build`.
import { computeGreeks, products } from "../dist/index.js";
import { bookOf } from "../test/reference/as-trade.mjs";
import { readReference } from "../test/reference/cases.mjs";

const paths = Number(process.argv[2] ?? 65_536);
const greeks = ["delta", "gamma", "vega"];
const singles = ["likelihood-ratio", "stencil", "pathwise", "mixed", "conditional"];
const files = ["black-scholes-discrete.csv", "notes.csv", "heston-path-dependent.csv"];

const cases = files.flatMap(readReference).filter(({ product }) => !product.startsWith("cont_"));

async function run(reference, estimator) {
  const { items, market } = bookOf([reference], products);
  let seconds = Number.POSITIVE_INFINITY;
  let results;
  for (let repeat = 0; repeat < 3; repeat++) {
    const start = process.cpuUsage();
    const options = { paths, greeks, estimator, seed: "choice" };
    ({ results } = await computeGreeks(items, market, options));
    const { user, system } = process.cpuUsage(start);
    seconds = Math.min(seconds, (user + system) / 1e6);
  }
  return new Map(results[0]?.estimates.map((own) => [own.greek, own.standardError ** 2 * seconds]) ?? []);
}

const ratios = [];
for (const reference of cases) {
  const auto = await run(reference, "auto");
  const others = [];
  for (const estimator of singles) others.push(await run(reference, estimator));
  for (const greek of greeks) {
    const best = Math.min(...others.map((own) => own.get(greek) ?? Number.POSITIVE_INFINITY));
    // What is exact has no variance to compare.
    if (auto.has(greek) && best > 1e-24)
      ratios.push({ name: `${reference.id} ${greek}`, ratio: auto.get(greek) / best });
  }
}
ratios.sort((a, b) => a.ratio - b.ratio);
const at = (share) =>
  ratios[Math.min(ratios.length - 1, Math.floor(share * ratios.length))].ratio.toPrecision(3);
const mean = Math.exp(ratios.reduce((sum, { ratio }) => sum + Math.log(ratio), 0) / ratios.length);
console.log(`variance × CPU of auto over the best alone, ${ratios.length} numbers, ${paths} paths`);
console.log(`geometric mean ${mean.toPrecision(3)}, median ${at(0.5)}, 90 % ${at(0.9)}, worst ${at(1)}`);
for (const { name, ratio } of ratios.slice(-5)) console.log(`  ${ratio.toPrecision(3)} ${name}`);
