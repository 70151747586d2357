import { AUTOMATIC, type EstimatorName } from "../estimators/catalogue.js";
import { batchStatistics } from "../gradients/batch-statistics.js";
import { log, square } from "../numerics/elementary.js";
import { coefficientsOf, openRegression } from "../numerics/least-squares.js";
import { remembered } from "../numerics/remembered.js";
import { latentCost } from "../simulation/paths.js";
import type { Executor } from "./executor.js";
import { type Candidates, type Group, isObstacle, shareOf } from "./plan.js";

/** How a Greek of a trade is put together: estimators with weights that add up to 1. */
export interface Choice {
  readonly parts: readonly { readonly estimator: EstimatorName; readonly weight: number }[];
  /** How many times the paths the likelihood ratio would need for the same error, as the trial saw it; null without a trial. */
  readonly gain: number | null;
}

/** The trial's size: so many batches tell a variance to a fifth, and are what control variates need that are fitted to batches. */
const TRIAL = { batches: 64, paths: 4096 };

/**
 * Chooses the estimators of every trade and Greek; null where there is none to choose. Where several apply, all run a trial with
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
  const shares = AUTOMATIC.flatMap(
    (name) => shareOf(group, name, (t, g) => rivals(candidates[t]![g]!).includes(name)) ?? [],
  );
  const { seed, schedule } = group.request;
  const trial = await executor.estimate(
    {
      ...{ ...group.request, ...TRIAL, seed: `${seed} trial`, isTrial: true },
      parts: shares.map(({ part }) => part),
    },
    { cancelled, onBatch: () => {} },
  );
  if (trial === null) return null;
  const trials = new Map(
    shares.map((share, i) => {
      const { estimates } = trial[i]!;
      return [
        share.part.estimator,
        { share, estimates, ownLatent: latentCost(schedule, share.part.derivatives) },
      ];
    }),
  );
  const latent = latentCost(
    schedule,
    shares.flatMap(({ part }) => part.derivatives),
  );
  return candidates.map((ofTrade, t) => {
    const costs = new Map(
      [...trials].flatMap(([estimator, { share, estimates, ownLatent }]) => {
        const index = share.indexOf(t);
        return index === undefined ? [] : [[estimator, estimates.cost(index) - ownLatent]];
      }),
    );
    const options = ofTrade.map((own, g) =>
      rivals(own).map((estimator): Measured => {
        const { share, estimates } = trials.get(estimator)!;
        const means = estimates.of(share.indexOf(t)!, share.columnOf(group.greeks[g]!));
        const variance = square(batchStatistics(means).standardError);
        return { estimator, means, variance, cost: costs.get(estimator)! };
      }),
    );
    const chosen = settle(options, latent);
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
  /** Of a path, but for the latent path, which all estimators share. */
  readonly cost: number;
}

/** A trial without any spread has seen no path that matters, or one that overflows. */
function spread({ variance }: { readonly variance: number }): number {
  return variance > 0 ? variance : Number.MAX_VALUE;
}

/**
 * The estimators that a trade runs: of all sets the one that makes its Greeks sharp soonest, by the geometric mean over them of the
 * variance that the set promises × what it costs on shared paths. One that serves few Greeks is left out unless it serves them very
 * well.
 */
function settle(options: readonly (readonly Measured[])[], latent: number): ReadonlySet<EstimatorName> {
  const undecided = options.filter((own) => own.length > 0);
  const costs = new Map<EstimatorName, number>(
    undecided.flat().map(({ estimator, cost }) => [estimator, cost]),
  );
  const names: readonly EstimatorName[] = AUTOMATIC.filter((name) => costs.has(name));
  let best: { readonly set: ReadonlySet<EstimatorName>; readonly work: number } | null = null;
  for (let bits = 1; bits < 1 << names.length; bits++) {
    const set = new Set(names.filter((_, i) => (bits & (1 << i)) !== 0));
    if (undecided.some((own) => !own.some(({ estimator }) => set.has(estimator)))) continue;
    const cost = [...set].reduce((sum, name) => sum + costs.get(name)!, latent);
    const work = undecided.reduce((sum, own) => sum + log(cost) + log(spread(mix(own, set))), 0);
    if (best === null || work < best.work) best = { set, work };
  }
  return best?.set ?? new Set();
}

/** What a blend must promise over the best alone: the trial flatters what it fits. */
const WORTH_BLENDING = 1.3;
/** Added to the variances, as a share of them, before the weights are solved for. */
const RIDGE = 0.1;

interface Mixture {
  readonly parts: Choice["parts"];
  readonly variance: number;
}

/** The best of the estimators that run, or all of them weighted, as they run anyway. */
function mix(options: readonly Measured[], chosen: ReadonlySet<EstimatorName>): Mixture {
  const running = options.filter(({ estimator }) => chosen.has(estimator));
  const best = running.reduce((least, own) => (spread(own) < spread(least) ? own : least));
  const single = { parts: alone(best.estimator).parts, variance: best.variance };
  if (running.length < 2) return single;
  const { weights, variance } = leastVariance(running);
  if (!(variance * WORTH_BLENDING < best.variance)) return single;
  return { parts: running.map(({ estimator }, i) => ({ estimator, weight: weights[i]! })), variance };
}

function blend(options: readonly Measured[], chosen: ReadonlySet<EstimatorName>): Choice {
  const { parts, variance } = mix(options, chosen);
  const ratio = options.find(({ estimator }) => estimator === "likelihood-ratio");
  const gain =
    ratio === undefined || ratio.variance === 0 || variance === 0 ? null : ratio.variance / variance;
  return { parts, gain };
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
