import type { Kernel } from "../kernel/kernel.js";
import type { Expression } from "../payoffs/expression.js";
import type { PayoffFunction } from "../payoffs/payoff.js";
import { type BatchMeans, openBatches } from "../simulation/batch-means.js";
import type { Derivative } from "../simulation/derivative.js";
import { pathsPerBatch, type Sampler } from "../simulation/normals.js";
import { discountFactor, type Schedule } from "../simulation/schedule.js";
import { batchStatistics } from "./batch-statistics.js";
import { assetControl, controlMean, type PilotEstimate, pilotEstimates } from "./control-variates.js";

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

/** A run in pieces, so that whoever calls may stop, report or spread them: the pilot, the batches in any order, the merge. */
export interface LikelihoodRatioRun {
  readonly pathsPerBatch: number;
  pilot(): readonly (readonly PilotEstimate[])[];
  batch(index: number): BatchMeans;
  merge(
    batches: readonly BatchMeans[],
    pilot: readonly (readonly PilotEstimate[])[],
  ): LikelihoodRatioEstimates;
  close(): void;
}

export interface LikelihoodRatioEstimates {
  /** Discounted means of the batches: `of(t, g)` has one number per batch, for amount t and derivative g. */
  of(t: number, g: number): Float64Array<ArrayBuffer>;
  /** z of each weight's mean against its exact value; 0 where the weight is constant. */
  readonly scoreZ: readonly number[];
}

/**
 * Likelihood-ratio derivatives ∂_a V = E[f W_a] of every amount, with the weights as control variates.
 * Unbiased for any payoff, smooth or not. Broadie and Glasserman, Management Science 42 (1996), §3.
 */
export function openLikelihoodRatio(kernel: Kernel, request: LikelihoodRatioRequest): LikelihoodRatioRun {
  const { schedule, derivatives, seed, sampler } = request;
  const mark = kernel.mark();
  const trades = request.amounts.length;
  const amounts = [...request.amounts, { op: "constant", value: 1 } as const, assetControl(schedule)];
  const perBatch = pathsPerBatch(sampler, request.paths, request.batches);
  const runner = openBatches(kernel, schedule, amounts, { seed, stream: "main", sampler, derivatives });

  return {
    pathsPerBatch: perBatch,
    pilot: () =>
      request.controls === "none"
        ? request.amounts.map(() =>
            derivatives.map(() => ({
              controls: [],
              coefficients: [],
              effectiveShare: Number.NaN,
              rootMeanSquare: Number.NaN,
            })),
          )
        : pilotEstimates(kernel, request),
    batch: (index) => runner.run(index, perBatch),
    close: () => kernel.release(mark),
    merge(batches, pilot) {
      const columns = derivatives.length;
      const discount = discountFactor(schedule);
      const controlRow = { bond: trades, asset: trades + 1 };
      return {
        of(t, g) {
          const { controls, coefficients } = pilot[t]![g]!;
          const known = controls.map((control) => controlMean(schedule, derivatives, control));
          return Float64Array.from(batches, (means) => {
            let mean = means[t * columns + g]!;
            for (const [c, { payoff, column }] of controls.entries()) {
              mean -= coefficients[c]! * (means[controlRow[payoff] * columns + column]! - known[c]!);
            }
            return discount * mean;
          });
        },
        scoreZ: derivatives.map((_, g) => {
          const column = batches.map((means) => means[trades * columns + g]!);
          const { mean, standardError } = batchStatistics(column);
          const exact = controlMean(schedule, derivatives, { payoff: "bond", column: g });
          return standardError > 0 ? (mean - exact) / standardError : 0;
        }),
      };
    },
  };
}
