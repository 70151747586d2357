import type { EstimateRequest, ScheduleEstimates } from "../analysis/executor.js";
import type { Pilot } from "../estimators/pilot.js";
import type { BatchMeans } from "../gradients/batch-means.js";
import { type Kernel, loadKernel } from "../kernel/kernel.js";
import { openRun } from "./open-run.js";

/** Merges, on the calling thread, batches that were run anywhere and are in order; runs the pilot where none is given. */
export function openMerger(): (
  request: EstimateRequest,
  batches: readonly BatchMeans[],
  pilot?: Pilot,
) => Promise<ScheduleEstimates> {
  let kernel: Promise<Kernel> | undefined;
  return async (request, batches, given) => {
    kernel ??= loadKernel();
    const run = openRun(await kernel, request);
    try {
      const pilot = given ?? run.pilot();
      return { estimates: run.merge(batches, pilot), pilot, paths: run.pathsPerBatch * request.batches };
    } finally {
      run.close();
    }
  };
}
