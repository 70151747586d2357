import { AUTOMATIC, type EstimatorName } from "../estimators/catalogue.js";
import { batchStatistics } from "../gradients/batch-statistics.js";
import { square } from "../numerics/elementary.js";
import { openRegression } from "../numerics/least-squares.js";
import type { Executor, ScheduleEstimates } from "./executor.js";
import { type Group, isObstacle, requestFor } from "./plan.js";

/** How a Greek of a trade is put together: estimators with weights that add up to 1. */
export interface Choice {
  readonly parts: readonly { readonly estimator: EstimatorName; readonly weight: number }[];
  /** How many times the paths the likelihood ratio would need for the same error, as the trial saw it; null without a trial. */
  readonly gain: number | null;
}

/** The trial's size: so many batches tell a variance to a third, which is enough to choose by. */
const TRIAL = { batches: 16, paths: 2048 };

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
  const rivals = candidates.map((ofTrade) => {
    const names = ofTrade.flatMap((own) => (isObstacle(own) || own.length < 2 ? [] : own));
    return AUTOMATIC.filter((name) => names.includes(name));
  });
  const trials = new Map<
    EstimatorName,
    { readonly trial: ScheduleEstimates; readonly places: ReadonlyMap<number, number> }
  >();
  for (const estimator of AUTOMATIC) {
    const members = rivals.flatMap((names, t) => (names.includes(estimator) ? [t] : []));
    if (members.length === 0) continue;
    const request = requestFor(group, members, estimator);
    const trial = await executor.estimate(
      { ...request, ...TRIAL, seed: `${request.seed} trial`, isTrial: true },
      { cancelled, onBatch: () => {} },
    );
    if (trial === null) return null;
    trials.set(estimator, { trial, places: new Map(members.map((t, index) => [t, index])) });
  }
  const measured = (t: number, estimator: EstimatorName, column: number): Measured => {
    const { trial, places } = trials.get(estimator)!;
    const index = places.get(t)!;
    const means = trial.estimates.of(index, column);
    return {
      estimator,
      means,
      variance: square(batchStatistics(means).standardError),
      cost: trial.estimates.cost(index),
    };
  };
  return candidates.map((ofTrade, t) => {
    const options = ofTrade.map((own, g) =>
      isObstacle(own) || own.length < 2 ? [] : own.map((name) => measured(t, name, group.greeks[g]!.column)),
    );
    const chosen = settle(options);
    return ofTrade.map((own, g): Choice | null => {
      if (isObstacle(own)) return null;
      if (own.length < 2) return { parts: [{ estimator: own[0]!, weight: 1 }], gain: null };
      return blend(options[g]!, chosen);
    });
  });
}

/** What a trial says of one estimate. */
interface Measured {
  readonly estimator: EstimatorName;
  readonly means: Float64Array;
  readonly variance: number;
  readonly cost: number;
}

/** A trial without any spread has seen no path that matters, unless nothing is left to be seen. */
function work({ estimator, variance, cost }: Measured): number {
  return variance === 0 && estimator !== "conditional" ? Infinity : variance * cost;
}

/**
 * The estimators that a trade runs. Each Greek wants the one of least variance × cost; one that is nearly as good for all that want
 * others is given up, since a further simulation costs more than it saves, and a trial sees ratios only to a factor.
 */
const WORTH = 1.2;

function settle(options: readonly (readonly Measured[])[]): ReadonlySet<EstimatorName> {
  const undecided = options.filter((own) => own.length > 0);
  const regret = (own: readonly Measured[], chosen: ReadonlySet<EstimatorName>) => {
    const least = Math.min(...own.map(work));
    const best = Math.min(...own.filter(({ estimator }) => chosen.has(estimator)).map(work));
    return best === least ? 1 : best / least;
  };
  const chosen = new Set<EstimatorName>();
  for (;;) {
    const losing = undecided.filter((own) => !(regret(own, chosen) <= WORTH));
    if (losing.length === 0) return chosen;
    // The estimator that contents most of those that are not yet.
    const names = AUTOMATIC.filter((name) => !chosen.has(name));
    const contented = (name: EstimatorName) =>
      losing.filter((own) => regret(own, new Set([...chosen, name])) <= WORTH).length;
    const next = names.reduce((best, name) => (contented(name) > contented(best) ? name : best));
    if (contented(next) === 0) return new Set(AUTOMATIC);
    chosen.add(next);
  }
}

/** What a blend must promise over the best alone: the trial flatters what it fits. */
const WORTH_BLENDING = 1.3;
/** Added to the variances, as a share of them, before the weights are solved for. */
const RIDGE = 0.1;

/** The best of the estimators that run, or all of them weighted, as they run anyway. */
function blend(options: readonly Measured[], chosen: ReadonlySet<EstimatorName>): Choice {
  const running = options.filter(({ estimator }) => chosen.has(estimator));
  const best = running.reduce((least, own) => (work(own) < work(least) ? own : least));
  const ratio = options.find(({ estimator }) => estimator === "likelihood-ratio");
  const gainOf = (variance: number) =>
    ratio === undefined || ratio.variance === 0 || variance === 0 ? null : ratio.variance / variance;
  const alone: Choice = { parts: [{ estimator: best.estimator, weight: 1 }], gain: gainOf(best.variance) };
  if (running.length < 2) return alone;
  const { weights, variance } = leastVariance(running);
  if (!(variance * WORTH_BLENDING < best.variance)) return alone;
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
  const fitted = regression.coefficients((i) => dot(y, x[i]!));
  const weights = others.map((_, i) => {
    const place = regression.kept.indexOf(i);
    return place < 0 ? 0 : fitted[place]!;
  });
  const all = [...weights, 1 - weights.reduce((sum, weight) => sum + weight, 0)];
  const mixture = y.map((_, b) => running.reduce((sum, { means }, i) => sum + all[i]! * means[b]!, 0));
  return { weights: all, variance: square(batchStatistics(mixture).standardError) };
}
