import { openBatches } from "../gradients/batch-means.js";
import { openCrossFit } from "../gradients/control-variates.js";
import type { Derivative } from "../gradients/distribution.js";
import { drawsPerBatch } from "../gradients/noise.js";
import type { Kernel } from "../kernel/kernel.js";
import { remembered } from "../numerics/remembered.js";
import { jumps } from "../payoffs/analyse.js";
import { divide, input, market, multiply, price, subtract } from "../payoffs/build.js";
import { derivative, marketSlope, openWithMarket } from "../payoffs/differentiate.js";
import type { Expression } from "../payoffs/expression.js";
import type { Amount, Payoff } from "../payoffs/payoff.js";
import { lawNumbers } from "../simulation/law-numbers.js";
import { lawOf, openPaths } from "../simulation/paths.js";
import { openPayoffRows, PRODUCT_COST, rowsCost } from "../simulation/payoff-rows.js";
import {
  discountFactor,
  discountTangent,
  discountTangentOf,
  knownMeans,
  type Schedule,
  spotScale,
} from "../simulation/schedule.js";
import { blankPilot } from "./control-variates.js";
import type { Estimator, RunRequest, ScheduleRun } from "./estimator.js";
import { isWatchedBetweenDates } from "./market-numbers.js";
import { paymentRows } from "./payment-rows.js";

/** Pathwise derivatives ∂_a V = E[Σ_k ∂f/∂S_k ∂_a S_k]. Broadie and Glasserman, Management Science 42 (1996), §2. */
export const pathwise: Estimator = {
  meaning: "the payoff differentiated path by path; first derivatives of payoffs without jumps",
  bias: null,
  obstacle(schedule, payoff) {
    const ofPayoff = payoffObstacle(payoff);
    return (derivative) => {
      if (derivative.length > 1) return "it gives first derivatives";
      return ofPayoff ?? parameterObstacle(schedule, derivative[0]);
    };
  },
  open: openPathwise,
};

/** Second derivatives in the spot and something: the pathwise derivative of the likelihood-ratio delta. Glasserman (2003), §7.3.3. */
export const mixed: Estimator = {
  meaning:
    "the likelihood-ratio delta differentiated path by path; second derivatives in the spot, without jumps",
  bias: null,
  obstacle(schedule, payoff) {
    const ofPayoff = isWatchedBetweenDates(payoff.amount)
      ? "the payoff is watched between dates"
      : payoffObstacle(payoff);
    return (derivative) => {
      const other = otherThanSpot(derivative);
      if (other === null) return "it gives second derivatives, at least one of them in the spot";
      return ofPayoff ?? parameterObstacle(schedule, other);
    };
  },
  open: openPathwise,
};

/** What a second derivative in the spot is taken in besides; null where it is none. */
function otherThanSpot(derivative: Derivative): string | null {
  const [a, b] = derivative;
  if (a === undefined || b === undefined || derivative.length > 2) return null;
  if (a === "spot") return b;
  return b === "spot" ? a : null;
}

function payoffObstacle({ amount, earlier = [] }: Payoff): string | null {
  if (typeof amount === "function") return "a payoff given as code has no derivative in the prices";
  return [amount, ...earlier.map((payment) => payment.amount)].some(jumps)
    ? "the payoff jumps, and its derivative in the prices sees nothing of it"
    : null;
}

/** What the prices do not move smoothly with. */
function parameterObstacle(schedule: Schedule, parameter: string | undefined): string | null {
  if (parameter === undefined || parameter === "spot") return null;
  return lawNumbers(schedule, lawOf(schedule, [[parameter]])).hasScore(parameter)
    ? "prices do not move smoothly with the rate of jumps, nor with how long they have"
    : null;
}

/** The columns of W: 1 and the weight of delta. */
const ONE = 0;
const BY_SPOT = 1;

/**
 * E[D_a f], and E[(D_a f + f ∂_a ln W_S) W_S] for a second derivative in the spot, where D_a holds the normals fixed and
 * W_S = z_1/(S s_1), so that ∂_a ln W_S is −1/S in the spot and −∂_a s_1/s_1 else. S_T, its own derivative and W_S are controls.
 */
function openPathwise(kernel: Kernel, request: RunRequest): ScheduleRun {
  const { schedule, derivatives, seed, sampler } = request;
  const { dates } = schedule;
  const mark = kernel.mark();
  const parameters = [...new Set(["spot", ...derivatives.flat()])].filter(
    (parameter) => parameterObstacle(schedule, parameter) === null,
  );
  const pathsPerBatch = drawsPerBatch(sampler, request.paths, request.batches);
  const draws = openPaths(kernel, schedule, {
    ...{ seed, stream: "main", sampler },
    derivatives: [[], ["spot"]],
    tangents: parameters,
    keepsLaw: true,
    shared: request.shared,
    keepsLatent: request.isTrial,
  });
  const payments = paymentRows(request);
  const last = dates.length - 1;
  const slopes = draws.tangents.flat();
  const numbers = lawNumbers(schedule, draws.law, slopes.length);
  const deviation = market("deviation");

  /** D_a f, and what the weight of delta owes to the parameter: two rows. */
  const slopesOf = (amount: Expression, parameter: string, j: number): readonly Expression[] => {
    const slope = derivative(amount, {
      price: (date) => multiply(price(date), input(dates.length * j + date)),
      market: (leaf) => marketSlope(leaf, parameter, numbers.moves),
    });
    if (parameter === "spot") return [slope, subtract(slope, divide(amount, schedule.spot))];
    if (!numbers.moves(deviation, parameter)) return [slope, slope];
    const byWeight = divide(multiply(amount, { ...deviation, by: [parameter] }), deviation);
    return [slope, subtract(slope, byWeight)];
  };
  const amounts = [...payments.rows.map(expressionOf), price(last)];
  const rowsPer = 1 + 2 * parameters.length;
  const filled = openWithMarket(numbers.value);
  const rowsOf = (amount: Expression) => [
    filled(amount),
    ...parameters.flatMap((parameter, j) => slopesOf(amount, parameter, j)).map(filled),
  ];
  const rowsOfAmounts = amounts.map(rowsOf);
  const rows = openPayoffRows(kernel, rowsOfAmounts.flat(), draws.coordinates, [...slopes, ...draws.inputs]);
  const runner = openBatches(kernel, draws, 2, rows);
  const asset = amounts.length - 1;
  const rowOf = (row: number, parameter: string, isMixed: boolean) =>
    row * rowsPer + 1 + 2 * parameters.indexOf(parameter) + Number(isMixed);

  return {
    pathsPerBatch,
    numbers: runner.numbers,
    pilot: () => blankPilot(request),
    batch: (index) => runner.run(index, pathsPerBatch),
    close: () => kernel.release(mark),
    merge(batches) {
      const { asset: assetMean } = knownMeans(schedule);
      const means = (row: number, column: number) =>
        Float64Array.from(batches, (batch) => batch[2 * row + column]!);
      const priceOf = (row: number) => means(row * rowsPer, ONE);
      const scoreDelta = (row: number) => means(row * rowsPer, BY_SPOT);
      /** The derivative of E[amount] in `derivative`, with the discount factor of its date, which the parameter moves too. */
      const discounted = (row: number, derivative: Derivative, date = last) => {
        const [first] = derivative;
        if (first === undefined) return priceOf(row);
        const other = otherThanSpot(derivative);
        const parameter = other ?? first;
        const values = means(rowOf(row, parameter, other !== null), other === null ? ONE : BY_SPOT);
        const shift = discountTangent(schedule, parameter) + discountTangentOf(schedule, parameter, date);
        if (shift === 0) return values;
        const moved = other === null ? priceOf(row) : scoreDelta(row);
        return values.map((value, b) => value + shift * moved[b]!);
      };
      const lastDiscount = discountFactor(schedule);
      const centred = (values: Float64Array<ArrayBuffer>, own: Derivative) => ({
        values: values.map((value) => lastDiscount * (value - assetMean(own))),
        size: lastDiscount * assetMean([]) * spotScale(schedule, own),
      });
      const fitOf = remembered((g: number) =>
        openCrossFit([
          centred(discounted(asset, derivatives[g]!), derivatives[g]!),
          centred(priceOf(asset), []),
          centred(discounted(asset, ["spot"]), ["spot"]),
          centred(scoreDelta(asset), ["spot"]),
        ]),
      );
      return {
        scoreZ: derivatives.map(() => 0),
        cost(t) {
          const own = payments.of(t).flatMap(({ row }) => rowsOfAmounts[row]!);
          return draws.cost + rowsCost(own) + 2 * PRODUCT_COST * own.length;
        },
        of(t, g) {
          const derivative = derivatives[g]!;
          const parts = payments.of(t).map(({ row, date }) => {
            const discount = discountFactor(schedule, date);
            return discounted(row, derivative, date).map((value) => discount * value);
          });
          const sum = parts.reduce((total, part) => total.map((value, b) => value + part[b]!));
          return fitOf(g)(sum);
        },
      };
    },
  };
}

function expressionOf(amount: Amount): Expression {
  if (typeof amount === "function") throw new Error("pathwise must be asked for its obstacle first");
  return amount;
}
