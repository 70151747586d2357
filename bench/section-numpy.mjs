// (c) The library against numpy: native/numpy_paths.py.
import { fileURLToPath } from "node:url";
import { cpuSeconds, digits, firstThatRuns, medians, output } from "./measure.mjs";
import { workloads } from "./section-limit.mjs";
import { bookOf, value } from "./workloads.mjs";

const SCRIPT = fileURLToPath(new URL("native/numpy_paths.py", import.meta.url));

export const title = "Against numpy";

export async function* lines({ quick }) {
  const python = firstThatRuns([process.env.PYTHON ?? "python3", "/usr/bin/python3"], ["-c", "import numpy"]);
  if (python === undefined) return yield { skipped: "numpy is not installed (Debian: python3-numpy)" };
  for (const { name, what, steps, market, trades, greeks, log2Paths, log2Quick } of workloads) {
    const power = quick ? log2Quick - 1 : log2Paths - 1;
    const paths = 2 ** power;
    const book = await bookOf(trades, market);
    const ns = await medians(
      {
        numpy: () => {
          // On one thread: those of its linear algebra would spin while they wait.
          const env = { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" };
          return Number(output(python, [SCRIPT, name.toLowerCase(), String(power)], { env }).split(" ")[0]);
        },
        library: async () => {
          const options = { greeks, estimator: "likelihood-ratio", sampler: "random", paths };
          const { seconds } = await cpuSeconds(() => value(book, market, options));
          return (seconds * 1e9) / (paths * steps);
        },
      },
      quick ? 2 : 5,
    );
    yield {
      name: `${name}p, numpy`,
      ratio: ns.numpy / ns.library,
      better: "higher",
      definition: `${what}: CPU time of numpy, vectorised over blocks of 16,384 paths / through computeGreeks; random numbers`,
      detail: `${digits(ns.numpy)} / ${digits(ns.library)} ns`,
    };
  }
}
