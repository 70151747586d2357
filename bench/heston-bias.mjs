// The bias of Heston schemes: price and derivatives of a call and a digital, by scheme and steps, against the exact values.
// node bench/heston-bias.mjs [paths]; run after `npm run build`.
import { digital as digitalPayoff, vanilla as vanillaPayoff } from "../dist/closed-forms/european-payoff.js";
import { heston } from "../dist/closed-forms/heston.js";
import { hestonSecondOrder } from "../dist/closed-forms/heston-second-order.js";
import { computeGreeks, products } from "../dist/index.js";

const paths = Number(process.argv[2] ?? 2 ** 20);
const sets = {
  "Andersen I": {
    years: 10,
    rate: 0,
    parameters: { v0: 0.04, kappa: 0.5, theta: 0.04, xi: 1, rho: -0.9 },
    runs: [
      ["heston-qe", 20],
      ["heston-qe", 40],
      ["heston-qe", 80],
      ["heston", 10],
      ["heston", 20],
    ],
  },
  "Broadie-Kaya 2": {
    years: 5,
    rate: 0.05,
    parameters: { v0: 0.09, kappa: 2, theta: 0.09, xi: 1, rho: -0.3 },
    runs: [
      ["heston-qe", 10],
      ["heston-qe", 20],
      ["heston-qe", 40],
      ["heston", 10],
      ["heston", 20],
    ],
  },
};
// The QE scheme has no tangents of second order worth having: differenced, they are off by more than their size.
const greeks = ["price", "d_v0", "d_theta", "d_xi", "d2_xi_xi"];
const payoffs = { vanilla: vanillaPayoff("call", 100), digital: digitalPayoff("call", 100) };
const headings = [...greeks.map((greek) => `call ${greek}`), ...greeks.map((greek) => `digital ${greek}`)];
console.log(`Bias in % of the exact value (standard error), ${paths} paths\n`);
console.log(`| set | scheme | steps | s | ${headings.join(" | ")} |`);
console.log(
  `| ${Array(4 + headings.length)
    .fill("---")
    .join(" | ")} |`,
);

for (const [set, { years, rate, parameters, runs }] of Object.entries(sets)) {
  for (const [dynamics, steps] of runs) {
    const underlying = {
      name: "X",
      spot: 100,
      currency: "USD",
      rate,
      dividendYield: 0,
      model: { name: set, dynamics, parameters: { ...parameters, step: years / steps } },
    };
    const items = Object.keys(payoffs).map((product) => ({
      kind: "trade",
      trade: {
        ...{ id: product, book: "", underlying: "X", product, quantity: "1", tags: {}, where: {} },
        payoff: products[product].payoff({ right: "call", strike: 100, cash: 1 }, years),
      },
    }));
    const market = {
      valuationDate: "2026-11-23",
      dayCount: "act/365f",
      underlyings: new Map([["X", underlying]]),
    };
    const start = process.hrtime.bigint();
    const { results } = await computeGreeks(items, market, {
      greeks: dynamics === "heston" ? greeks : greeks.slice(0, -1),
      paths,
      sampler: "random",
      seed: "bias",
    });
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    const cells = results.flatMap(({ trade, estimates }) => {
      const terms = [{ spot: 100, rate, dividendYield: 0, ...parameters }, payoffs[trade.product], years];
      const exact = { ...heston(...terms), ...hestonSecondOrder(...terms) };
      return greeks.map((greek) => {
        const estimate = estimates.find((candidate) => candidate.greek === greek);
        if (estimate === undefined) return "";
        const { value, standardError } = estimate;
        const percent = (x) => ((100 * x) / Math.abs(exact[greek])).toFixed(2);
        return `${percent(value - exact[greek])} (${percent(standardError)})`;
      });
    });
    console.log(`| ${set} | ${dynamics} | ${steps} | ${seconds.toFixed(1)} | ${cells.join(" | ")} |`);
  }
}
