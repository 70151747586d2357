import type { EstimateRequest, PartEstimates } from "../analysis/executor.js";
import { estimators } from "../estimators/catalogue.js";
import { distinct } from "../estimators/control-variates.js";
import type { Pilot } from "../estimators/pilot.js";
import type { BatchMeans } from "../gradients/batch-means.js";
import type { Kernel } from "../kernel/kernel.js";

/** What a request asks for, in pieces that may run anywhere: the pilots, the batches in any order, the merge. */
export interface PartsRun {
  readonly pathsPerBatch: number;
  pilots(): readonly Pilot[];
  /** The means of all parts, one part after the other. */
  batch(index: number): BatchMeans;
  merge(batches: readonly BatchMeans[], pilots: readonly Pilot[]): readonly PartEstimates[];
  close(): void;
}

/** Opens the runs of all parts. They look at the same paths, batch by batch, and simulate latent ones once. */
export function openRun(kernel: Kernel, { parts, ...common }: EstimateRequest): PartsRun {
  const shared =
    parts.length > 1 ? { shared: distinct(parts.flatMap(({ derivatives }) => derivatives)) } : {};
  const runs = parts.map((part) =>
    estimators[part.estimator].open(kernel, { ...common, ...part, ...shared }),
  );
  const { pathsPerBatch } = runs[0]!;
  const starts = runs.map((_, i) => runs.slice(0, i).reduce((sum, { numbers }) => sum + numbers, 0));
  const all = runs.reduce((sum, { numbers }) => sum + numbers, 0);
  return {
    pathsPerBatch,
    pilots: () => runs.map((run) => run.pilot()),
    batch(index) {
      if (runs.length === 1) return runs[0]!.batch(index);
      const means = new Float64Array(all);
      for (const [i, run] of runs.entries()) means.set(run.batch(index), starts[i]!);
      return means;
    },
    merge: (batches, pilots) =>
      runs.map((run, i) => {
        const own = batches.map((means) => means.subarray(starts[i]!, starts[i]! + run.numbers));
        const pilot = pilots[i]!;
        return { estimates: run.merge(own, pilot), pilot, paths: pathsPerBatch * common.batches };
      }),
    close() {
      for (const run of [...runs].reverse()) run.close();
    },
  };
}
