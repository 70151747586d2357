import { type BatchMeans, openBatches } from "../gradients/batch-means.js";
import { batchStatistics } from "../gradients/batch-statistics.js";
import type { Derivative } from "../gradients/distribution.js";
import { drawsPerBatch } from "../gradients/noise.js";
import type { Kernel } from "../kernel/kernel.js";
import { once, remembered } from "../numerics/remembered.js";
import { lawNumbers } from "../simulation/law-numbers.js";
import { lawOf, openPaths } from "../simulation/paths.js";
import { openPayoffRows, PRODUCT_COST, rowsCost } from "../simulation/payoff-rows.js";
import { weightPolynomials } from "../simulation/polynomial-weights.js";
import { discountFactor, discountTangentOf, knownMeans } from "../simulation/schedule.js";
import {
  BASE_DERIVATIVES,
  columnOf,
  controlAmounts,
  controlMean,
  distinct,
  runPilot,
} from "./control-variates.js";
import type { Estimator, RunRequest, ScheduleRun } from "./estimator.js";
import { derivativeKey, explicitAmount, isWatchedBetweenDates, partsOf } from "./market-numbers.js";
import { type PaymentRow, paymentRows } from "./payment-rows.js";
import { type Pilot, placeIn } from "./pilot.js";
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
      ...{ isTrial: request.isTrial, powers },
    });
    const rows = [...amounts, ...controlAmounts(schedule)];
    const tiles = openPayoffRows(kernel, rows, draws.coordinates, draws.inputs);
    return { draws, runner: openBatches(kernel, draws, columns, tiles) };
  });

  return {
    pathsPerBatch,
    pilot: () => runPilot(kernel, { ...request, derivatives, amounts, keepsLaw }),
    batch: (index) => simulation().runner.run(index, pathsPerBatch),
    close: () => kernel.release(mark),
    merge(batches, pilot) {
      const { bond } = knownMeans(schedule);
      const means = new WeightMeans(batches, columns, polynomials);
      /** How far a control is off its mean, batch by batch. */
      const missOf = remembered((place: number) => {
        const control = { row: Math.floor(place / derivatives.length), column: place % derivatives.length };
        const exact = controlMean(schedule, derivatives, control);
        return means.of(controlRow + control.row, control.column).map((mean) => mean - exact);
      });
      const misses = pilot.controls.map((ofColumn) =>
        ofColumn.map(({ row, column }) => missOf(row * derivatives.length + column)),
      );
      /** E[f W_g] of a row in every batch, less what its controls explain. */
      const mean = (row: number, g: number, into?: BatchMeans) => {
        const values = means.of(row, g, into);
        const own = misses[g]!;
        const first = placeIn(pilot, row, g) * pilot.stride;
        for (let i = 0; i < own.length; i++) {
          const miss = own[i]!;
          const coefficient = pilot.coefficients[first + i]!;
          for (let b = 0; b < values.length; b++) values[b]! -= coefficient * miss[b]!;
        }
        return values;
      };
      const add = (sum: BatchMeans, part: BatchMeans, factor: number) => {
        for (let b = 0; b < sum.length; b++) sum[b]! += factor * part[b]!;
      };
      /** What the amount itself owes to the parameters, given the prices. */
      const addSlopes = (sum: BatchMeans, own: ReadonlyMap<string, number>, derivative: Derivative) => {
        for (const { taken, left } of partsOf(derivative)) {
          const slope = own.get(derivativeKey(taken));
          if (slope !== undefined) add(sum, mean(slope, columnOf(derivatives, left)), 1);
        }
      };
      /** The weights carry the discount factor of the last date; of an earlier payment its own has to take its place. */
      const addDate = (sum: BatchMeans, row: number, derivative: Derivative, date: number) => {
        const shifts = derivative.map((parameter) => discountTangentOf(schedule, parameter, date));
        for (const [i, shift] of shifts.entries()) {
          if (shift === 0) continue;
          const left = derivative.filter((_, other) => other !== i);
          add(sum, mean(row, columnOf(derivatives, left)), shift);
        }
        if (shifts.length === 2 && shifts[0]! * shifts[1]! !== 0)
          throw new Error(`payments before the last date have no derivative in ${derivative.join(" and ")}`);
      };
      const discountOf = remembered((date: number | undefined) => discountFactor(schedule, date));
      /** ∂_g of what a row pays at its date. */
      const payment = ({ row, date }: PaymentRow, g: number, into?: BatchMeans) => {
        const sum = mean(row, g, into);
        const own = slopes[row]!;
        if (own !== null) addSlopes(sum, own, derivatives[g]!);
        if (date !== undefined) addDate(sum, row, derivatives[g]!, date);
        const discount = discountOf(date);
        for (let b = 0; b < sum.length; b++) sum[b]! *= discount;
        return sum;
      };
      return {
        of(t, g, into) {
          const own = payments.of(t);
          const sum = payment(own[0]!, g, into);
          for (let i = 1; i < own.length; i++) add(sum, payment(own[i]!, g), 1);
          return sum;
        },
        cost(t) {
          const own = payments.of(t).map(({ row }) => amounts[row]!);
          return simulation().draws.cost + rowsCost(own) + PRODUCT_COST * own.length * columns;
        },
        scoreZ: request.derivatives.map((derivative, g) => {
          const { mean, standardError } = batchStatistics(means.of(controlRow, g));
          return standardError > 0 ? (mean - bond(derivative)) / standardError : 0;
        }),
      };
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
