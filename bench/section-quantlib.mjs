// (b) The library against QuantLib's Monte Carlo, bumped and revalued: native/quantlib.cpp.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cpuSeconds, digits, firstThatRuns, median, output } from "./measure.mjs";
import { bookOf, digital, digitals, marketOf, models, upAndOut, value } from "./workloads.mjs";

const SOURCE = fileURLToPath(new URL("native/quantlib.cpp", import.meta.url));
const PATHS = 65_536;
/** Paths of the 1,000 digitals. */
const BOOK = { trades: 1000, paths: 65_536 };
/** Runs of the book before it is measured: a server that values it every minute is warm, and QuantLib is compiled. */
const WARM_UP = 20;
/** Valuations that a central difference in each parameter takes, and the base: spot, volatility (v0, κ, θ, ξ, ρ), time, r, q. */
const REVALUATIONS = { "black-scholes": 11, heston: 21 };
/** A ratio above this is written as this: it says no more than that the estimate has next to no error. */
const LARGEST = 1e6;

export const title = "Against QuantLib's Monte Carlo, bumped and revalued";

export async function* lines({ quick }) {
  const cxx = firstThatRuns([process.env.CXX ?? "c++", "g++", "clang++"], ["--version"]);
  if (cxx === undefined) return yield { skipped: "no C++ compiler" };
  const probe = ["-E", "-x", "c++", "-include", "ql/qldefines.hpp", "/dev/null"];
  if (firstThatRuns([cxx], probe) === undefined)
    return yield { skipped: "QuantLib for C++ is not installed (Debian: libquantlib0-dev)" };
  const folder = mkdtempSync(join(tmpdir(), "grecian-bench-"));
  try {
    const quantlib = join(folder, "quantlib");
    output(cxx, ["-std=c++17", "-O3", "-march=native", "-o", quantlib, SOURCE, "-lQuantLib"]);
    const run = (...args) => output(quantlib, args.map(String)).trim().split("\n");
    for (const model of ["black-scholes", "heston"]) {
      for (const [product, terms] of Object.entries({ digital: digital(), barrier: upAndOut() })) {
        yield* equalError({ model, product, terms, run, quick });
      }
    }
    for (const model of quick ? ["black-scholes"] : ["black-scholes", "heston"])
      yield* equalPaths(model, run);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function* equalError({ model, product, terms, run, quick }) {
  const [paths, replicates] = quick ? [4096, 16] : [8192, 48];
  const market = marketOf(models[model]());
  const book = await bookOf([terms], market);
  const theirs = run("greeks", model, product, paths, replicates).map((line) => {
    const [greek, , error, seconds] = line.split(" ");
    return { greek, error: Number(error), seconds: Number(seconds) };
  });
  for (const estimator of ["likelihood-ratio", "auto"]) {
    const samples = [];
    for (let round = 0; round < (quick ? 3 : 6); round++) {
      samples.push(
        await cpuSeconds(() =>
          value(book, market, { greeks: ["price", "delta", "gamma", "vega"], estimator, paths: PATHS }),
        ),
      );
    }
    // The first run compiles and warms up.
    const seconds = median(samples.slice(1).map((sample) => sample.seconds));
    const { estimates } = samples[0].result.results[0];
    for (const { greek, error, seconds: theirSeconds } of theirs) {
      const ours = estimates.find((estimate) => estimate.greek === greek);
      const ratio = (theirSeconds * error ** 2) / (seconds * ours.standardError ** 2);
      yield {
        name: `${model} ${product} ${greek}, ${estimator}`,
        ratio: Math.min(ratio, LARGEST),
        target: product === "digital" && greek !== "vega" ? 100 : undefined,
        better: "higher",
        definition: `CPU seconds to the same standard error: QuantLib, central differences with common random numbers / computeGreeks, ${estimator} (all of price, delta, gamma, vega), ${PATHS} Sobol' paths`,
        detail: `${digits(theirSeconds * 1000)} ms for ± ${digits(error)} / ${digits(seconds * 1000)} ms for ± ${digits(ours.standardError)}`,
      };
    }
  }
}

async function* equalPaths(model, run) {
  const { trades, paths } = BOOK;
  const market = marketOf(models[model]());
  const book = await bookOf(digitals(trades), market);
  const options = { greeks: "first", estimator: "likelihood-ratio", paths };
  const ours = [];
  const theirs = [];
  for (let round = 0; round < WARM_UP; round++) await value(book, market, options);
  for (let round = 0; round < 4; round++) {
    ours.push((await cpuSeconds(() => value(book, market, options))).seconds);
    theirs.push(run("book", model, trades, paths)[0].split(" ").map(Number));
  }
  const seconds = median(ours);
  const one = median(theirs.map(([alone]) => alone));
  const shared = median(theirs.map(([, together]) => together));
  const revaluations = REVALUATIONS[model];
  yield {
    name: `${model}, book of ${trades} digitals`,
    ratio: (one * trades * revaluations) / seconds,
    target: model === "black-scholes" ? 1000 : undefined,
    better: "higher",
    definition: `CPU seconds at ${paths} paths: QuantLib, each digital simulated by itself, ${revaluations} valuations for its first-order Greeks and gamma (one measured, times ${trades} × ${revaluations}) / computeGreeks, likelihood ratio, all of these, after ${WARM_UP} runs`,
    detail: `${digits(one * trades * revaluations)} / ${digits(seconds)} s`,
  };
  yield {
    name: `${model}, the same with shared paths`,
    ratio: (shared * revaluations) / seconds,
    better: "higher",
    definition: `the same against a loop over QuantLib's paths that values all ${trades} payoffs on each, ${revaluations} times`,
    detail: `${digits(shared * revaluations)} / ${digits(seconds)} s`,
  };
}
