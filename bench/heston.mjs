// Nanoseconds of one step of Heston's variance path per path, by what is differentiated.
// node bench/heston.mjs; run after `npm run build`.
import { dynamics } from "../dist/index.js";
import { BLOCK, loadKernel } from "../dist/kernel/kernel.js";
import { openColumns, openIntervalLaw } from "../dist/simulation/latent-columns.js";

const kernel = await loadKernel();
const { heston } = dynamics;
const dates = Array.from({ length: 20 }, (_, i) => (i + 1) / 2);
const sets = {
  mild: { v0: 0.04, kappa: 2, theta: 0.04, xi: 0.3, rho: -0.6 },
  "Broadie-Kaya 1": { v0: 0.010201, kappa: 6.21, theta: 0.019, xi: 0.61, rho: -0.7 },
  "Andersen I": { v0: 0.04, kappa: 0.5, theta: 0.04, xi: 1, rho: -0.9 },
};
const first = ["v0", "kappa", "theta", "xi", "rho", "volatility", "time", "first_interval"];
const modes = {
  "price only": [[], []],
  "v0, kappa, theta, xi, rho": [first.slice(0, 5), []],
  "all eight first-order": [first, []],
  "and second order in v0, rho": [first, ["v0,v0"]],
};

function nanoseconds(parameters, wanted, wantedPairs) {
  const mark = kernel.mark();
  const law = heston.law({ parameters, carry: { rate: 0.03, dividendYield: 0 }, dates, wanted, wantedPairs });
  const state = openColumns(kernel, law.stateColumns);
  const block = { ...openIntervalLaw(kernel, law), state, key: [1, 2] };
  const place = { paths: BLOCK, firstPath: 0 };
  let best = Infinity;
  for (let round = 0; round < 5; round++) {
    const start = process.hrtime.bigint();
    for (let batch = 0; batch < 10; batch++) {
      for (const k of dates.keys()) law.fill(kernel, k, block, { ...place, batch });
    }
    best = Math.min(best, Number(process.hrtime.bigint() - start) / (10 * dates.length * BLOCK));
  }
  kernel.release(mark);
  return best;
}

for (const [set, parameters] of Object.entries(sets)) {
  for (const [mode, [wanted, pairs]] of Object.entries(modes)) {
    console.log(`${set}, ${mode}: ${nanoseconds(parameters, wanted, pairs).toFixed(0)} ns per step`);
  }
}
