import { openBatches } from "../gradients/batch-means.js";
import { batchStatistics } from "../gradients/batch-statistics.js";
import { explained, NO_CONTROLS } from "../gradients/control-variates.js";
import type { Derivative } from "../gradients/distribution.js";
import { drawsPerBatch, type Sampler } from "../gradients/noise.js";
import type { Kernel } from "../kernel/kernel.js";
import type { Expression } from "../payoffs/expression.js";
import type { PayoffFunction } from "../payoffs/payoff.js";
import { pathDistribution } from "../simulation/paths.js";
import { openPayoffRows } from "../simulation/payoff-rows.js";
import { discountFactor, type Schedule } from "../simulation/schedule.js";
import { controlAmounts, pilotEstimates } from "./control-variates.js";
import type { ScheduleRun } from "./schedule-run.js";

export interface LikelihoodRatioRequest {
  readonly schedule: Schedule;
  readonly amounts: readonly (Expression | PayoffFunction)[];
  /** They begin with BASE_DERIVATIVES, which the controls need. */
  readonly derivatives: readonly Derivative[];
  readonly seed: string;
  readonly sampler: Sampler;
  readonly paths: number;
  readonly batches: number;
  /** `none` gives the raw estimate E[f W], for comparison: 10 to 300 times the variance. */
  readonly controls?: "pilot" | "none";
}

/**
 * Likelihood-ratio derivatives ∂_a V = E[f W_a] of every amount, with the weights as control variates: the score-function
 * estimator of src/gradients for many functions of the same draws at once.
 * Unbiased for any payoff, smooth or not. Broadie and Glasserman, Management Science 42 (1996), §3.
 */
export function openLikelihoodRatio(kernel: Kernel, request: LikelihoodRatioRequest): ScheduleRun {
  const { schedule, derivatives, seed, sampler } = request;
  const mark = kernel.mark();
  const trades = request.amounts.length;
  const columns = derivatives.length;
  const pathsPerBatch = drawsPerBatch(sampler, request.paths, request.batches);
  const paths = pathDistribution(schedule);
  const draws = paths.open(kernel, { seed, stream: "main", sampler, derivatives });
  const rows = openPayoffRows(kernel, [...request.amounts, ...controlAmounts(schedule)], draws.coordinates);
  const runner = openBatches(kernel, draws, columns, rows);

  return {
    pathsPerBatch,
    pilot() {
      const estimates = pilotEstimates(kernel, request);
      if (request.controls !== "none") return estimates;
      return estimates.map((ofTrade) => ofTrade.map((estimate) => ({ ...estimate, controls: NO_CONTROLS })));
    },
    batch: (index) => runner.run(index, pathsPerBatch),
    close: () => kernel.release(mark),
    merge(batches, pilot) {
      const discount = discountFactor(schedule);
      return {
        of(t, g) {
          const { controls } = pilot[t]![g]!;
          return Float64Array.from(batches, (means) => {
            const control = explained(
              controls,
              ({ row, column }) => means[(trades + row) * columns + column]!,
            );
            return discount * (means[t * columns + g]! - control);
          });
        },
        scoreZ: derivatives.map((derivative, g) => {
          const column = batches.map((means) => means[trades * columns + g]!);
          const { mean, standardError } = batchStatistics(column);
          return standardError > 0 ? (mean - paths.weightMean(derivative)) / standardError : 0;
        }),
      };
    },
  };
}
