import { AUTOMATIC, type EstimatorName } from "../estimators/catalogue.js";
import { batchStatistics } from "../gradients/batch-statistics.js";
import { log, square } from "../numerics/elementary.js";
import { coefficientsOf, openRegression } from "../numerics/least-squares.js";
import { remembered } from "../numerics/remembered.js";
import type { Executor, ScheduleEstimates } from "./executor.js";
import { type Candidates, type Group, isObstacle, type Share, shareOf } from "./plan.js";

/** How a Greek of a trade is put together: estimators with weights that add up to 1. */
export interface Choice {
  readonly parts: readonly { readonly estimator: EstimatorName; readonly weight: number }[];
  /** How many times the paths the likelihood ratio would need for the same error, as the trial saw it; null without a trial. */
  readonly gain: number | null;
}

/** The trial's size: so many batches tell a variance to a fifth, and are what control variates need that are fitted to batches. */
const TRIAL = { batches: 64, paths: 4096 };

/**
 * Chooses the estimators of every trade and Greek; null where there is none to choose. Where several apply, each runs a trial with
 * random numbers of its own, which is discarded: the choice does not bias what is chosen, and depends on no other trade.
 * Answers null when interrupted.
 */
export async function chooseEstimators(
  group: Group,
  executor: Executor,
  cancelled: () => boolean,
): Promise<readonly (readonly (Choice | null)[])[] | null> {
  const { candidates } = group;
  if (!candidates.some((ofTrade) => ofTrade.some(needsTrial)))
    return candidates.map((ofTrade) => ofTrade.map(only));
  const trials = new Map<EstimatorName, { readonly share: Share; readonly trial: ScheduleEstimates }>();
  for (const estimator of AUTOMATIC) {
    const share = shareOf(group, estimator, (t, g) => rivals(candidates[t]![g]!).includes(estimator));
    if (share === null) continue;
    const { request } = share;
    const trial = await executor.estimate(
      { ...request, ...TRIAL, seed: `${request.seed} trial`, isTrial: true },
      { cancelled, onBatch: () => {} },
    );
    if (trial === null) return null;
    trials.set(estimator, { share, trial });
  }
  return candidates.map((ofTrade, t) => {
    const costs = new Map(
      [...trials].flatMap(([estimator, { share, trial }]) => {
        const index = share.indexOf(t);
        return index === undefined ? [] : [[estimator, trial.estimates.cost(index)]];
      }),
    );
    const options = ofTrade.map((own, g) =>
      rivals(own).map((estimator): Measured => {
        const { share, trial } = trials.get(estimator)!;
        const means = trial.estimates.of(share.indexOf(t)!, share.columnOf(group.greeks[g]!));
        const variance = square(batchStatistics(means).standardError);
        return { estimator, means, variance, cost: costs.get(estimator)! };
      }),
    );
    const chosen = settle(options);
    return ofTrade.map((own, g): Choice | null => {
      return needsTrial(own) ? blend(options[g]!, chosen) : only(own);
    });
  });
}

/** What is chosen without a trial. */
function only(candidates: Candidates): Choice | null {
  return isObstacle(candidates) ? null : alone(candidates[0]!);
}

const alone = remembered(
  (estimator: EstimatorName): Choice => ({ parts: [{ estimator, weight: 1 }], gain: null }),
);

/** The estimators that a trial has to decide between. */
function rivals(candidates: Candidates): readonly EstimatorName[] {
  return isObstacle(candidates) || candidates.length < 2 ? [] : candidates;
}

function needsTrial(candidates: Candidates): boolean {
  return rivals(candidates).length > 0;
}

/** What a trial says of one estimate. */
interface Measured {
  readonly estimator: EstimatorName;
  readonly means: Float64Array;
  readonly variance: number;
  readonly cost: number;
}

/** A trial without any spread has seen no path that matters, or one that overflows. */
function spread({ variance }: Measured): number {
  return variance > 0 ? variance : Number.MAX_VALUE;
}

/**
 * The estimators that a trade runs: of all sets the one that makes its Greeks sharp soonest, by the geometric mean over them of the
 * least variance × the cost of the whole set. One that serves few Greeks is left out unless it serves them very well.
 */
function settle(options: readonly (readonly Measured[])[]): ReadonlySet<EstimatorName> {
  const undecided = options.filter((own) => own.length > 0);
  const costs = new Map<EstimatorName, number>(
    undecided.flat().map(({ estimator, cost }) => [estimator, cost]),
  );
  const names: readonly EstimatorName[] = AUTOMATIC.filter((name) => costs.has(name));
  let best: { readonly set: ReadonlySet<EstimatorName>; readonly work: number } | null = null;
  for (let bits = 1; bits < 1 << names.length; bits++) {
    const set = new Set(names.filter((_, i) => (bits & (1 << i)) !== 0));
    const serving = undecided.map((own) => own.filter(({ estimator }) => set.has(estimator)));
    if (serving.some(({ length }) => length === 0)) continue;
    const cost = [...set].reduce((sum, name) => sum + costs.get(name)!, 0);
    const work = serving.reduce((sum, own) => sum + log(cost) + log(Math.min(...own.map(spread))), 0);
    if (best === null || work < best.work) best = { set, work };
  }
  return best?.set ?? new Set();
}

/** What a blend must promise over the best alone: the trial flatters what it fits. */
const WORTH_BLENDING = 1.3;
/** Added to the variances, as a share of them, before the weights are solved for. */
const RIDGE = 0.1;

/** The best of the estimators that run, or all of them weighted, as they run anyway. */
function blend(options: readonly Measured[], chosen: ReadonlySet<EstimatorName>): Choice {
  const running = options.filter(({ estimator }) => chosen.has(estimator));
  const best = running.reduce((least, own) => (spread(own) < spread(least) ? own : least));
  const ratio = options.find(({ estimator }) => estimator === "likelihood-ratio");
  const gainOf = (variance: number) =>
    ratio === undefined || ratio.variance === 0 || variance === 0 ? null : ratio.variance / variance;
  const single: Choice = { ...alone(best.estimator), gain: gainOf(best.variance) };
  if (running.length < 2) return single;
  const { weights, variance } = leastVariance(running);
  if (!(variance * WORTH_BLENDING < best.variance)) return single;
  return {
    parts: running.map(({ estimator }, i) => ({ estimator, weight: weights[i]! })),
    gain: gainOf(variance),
  };
}

/** Weights that add up to 1 of least variance, from the covariance of the trials' batches, which share their paths. */
function leastVariance(running: readonly Measured[]): { weights: readonly number[]; variance: number } {
  const [last] = running.slice(-1) as [Measured];
  const others = running.slice(0, -1);
  // last + Σ w (other − last): a regression of the last on its differences from the others.
  const centred = ({ means }: Measured) => {
    const mean = means.reduce((sum, value) => sum + value, 0) / means.length;
    return means.map((value) => value - mean);
  };
  const y = centred(last);
  const x = others.map((other) => centred(other).map((value, b) => y[b]! - value));
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const n = others.length;
  const gram = Float64Array.from({ length: n * n }, (_, i) => {
    const [row, column] = [Math.floor(i / n), i % n];
    return dot(x[row]!, x[column]!) * (row === column ? 1 + RIDGE : 1);
  });
  const regression = openRegression(gram, n);
  const fitted = coefficientsOf(
    regression,
    x.map((difference) => dot(y, difference)),
  );
  const weights = others.map((_, i) => {
    const place = regression.kept.indexOf(i);
    return place < 0 ? 0 : fitted[place]!;
  });
  const all = [...weights, 1 - weights.reduce((sum, weight) => sum + weight, 0)];
  const mixture = y.map((_, b) => running.reduce((sum, { means }, i) => sum + all[i]! * means[b]!, 0));
  return { weights: all, variance: square(batchStatistics(mixture).standardError) };
}
