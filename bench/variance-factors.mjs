// How many times less variance each estimator has than the raw score f·W at equal paths, and what scrambled nets make of the score
// and of the best, at 8,192 points a net. Black-Scholes: S = K = 100, σ = 20 %, r = 5 %, one year. node bench/variance-factors.mjs [paths]; after `npm run build`.
import { computeGreeks, products } from "../dist/index.js";

const paths = Number(process.argv[2] ?? 2 ** 19);
const greeks = ["delta", "gamma", "vega"];
/** Variances are known the better the more there are: to a twentieth, and of nets, which gain with their size, to a fifth. */
const BATCHES = { random: 1024, sobol: 64 };
const dates = (n) => Array.from({ length: n }, (_, i) => (i + 1) / n);
const cases = {
  call: ["vanilla", { right: "call", strike: 100 }],
  digital: ["digital", { right: "call", strike: 100, cash: 100 }],
  "Asian (12)": [
    "asian",
    { right: "call", strike: 100, average: "arithmetic", strike_type: "fixed", observations: dates(12) },
  ],
  "up-and-out (12)": [
    "barrier",
    {
      ...{ right: "call", strike: 100, barrier: 130, barrier_type: "up-and-out" },
      ...{ observations: dates(12), rebate: 0 },
    },
  ],
  "autocall (4)": [
    "autocall",
    {
      ...{ notional: 100, coupon: 0.02, reference: 100, autocall_barrier: 100, protection_barrier: 70 },
      observations: dates(4),
    },
  ],
};
const market = {
  valuationDate: "2026-11-23",
  dayCount: "act/365f",
  underlyings: new Map([
    [
      "X",
      {
        ...{ name: "X", spot: 100, currency: "USD", rate: 0.05, dividendYield: 0 },
        model: { name: "flat", dynamics: "black-scholes", parameters: { volatility: 0.2 } },
      },
    ],
  ]),
};

async function variances(product, terms, estimator, sampler) {
  const payoff = products[product].payoff(terms, 1);
  const trade = { id: "1", book: "", underlying: "X", product, quantity: "1", tags: {}, where: {}, payoff };
  const options = { greeks, estimator, sampler, paths, batches: BATCHES[sampler], seed: "factors" };
  const { results } = await computeGreeks([{ kind: "trade", trade }], market, options);
  const found = new Map(results[0]?.estimates.map((own) => [own.greek, own.standardError ** 2 * paths]));
  return greeks.map((greek) => found.get(greek) ?? null);
}

/** Where one has nothing the other may. */
const merged = (first, second) => first.map((variance, g) => variance ?? second[g]);

const shown = (factor) => (factor > 1e12 ? "exact" : factor.toPrecision(2));
const columns = ["controls", "stencil", "pathwise / mixed", "conditional", "net, controls", "net, auto"];
console.log(`Var(raw score) / Var(estimator), ${paths} paths\n`);
console.log(`| | raw sd | ${columns.join(" | ")} |\n|${" - |".repeat(columns.length + 2)}`);
for (const [name, [product, terms]] of Object.entries(cases)) {
  const of = (estimator, sampler) => variances(product, terms, estimator, sampler);
  const raw = await of("likelihood-ratio-raw", "random");
  const runs = [
    await of("likelihood-ratio", "random"),
    await of("stencil", "random"),
    merged(await of("pathwise", "random"), await of("mixed", "random")),
    await of("conditional", "random"),
    await of("likelihood-ratio", "sobol"),
    await of("auto", "sobol"),
  ];
  for (const [g, greek] of greeks.entries()) {
    const factors = runs.map((run) => (run[g] === null ? "–" : shown(raw[g] / run[g])));
    console.log(`| ${name} ${greek} | ${Math.sqrt(raw[g]).toPrecision(3)} | ${factors.join(" | ")} |`);
  }
}

const soon = ["autocall", { ...cases["autocall (4)"][1], observations: [1 / 365, 0.25, 0.5, 0.75, 1] }];
const [rawDelta] = await variances(...soon, "likelihood-ratio-raw", "random");
for (const sampler of ["random", "sobol"]) {
  const [delta] = await variances(...soon, "auto", sampler);
  console.log(
    `\nautocall, first observation in a day: the raw score's standard error of delta is ${Math.sqrt(rawDelta / delta).toPrecision(3)} times that of auto, ${sampler}`,
  );
}
