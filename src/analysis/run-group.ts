import { pathwiseDerivativeObstacle } from "../estimators/pathwise.js";
import { type PaymentRows, paymentRows } from "../estimators/payment-rows.js";
import { batchStatistics } from "../gradients/batch-statistics.js";
import type { EstimatorName, Executor, ScheduleEstimates } from "./executor.js";
import { type Group, requestFor } from "./plan.js";
import type { Precision } from "./settings.js";
import { estimateToPrecision } from "./to-precision.js";

/** Where a trade's Greek is read: a run, and the trade's place among its amounts. */
export interface Source {
  readonly estimator: EstimatorName;
  readonly estimates: ScheduleEstimates;
  readonly payments: PaymentRows;
  readonly index: number;
  /** How many times the paths the likelihood ratio would need, as the trial saw it; null where there was no trial. */
  readonly gain: number | null;
}

/** The estimator of each Greek (by its place in the group) of one trade, with the gain over the likelihood ratio. */
interface Choice {
  readonly estimators: readonly EstimatorName[];
  readonly gains: readonly (number | null)[];
}

/** The trial's size: so many batches tell a variance to a third, which is enough to choose by. */
const TRIAL = { batches: 16, paths: 2048 };

/**
 * Runs every estimator that a group's trades need, each for the trades that want it; null when interrupted. Trials have random
 * numbers of their own and are discarded, so that the choice does not bias what is chosen; and a trade's choice depends on no other.
 */
export async function runGroup(
  group: Group,
  executor: Executor,
  control: Parameters<Executor["estimate"]>[1],
  { precision, elapsed }: { readonly precision: Precision | null; readonly elapsed: () => number },
): Promise<((t: number, greek: number) => Source) | null> {
  const choices = await choose(group, executor, control);
  if (choices === null) return null;
  const runs = new Map<
    EstimatorName,
    Omit<Source, "gain" | "index"> & { places: ReadonlyMap<number, number> }
  >();
  for (const estimator of ["conditional", "pathwise", "likelihood-ratio", "finite-difference"] as const) {
    const members = choices.flatMap(({ estimators }, t) => (estimators.includes(estimator) ? [t] : []));
    if (members.length === 0) continue;
    const request = requestFor(group, members, estimator);
    const wanted = members.flatMap((t, index) =>
      group.greeks.flatMap(({ greek: { wrt }, column }, g) =>
        choices[t]!.estimators[g] === estimator
          ? [{ index, column, bySpot: wrt.filter((parameter) => parameter === "spot").length }]
          : [],
      ),
    );
    const estimates = await estimateToPrecision(executor, request, control, { precision, wanted, elapsed });
    if (estimates === null) return null;
    const places = new Map(members.map((t, index) => [t, index]));
    runs.set(estimator, { estimator, estimates, payments: paymentRows(request), places });
  }
  return (t, greek) => {
    const { places, ...run } = runs.get(choices[t]!.estimators[greek]!)!;
    return { ...run, index: places.get(t)!, gain: choices[t]!.gains[greek]! };
  };
}

async function choose(
  group: Group,
  executor: Executor,
  { cancelled }: Parameters<Executor["estimate"]>[1],
): Promise<readonly Choice[] | null> {
  const { candidates, greeks } = group;
  const undecided = candidates.flatMap((names, t) => (names.length > 1 ? [t] : []));
  const only = (estimator: EstimatorName): Choice => ({
    estimators: greeks.map(() => estimator),
    gains: greeks.map(() => null),
  });
  if (undecided.length === 0) return candidates.map(([first]) => only(first!));
  const trials: ScheduleEstimates[] = [];
  for (const estimator of ["likelihood-ratio", "pathwise"] as const) {
    const request = { ...requestFor(group, undecided, estimator), ...TRIAL };
    const trial = await executor.estimate(
      { ...request, seed: `${request.seed} trial`, isTrial: true },
      { cancelled, onBatch: () => {} },
    );
    if (trial === null) return null;
    trials.push(trial);
  }
  const [ratio, pathwise] = trials as [ScheduleEstimates, ScheduleEstimates];
  const offered = greeks.map(
    ({ greek }) => pathwiseDerivativeObstacle(group.request.schedule, greek.wrt) === null,
  );
  return candidates.map(([first, ...others], t) => {
    if (others.length === 0) return only(first!);
    const index = undecided.indexOf(t);
    const variance = ({ estimates }: ScheduleEstimates, column: number) =>
      batchStatistics(estimates.of(index, column)).standardError ** 2;
    const gains = greeks.map(({ column }, g) =>
      offered[g] ? variance(ratio, column) / variance(pathwise, column) : 0,
    );
    return decide(gains);
  });
}

/** What a second estimator must promise somewhere: it costs another simulation, and a trial sees ratios only to a factor. */
const WORTH = 4;

/**
 * One estimator for all Greeks, or both where either alone would leave some Greek with several times the variance it could have:
 * the least regret. `gains` are those of pathwise over the likelihood ratio, 0 where it has none to offer.
 */
function decide(gains: readonly number[]): Choice {
  // A ratio of variances near 0/0 says nothing.
  const known = gains.map((gain) => (Number.isNaN(gain) ? 1 : gain));
  const pathwise = Math.max(...known.map((gain) => 1 / gain));
  const ratio = Math.max(...known);
  const isPathwise = (gain: number) => {
    if (Math.min(pathwise, ratio) > WORTH) return gain > 1;
    return pathwise <= ratio;
  };
  return {
    estimators: known.map((gain) => (isPathwise(gain) ? "pathwise" : "likelihood-ratio")),
    gains: known.map((gain) => (isPathwise(gain) ? gain : 1)),
  };
}
