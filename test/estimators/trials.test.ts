import { expect, test } from "vitest";
import type { EstimateRequest } from "../../src/analysis/executor.js";
import type { Dynamics } from "../../src/dynamics/dynamics.js";
import { openInlineExecutor } from "../../src/executors/inline.js";
import { openRun } from "../../src/executors/open-run.js";
import { type Kernel, loadKernel } from "../../src/kernel/kernel.js";
import { valued } from "./quarterly.js";

const heston = { v0: 0.05, kappa: 1.5, theta: 0.04, xi: 0.6, rho: -0.7 };

/** The requests that valuing a variance swap makes: the trial and the run. */
async function requests(greeks = ["delta", "vega"]): Promise<[EstimateRequest, EstimateRequest]> {
  const seen: EstimateRequest[] = [];
  const inline = openInlineExecutor();
  const executor: typeof inline = {
    estimate(request, control) {
      seen.push(request);
      return inline.estimate(request, control);
    },
  };
  await valued(["swap"], "heston", heston, { paths: 8192, greeks }, executor);
  return seen as [EstimateRequest, EstimateRequest];
}

/** Batches of a request on a kernel, and how many intervals of latent paths it simulates in all, its pilots' among them. */
function run(kernel: Kernel, request: EstimateRequest, count = request.batches) {
  let intervals = 0;
  const dynamics: Dynamics = {
    ...request.schedule.dynamics,
    law(asked) {
      const law = request.schedule.dynamics.law(asked);
      if (law.kind === "constant") return law;
      return {
        ...law,
        fill(...args) {
          intervals++;
          law.fill(...args);
        },
      };
    },
  };
  const pieces = openRun(kernel, { ...request, schedule: { ...request.schedule, dynamics } });
  const pilots = pieces.pilots();
  const batches = Array.from({ length: count }, (_, batch) => pieces.batch(batch));
  pieces.close();
  return { pilots, batches, intervals };
}

/** What the parts give on kernels of their own, put together. */
async function alone(request: EstimateRequest, count = request.batches) {
  const runs = await Promise.all(
    request.parts.map(async (part) => run(await loadKernel(), { ...request, parts: [part] }, count)),
  );
  return {
    pilots: runs.flatMap(({ pilots }) => pilots),
    batches: runs[0]!.batches.map((_, b) =>
      Float64Array.from(runs.flatMap(({ batches }) => [...batches[b]!])),
    ),
    intervals: runs.map(({ intervals }) => intervals),
  };
}

test("estimators that are tried together simulate latent paths once, to the bits that each has alone", async () => {
  const [trial, main] = await requests();
  expect([trial.isTrial, main.isTrial]).toEqual([true, undefined]);
  expect(trial.parts.map(({ estimator }) => estimator)).toEqual(["pathwise", "stencil", "likelihood-ratio"]);
  const apart = await alone(trial);
  const together = run(await loadKernel(), trial);
  expect(together.batches).toEqual(apart.batches);
  expect(together.pilots).toEqual(apart.pilots);
  // Four dates, 64 batches; the likelihood ratio's pilot is 16 of them.
  expect(apart.intervals).toEqual([256, 256, 320]);
  expect(together.intervals).toBe(256);

  // What is run in earnest neither takes from a trial, nor leaves it there.
  const kernel = await loadKernel();
  run(kernel, trial);
  expect(run(kernel, main)).toEqual(run(await loadKernel(), main));
  expect(run(kernel, trial)).toEqual(together);
});

test("estimators that run together simulate latent paths once, but for the pilot's", async () => {
  const [trial] = await requests();
  const { isTrial, ...rest } = trial;
  // Two blocks a batch.
  const request = { ...rest, paths: 8192, batches: 4 };
  const apart = await alone(request);
  const together = run(await loadKernel(), request);
  expect(together.batches).toEqual(apart.batches);
  expect(together.pilots).toEqual(apart.pilots);
  expect(apart.intervals).toEqual([32, 32, 32 + 64]);
  expect(together.intervals).toBe(32 + 64);
});

test("latent paths that are too many to keep are simulated again, to the same bits", async () => {
  const [trial] = await requests(["delta", "vega", "d_kappa"]);
  const { isTrial, ...rest } = trial;
  const request = { ...rest, sampler: "random" as const, paths: 2 ** 19, batches: 2 };
  const apart = await alone(request, 1);
  const together = run(await loadKernel(), request, 1);
  expect(together.batches).toEqual(apart.batches);
  expect(together.intervals).toBeGreaterThan(1024 + 64);
});

test("what is kept of a law is not another law's", async () => {
  const [trial] = await requests();
  const kernel = await loadKernel();
  run(kernel, trial);
  const { schedule } = trial;
  const other = { ...trial, schedule: { ...schedule, parameters: { ...schedule.parameters, xi: 0.5 } } };
  expect(run(kernel, other)).toEqual(run(await loadKernel(), other));
});
