// (a) The library against a program written by hand for the one workload, native/limit.c.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { directionNumbers } from "../dist/random/direction-numbers.js";
import { cpuSeconds, digits, firstThatRuns, medians, output } from "./measure.mjs";
import { asian, bookOf, digital, marketOf, models, upAndOut, value } from "./workloads.mjs";

const SOURCE = fileURLToPath(new URL("native/limit.c", import.meta.url));
const FLAGS =
  "-std=gnu11 -O3 -march=native -ffp-contract=fast -fno-math-errno -fno-trapping-math -fopenmp-simd";
const DIMENSIONS = 128;
/** Runs of each workload before it is measured. */
const WARM_UP = 8;
/** The target of each ratio. */
const TARGET = 4.5;

const withVega = ["price", "delta", "gamma", "vega"];
const blackScholes = marketOf(models["black-scholes"]());

/**
 * The workloads that native/ has by hand too; so many paths (as a power of 2) that what happens once per run, the engine's compilers
 * among it, does not count.
 */
export const workloads = [
  {
    name: "W1",
    what: "Black-Scholes digital, price + 3 Greeks",
    market: blackScholes,
    trades: [digital()],
    greeks: withVega,
    steps: 1,
    log2Paths: 24,
    log2Quick: 20,
  },
  {
    name: "W2",
    what: "Heston QE digital, 64 steps, price + 2 Greeks",
    market: marketOf(models["heston-qe"](1 / 64)),
    trades: [digital()],
    greeks: ["price", "delta", "gamma"],
    steps: 64,
    log2Paths: 17,
    log2Quick: 15,
  },
  {
    name: "W3",
    what: "12 dates, Asian + up-and-out, price + 3 Greeks each",
    market: blackScholes,
    trades: [asian(), upAndOut()],
    greeks: withVega,
    steps: 12,
    log2Paths: 21,
    log2Quick: 17,
  },
];

export const title = "Against the native limit";

export async function* lines({ quick }) {
  const cc = firstThatRuns([process.env.CC ?? "cc", "gcc", "clang"], ["--version"]);
  if (cc === undefined) return yield { skipped: "no C compiler" };
  const folder = mkdtempSync(join(tmpdir(), "grecian-bench-"));
  try {
    const limit = join(folder, "limit");
    const directions = join(folder, "directions");
    output(cc, [...FLAGS.split(" "), ...wideVectors(cc), "-o", limit, SOURCE, "-lm"]);
    writeFileSync(
      directions,
      Uint32Array.from({ length: DIMENSIONS * 32 }, (_, i) => directionNumbers(Math.floor(i / 32))[i % 32]),
    );
    for (const workload of workloads) {
      for (const sampler of ["random", "sobol"])
        yield await compare(workload, sampler, { limit, directions, quick });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** GCC uses half of a 512-bit register unless told otherwise; other compilers do not know the flag. */
function wideVectors(cc) {
  const flag = "-mprefer-vector-width=512";
  return firstThatRuns([cc], ["-Werror", flag, "-E", "-x", "c", "/dev/null"]) === undefined ? [] : [flag];
}

async function compare(workload, sampler, { limit, directions, quick }) {
  const { name, what, market, trades, greeks, steps } = workload;
  const log2Paths = quick ? workload.log2Quick : workload.log2Paths;
  const paths = 2 ** log2Paths;
  const book = await bookOf(trades, market);
  const letter = sampler === "random" ? "p" : "s";
  const options = { greeks, estimator: "likelihood-ratio", sampler, paths };
  // A compiler that works behind the first runs is counted as theirs: W1 is over before it has done.
  for (let i = 0; i < WARM_UP; i++) await value(book, market, { ...options, paths: paths / 8 });
  let native;
  let ours;
  const ns = await medians(
    {
      limit: () => {
        native = output(limit, [`${name.toLowerCase()}${letter}`, String(log2Paths), directions])
          .split(" ")
          .map(Number);
        return native[0];
      },
      library: async () => {
        const { seconds, result } = await cpuSeconds(() => value(book, market, options));
        ours = result.results[0].estimates[0];
        return (seconds * 1e9) / (paths * steps);
      },
    },
    quick ? 3 : 7,
  );
  const [, price, error] = native;
  const apart = Math.abs(price - ours.value) / Math.hypot(error, ours.standardError);
  if (!(apart < 5)) throw new Error(`${name}${letter}: prices are ${apart.toFixed(1)} standard errors apart`);
  return {
    name: `${name}${letter}`,
    ratio: ns.library / ns.limit,
    target: TARGET,
    better: "lower",
    definition: `${what}; ${sampler === "random" ? "Philox numbers" : "Sobol' points"}: 2^${log2Paths} paths, CPU time per path${steps > 1 ? "-step" : ""} through computeGreeks / of the C program`,
    detail: `${digits(ns.library)} / ${digits(ns.limit)} ns`,
  };
}
