import { expect, test } from "vitest";
import type { EstimateRequest } from "../../src/analysis/executor.js";
import type { Dynamics } from "../../src/dynamics/dynamics.js";
import { openInlineExecutor } from "../../src/executors/inline.js";
import { openRun } from "../../src/executors/open-run.js";
import { type Kernel, loadKernel } from "../../src/kernel/kernel.js";
import { valued } from "./quarterly.js";

const heston = { v0: 0.05, kappa: 1.5, theta: 0.04, xi: 0.6, rho: -0.7 };

/** The requests that valuing a variance swap makes. */
async function requests(): Promise<readonly EstimateRequest[]> {
  const seen: EstimateRequest[] = [];
  const inline = openInlineExecutor();
  const executor: typeof inline = {
    estimate(request, control) {
      seen.push(request);
      return inline.estimate(request, control);
    },
  };
  await valued(["swap"], "heston", heston, { paths: 8192, greeks: ["delta", "vega"] }, executor);
  return seen;
}

/** The first batches of a request on a kernel, and how many intervals of latent paths it had simulated for them, its pilot's left out. */
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
  pieces.pilot();
  const ofPilot = intervals;
  const batches = Array.from({ length: count }, (_, batch) => pieces.batch(batch));
  pieces.close();
  return { batches, intervals: intervals - ofPilot };
}

test("trials on the same latent paths simulate them once, to the bits that each has alone", async () => {
  const all = await requests();
  const trials = all.filter(({ isTrial }) => isTrial);
  const main = all.at(-1)!;
  expect(trials.map(({ estimator }) => estimator)).toEqual(["pathwise", "stencil", "likelihood-ratio"]);
  expect(main.isTrial).toBeUndefined();

  const alone = await Promise.all(trials.map(async (trial) => run(await loadKernel(), trial)));
  const kernel = await loadKernel();
  const together = trials.map((trial) => run(kernel, trial));
  expect(together.map(({ batches }) => batches)).toEqual(alone.map(({ batches }) => batches));
  // Four dates, 64 batches; those of the likelihood ratio's pilot are 16 of them.
  expect(alone.map(({ intervals }) => intervals)).toEqual([256, 256, 192]);
  expect(together.map(({ intervals }) => intervals)).toEqual([256, 0, 0]);

  // What is run in earnest neither takes from a trial, nor leaves it there.
  expect(run(kernel, main)).toEqual(run(await loadKernel(), main));
  expect(run(kernel, trials[1]!).intervals).toBe(256);
  // A recording without the tangents that are wanted is of no use.
  expect(run(kernel, trials[0]!)).toEqual(alone[0]);
});

test("a trial that wants fewer tangents leaves nothing for one that wants more", async () => {
  const [pathwise, stencil, ratio] = (await requests()) as [
    EstimateRequest,
    EstimateRequest,
    EstimateRequest,
  ];
  // As on a worker that has had some batches of each.
  const kernel = await loadKernel();
  run(kernel, pathwise, 16);
  run(kernel, stencil, 32);
  const { batches } = run(kernel, ratio);
  expect(batches).toEqual(run(await loadKernel(), ratio).batches);
});

test("what a trial keeps of a law is not another law's", async () => {
  const [first, second] = (await requests()) as [EstimateRequest, EstimateRequest];
  const kernel = await loadKernel();
  run(kernel, first);
  const { schedule } = second;
  const other = { ...second, schedule: { ...schedule, parameters: { ...schedule.parameters, xi: 0.5 } } };
  expect(run(kernel, other)).toEqual(run(await loadKernel(), other));
});
