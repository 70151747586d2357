import type { EstimateRequest, PartEstimates } from "../analysis/executor.js";
import type { Pilot } from "../estimators/pilot.js";
import type { BatchMeans } from "../gradients/batch-means.js";
import { type Kernel, loadKernel } from "../kernel/kernel.js";
import { openRun } from "./open-run.js";

/** Merges, on the calling thread, batches that were run anywhere and are in order; runs the pilots where none are given. */
export function openMerger(): (
  request: EstimateRequest,
  batches: readonly BatchMeans[],
  pilots?: readonly Pilot[],
) => Promise<readonly PartEstimates[]> {
  let kernel: Promise<Kernel> | undefined;
  return async (request, batches, given) => {
    kernel ??= loadKernel();
    const run = openRun(await kernel, request);
    try {
      return run.merge(batches, given ?? run.pilots());
    } finally {
      run.close();
    }
  };
}
