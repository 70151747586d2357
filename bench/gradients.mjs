// The score-function gradient of E[x²] against the sampling of x alone: seconds, and their ratio in one run.
// node bench/gradients.mjs [samples]; run after `npm run build`.

import { openColumns } from "../dist/gradients/column-distribution.js";
import { gradient, normal, pointwise, scoreFunction } from "../dist/gradients/index.js";
import { loadKernel } from "../dist/kernel/kernel.js";

const samples = Number(process.argv[2] ?? 1e7);
const distribution = normal({ mean: 1, deviation: 1 });
const kernel = await loadKernel();
const seconds = () => Number(process.hrtime.bigint()) / 1e9;

function sampleAlone() {
  const mark = kernel.mark();
  const drawn = openColumns(kernel, distribution, { seed: "1", stream: "main", sampler: "random" });
  let sum = 0;
  for (let first = 0; first < samples; first += 1024) sum += drawn.draw(0, first, 1024).x[0][0];
  kernel.release(mark);
  return sum;
}

const square = pointwise((x) => x * x);
const rounds = [];
for (let round = 0; round < 5; round++) {
  const start = seconds();
  sampleAlone();
  const middle = seconds();
  await gradient(square, distribution, scoreFunction(), { samples, kernel });
  rounds.push({ sampling: middle - start, whole: seconds() - middle });
}
const fastest = (name) => Math.min(...rounds.map((round) => round[name]));
console.log(
  `${samples} samples: sampling ${fastest("sampling").toFixed(3)} s, gradient with optimal baseline ${fastest("whole").toFixed(3)} s, ratio ${(fastest("whole") / fastest("sampling")).toFixed(2)}`,
);
