import type { EstimateRequest, Executor, PartEstimates } from "../analysis/executor.js";
import { blankPilot } from "../estimators/control-variates.js";
import type { BatchMeans } from "../gradients/batch-means.js";
import { type Kernel, loadKernel } from "../kernel/kernel.js";
import { openInlineExecutor } from "./inline.js";
import { openMerger } from "./merger.js";
import { openRun } from "./open-run.js";

/** The batches of one simulation that a shard has run: means under their numbers. */
export interface ShardRun {
  readonly batches: ReadonlyMap<number, BatchMeans>;
}

/**
 * Runs a share of every simulation's batches, and hands each simulation's to `onRun`, in the order of the simulations. The
 * estimates it answers with are blank: merging gives the real ones.
 */
export function openShard(shard: number, shards: number, onRun: (run: ShardRun) => void): Executor {
  const inline = openInlineExecutor();
  let kernel: Promise<Kernel> | undefined;
  return {
    async estimate(request, control) {
      // A trial decides which simulations there are: every shard has to know.
      if (request.isTrial === true) return inline.estimate(request, control);
      kernel ??= loadKernel();
      const pieces = openRun(await kernel, request);
      try {
        const batches = new Map<number, BatchMeans>();
        for (let batch = shard; batch < request.batches; batch += shards) {
          if (control.cancelled()) return null;
          batches.set(batch, pieces.batch(batch));
          control.onBatch();
        }
        onRun({ batches });
        return blank(request, pieces.pathsPerBatch * request.batches);
      } finally {
        pieces.close();
      }
    },
  };
}

function blank({ parts, batches }: EstimateRequest, paths: number): readonly PartEstimates[] {
  return parts.map((part) => ({
    estimates: {
      of: () => new Float64Array(batches),
      scoreZ: part.derivatives.map(() => 0),
      cost: () => 0,
    },
    pilot: blankPilot(part),
    paths,
  }));
}

/** What a shard has run, simulation by simulation, so that no part has to fit in memory. */
export interface PartReader {
  readonly name: string;
  /** The next simulation; undefined after the last. */
  next(): ShardRun | undefined;
}

/** Puts together what shards have run, in the order of the simulations: the same bits as one machine would have given. */
export function openParts(parts: readonly PartReader[]): Executor {
  const inline = openInlineExecutor();
  const merge = openMerger();
  let simulation = 0;
  return {
    async estimate(request, control) {
      if (request.isTrial === true) return inline.estimate(request, control);
      simulation++;
      const batches: BatchMeans[] = [];
      for (const { name, next } of parts) {
        const run = next();
        if (run === undefined)
          throw new Error(`${name} must have simulation ${simulation}, it has ${simulation - 1}`);
        for (const [batch, means] of run.batches) batches[batch] = means;
      }
      for (let batch = 0; batch < request.batches; batch++)
        if (batches[batch] === undefined)
          throw new Error(`no part has batch ${batch} of simulation ${simulation}`);
      return merge(request, batches);
    },
  };
}
