import { openBatches } from "../gradients/batch-means.js";
import { crossFitted, NO_CONTROLS } from "../gradients/control-variates.js";
import type { Derivative } from "../gradients/distribution.js";
import { drawsPerBatch } from "../gradients/noise.js";
import type { Kernel } from "../kernel/kernel.js";
import { jumps } from "../payoffs/analyse.js";
import { multiply, price } from "../payoffs/build.js";
import { dependsOnMarket, derivative as differentiated } from "../payoffs/differentiate.js";
import type { Expression } from "../payoffs/expression.js";
import type { Payoff } from "../payoffs/payoff.js";
import { lawOf, openPaths } from "../simulation/paths.js";
import { openPayoffRows } from "../simulation/payoff-rows.js";
import {
  discountFactor,
  discountTangent,
  discountTangentOf,
  knownMeans,
  type Schedule,
} from "../simulation/schedule.js";
import type { LikelihoodRatioRequest } from "./likelihood-ratio.js";
import { paymentRows } from "./payment-rows.js";
import type { ScheduleRun } from "./schedule-run.js";

/** Null when the estimator applies to a payoff, else why not, in words. */
export function pathwiseObstacle({ amount, earlier = [] }: Payoff): string | null {
  if (typeof amount === "function") return "a payoff given as code has no derivative in the prices";
  // Its gamma would need the derivative of a kink.
  if (dependsOnMarket(amount)) return "the payoff is watched between dates";
  return [amount, ...earlier.map((payment) => payment.amount)].some(jumps)
    ? "the payoff jumps, and its derivative in the prices sees nothing of it"
    : null;
}

/** Null when it gives a derivative, else why not: it has those of first order in what the paths move smoothly with, and gamma. */
export function pathwiseDerivativeObstacle(schedule: Schedule, derivative: Derivative): string | null {
  const [parameter] = derivative;
  if (derivative.length === 2 && derivative.every((other) => other === "spot")) return null;
  if (derivative.length > 1) return "its derivatives are of first order, or gamma";
  if (parameter === undefined || parameter === "spot") return null;
  const law = lawOf(schedule, [derivative]);
  return law.kind === "latent" && law.latentScores?.includes(parameter) === true
    ? "prices do not move smoothly with the rate of jumps, nor with how long they have"
    : null;
}

/** The columns of W: 1 and the weight of delta. */
const ONE = 0;
const BY_SPOT = 1;

/**
 * Pathwise derivatives ∂_a V = E[Σ_k ∂f/∂S_k ∂_a S_k], the normals held fixed, and gamma as the derivative of the likelihood-ratio
 * delta, E[(S ∂_S f − f) W_S] / S. Unbiased where the payoff is continuous. S_T, S_T's own derivative and W_S are controls.
 * Broadie and Glasserman, Management Science 42 (1996), §2; the mixed gamma: Glasserman (2003), §7.3.3.
 */
export function openPathwise(kernel: Kernel, request: LikelihoodRatioRequest): ScheduleRun {
  const { schedule, derivatives, seed, sampler } = request;
  const mark = kernel.mark();
  const parameters = [...new Set(["spot", ...derivatives.flat()])].filter(
    (parameter) => pathwiseDerivativeObstacle(schedule, [parameter]) === null,
  );
  const pathsPerBatch = drawsPerBatch(sampler, request.paths, request.batches);
  const draws = openPaths(kernel, schedule, {
    ...{ seed, stream: "main", sampler },
    derivatives: [[], ["spot"]],
    tangents: parameters,
  });
  const payments = paymentRows(request);
  const last = schedule.dates.length - 1;
  const expressions = [...payments.rows.map(expressionOf), price(last)];
  const slopes = openSlopes(schedule, parameters);
  const rowsPer = 1 + parameters.length;
  const rows = openPayoffRows(
    kernel,
    expressions.flatMap((amount) => slopes(amount)),
    [...draws.coordinates, ...draws.tangents.flat()],
  );
  const runner = openBatches(kernel, draws, 2, rows);
  const asset = expressions.length - 1;
  const rowOf = (row: number, parameter: string | null) =>
    row * rowsPer + (parameter === null ? 0 : 1 + parameters.indexOf(parameter));

  return {
    pathsPerBatch,
    pilot: () =>
      payments.rows.map(() =>
        derivatives.map(() => ({ controls: NO_CONTROLS, effectiveShare: 1, rootMeanSquare: 0 })),
      ),
    batch: (index) => runner.run(index, pathsPerBatch),
    close: () => kernel.release(mark),
    merge(batches) {
      const { bond, asset: assetMean } = knownMeans(schedule);
      const means = (row: number, column: number) =>
        Float64Array.from(batches, (batch) => batch[2 * row + column]!);
      /** The derivative of E[amount], without discounting. */
      const once = (row: number, derivative: Derivative) => {
        const [parameter] = derivative;
        if (parameter === undefined) return means(rowOf(row, null), ONE);
        if (derivative.length === 1) return means(rowOf(row, parameter), ONE);
        const amounts = means(rowOf(row, null), BY_SPOT);
        return means(rowOf(row, "spot"), BY_SPOT).map((slope, b) => slope - amounts[b]! / schedule.spot);
      };
      /** And with the discount factor of its date, which parameters move too. */
      const discounted = (row: number, derivative: Derivative, date = last) => {
        const values = once(row, derivative);
        const [parameter] = derivative;
        if (parameter === undefined || derivative.length > 1) return values;
        const shift = discountTangent(schedule, parameter) + discountTangentOf(schedule, parameter, date);
        if (shift === 0) return values;
        const amounts = once(row, []);
        return values.map((value, b) => value + shift * amounts[b]!);
      };
      return {
        scoreZ: derivatives.map(() => 0),
        of(t, g) {
          const derivative = derivatives[g]!;
          const parts = payments.of(t).map(({ row, date }) => {
            const discount = discountFactor(schedule, date);
            return discounted(row, derivative, date).map((value) => discount * value);
          });
          const sum = parts.reduce((total, part) => total.map((value, b) => value + part[b]!));
          const controls = [
            discounted(asset, derivative).map((value) => value - assetMean(derivative)),
            discounted(asset, []).map((value) => value - assetMean([])),
            discounted(asset, ["spot"]).map((value) => value - assetMean(["spot"])),
            means(rowOf(asset, null), BY_SPOT).map((value) => value - assetMean(["spot"])),
          ];
          const discount = discountFactor(schedule) * bond([]);
          return crossFitted(
            sum,
            controls.map((control) => control.map((value) => discount * value)),
          );
        },
      };
    },
  };
}

function expressionOf(amount: LikelihoodRatioRequest["amounts"][number]): Expression {
  if (typeof amount === "function") throw new Error("pathwise must be asked for its obstacle first");
  return amount;
}

/** An amount and its derivatives in the parameters, the tangents of the log-prices standing behind the prices. */
function openSlopes(schedule: Schedule, parameters: readonly string[]) {
  const dates = schedule.dates.length;
  return (amount: Expression): readonly Expression[] => [
    amount,
    ...parameters.map((_, j) =>
      differentiated(amount, {
        price: (date) => multiply(price(date), price(dates * (j + 1) + date)),
        market: () => null,
      }),
    ),
  ];
}
