// How far `heston` is off where few degrees of freedom make the variance sticky: the numbers of calls and digitals that are more than
// four standard errors from the closed form, by step; the model's own first, which shorter ones make finer. After `npm run build`: node bench/sticky.mjs [paths]
import { digital, vanilla } from "../dist/closed-forms/european-payoff.js";
import { heston } from "../dist/closed-forms/heston.js";
import { computeGreeks, products } from "../dist/index.js";

const paths = Number(process.argv[2] ?? 65_536);
const carry = { rate: 0.02, dividendYield: 0.01 };
/** [v0, kappa, theta, xi, rho], years. */
const sets = {
  "Andersen I": [[0.04, 0.5, 0.04, 1, -0.9], 10],
  "Andersen II": [[0.04, 0.3, 0.04, 0.9, -0.5], 15],
  "Andersen III": [[0.09, 1, 0.09, 1, -0.3], 5],
  "two years": [[0.0799, 1.13, 0.0258, 1.43, -0.604], 2.1],
  "five years": [[0.0184, 0.485, 0.0194, 0.562, -0.17], 5.43],
  stickiest: [[0.0274, 0.385, 0.0453, 1.49, -0.585], 6.5],
  "low today": [[0.00506, 0.874, 0.0127, 0.966, -0.054], 7],
  "five months": [[0.00765, 1.76, 0.0401, 0.849, 0.149], 0.39],
};
const steps = [undefined, 0.04, 0.02];
/** ln K/S in deviations. */
const strikes = [-0.4, 0, 0.02, 0.3];

console.log("| set | 4κθ/ξ² | step | seconds | beyond 4 errors, the farthest |");
console.log("| --- | ---: | ---: | ---: | --- |");
for (const [name, [[v0, kappa, theta, xi, rho], years]] of Object.entries(sets)) {
  const deviation = Math.sqrt(((v0 + theta) / 2) * years);
  for (const step of steps) {
    const start = process.cpuUsage().user;
    const far = await farthest({ v0, kappa, theta, xi, rho }, years, deviation, step);
    const seconds = (process.cpuUsage().user - start) / 1e6;
    const degrees = (4 * kappa * theta) / xi ** 2;
    const shown = far
      .slice(0, 4)
      .map(({ what, z, percent }) => `${what} ${z.toFixed(0)} (${percent.toPrecision(2)} %)`);
    console.log(
      `| ${name} | ${degrees.toFixed(3)} | ${step ?? "own"} | ${seconds.toFixed(1)} | ${far.length}: ${shown.join(", ")} |`,
    );
  }
}

async function farthest(parameters, years, deviation, step) {
  const model = { name: "sticky", dynamics: "heston", parameters: { ...parameters, ...(step && { step }) } };
  const underlying = { name: "X", spot: 100, currency: "USD", ...carry, model };
  const market = {
    ...{ valuationDate: "2026-11-23", dayCount: "act/365f" },
    underlyings: new Map([["X", underlying]]),
  };
  const trades = strikes.flatMap((at) =>
    ["vanilla", "digital"].map((product) => ({ product, strike: 100 * Math.exp(at * deviation) })),
  );
  const items = trades.map(({ product, strike }) => ({
    kind: "trade",
    trade: {
      ...{ id: product, book: "", underlying: "X", product, quantity: "1", tags: {}, where: {} },
      payoff: products[product].payoff({ right: "call", strike, cash: 1 }, years),
    },
  }));
  const { results } = await computeGreeks(items, market, { greeks: "all", paths, seed: "sticky" });
  return results
    .flatMap(({ estimates }, t) => {
      const { product, strike } = trades[t];
      const payoff = product === "vanilla" ? vanilla("call", strike) : digital("call", strike);
      const exact = heston({ spot: 100, ...carry, ...parameters }, payoff, years);
      return estimates.flatMap(({ greek, value, standardError }) => {
        const off = value - exact[greek];
        const z = Math.abs(off) / standardError;
        const what = `${product} ${greek} at ${strike.toFixed(0)}`;
        return z > 4 ? [{ what, z, percent: (100 * off) / exact[greek] }] : [];
      });
    })
    .sort((a, b) => b.z - a.z);
}
