import { openBatches } from "../gradients/batch-means.js";
import type { Derivative } from "../gradients/distribution.js";
import { drawsPerBatch } from "../gradients/noise.js";
import type { Kernel } from "../kernel/kernel.js";
import { once } from "../numerics/remembered.js";
import { lawNumbers } from "../simulation/law-numbers.js";
import { lawOf, openPaths } from "../simulation/paths.js";
import { openPayoffRows, PRODUCT_COST, rowsCost } from "../simulation/payoff-rows.js";
import { weightPolynomials } from "../simulation/polynomial-weights.js";
import { BASE_DERIVATIVES, CONTROL_ROWS, controlAmounts, distinct, runPilot } from "./control-variates.js";
import type { Estimator, RunRequest, ScheduleRun } from "./estimator.js";
import { explicitAmount, isWatchedBetweenDates, partsOf } from "./market-numbers.js";
import { paymentRows } from "./payment-rows.js";
import type { Pilot } from "./pilot.js";
import { RatioEstimates } from "./ratio-estimates.js";
import { WeightMeans } from "./weight-means.js";

/** E[f W], with the weights as controls. */
export const likelihoodRatio: Estimator = {
  meaning:
    "payoff times the score of the paths, with the scores and the asset as control variates; any payoff",
  bias: null,
  obstacle: () => () => null,
  open: openLikelihoodRatio,
};

/** The plain E[f W], for comparison: 10 to 300 times the variance. */
export const likelihoodRatioRaw: Estimator = {
  ...likelihoodRatio,
  meaning: "the likelihood ratio without control variates, for comparison",
  open(kernel, request) {
    const run = openLikelihoodRatio(kernel, request);
    const withoutControls = (pilot: Pilot): Pilot => ({ ...pilot, controls: pilot.controls.map(() => []) });
    return { ...run, pilot: () => withoutControls(run.pilot()) };
  },
};

/**
 * Likelihood-ratio derivatives ∂_a V = E[f W_a] of every amount, with the weights as control variates: the score-function
 * estimator of src/gradients for many functions of the same draws at once.
 * Unbiased for any payoff, smooth or not. Broadie and Glasserman, Management Science 42 (1996), §3.
 */
function openLikelihoodRatio(kernel: Kernel, request: RunRequest): ScheduleRun {
  const { schedule, seed, sampler } = request;
  const derivatives = carried(request);
  const mark = kernel.mark();
  const payments = paymentRows(request);
  const law = lawOf(schedule, derivatives);
  const numbers = lawNumbers(schedule, law);
  const explicit = payments.rows.map((amount) => explicitAmount(amount, numbers, derivatives));
  const keepsLaw = payments.rows.some(isWatchedBetweenDates);
  const amounts = explicit.map(({ amount }) => amount);
  const slopes = explicit.map(({ derivatives: own }) =>
    own.size === 0 ? null : new Map([...own].map(([key, slope]) => [key, amounts.push(slope) - 1])),
  );
  const controlRow = amounts.length;
  // Where the weights are polynomials of one normal, its few powers meet the payoffs, and the merge adds them up.
  const polynomials = weightPolynomials(schedule, law, derivatives);
  const powers = polynomials === null ? undefined : Math.max(...polynomials.map(({ length }) => length));
  const columns = powers ?? derivatives.length;
  const pathsPerBatch = drawsPerBatch(sampler, request.paths, request.batches);
  // Who merges what others have run needs none of it.
  const simulation = once(() => {
    const draws = openPaths(kernel, schedule, {
      ...{ seed, stream: "main", sampler, derivatives, keepsLaw },
      ...{ shared: request.shared, keepsLatent: request.isTrial, powers },
    });
    const rows = [...amounts, ...controlAmounts(schedule)];
    const tiles = openPayoffRows(kernel, rows, draws.coordinates, draws.inputs);
    return { draws, runner: openBatches(kernel, draws, columns, tiles) };
  });

  return {
    pathsPerBatch,
    numbers: (amounts.length + CONTROL_ROWS) * columns,
    pilot: () => runPilot(kernel, { ...request, derivatives, polynomials, amounts, keepsLaw }),
    batch: (index) => simulation().runner.run(index, pathsPerBatch),
    close: () => kernel.release(mark),
    merge(batches, pilot) {
      const rows = {
        ...{ schedule, derivatives, payments, slopes, controlRow },
        asked: request.derivatives.length,
        cost(t: number) {
          const own = payments.of(t).map(({ row }) => amounts[row]!);
          return simulation().draws.cost + rowsCost(own) + PRODUCT_COST * own.length * columns;
        },
      };
      const means = new WeightMeans(kernel, batches, columns, polynomials);
      return new RatioEstimates(kernel, rows, means, pilot);
    },
  };
}

/**
 * The weights that a run needs: what is asked, then those of the controls, and what is left of a derivative when an amount that
 * depends on the market, or the discount factor of an earlier payment, takes a share of it.
 */
function carried({ derivatives, amounts, earlier = [] }: RunRequest): readonly Derivative[] {
  const isShared = amounts.some(isWatchedBetweenDates) || earlier.some(({ length }) => length > 0);
  const needed = isShared ? derivatives.flatMap(partsOf).map(({ left }) => left) : [];
  return distinct([...derivatives, ...BASE_DERIVATIVES, ...needed]);
}
