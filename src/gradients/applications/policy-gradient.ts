import { exp, square } from "../../numerics/elementary.js";
import { studentQuantile } from "../../numerics/student-quantile.js";
import { randomUniforms } from "../../random/seeds.js";
import { batchStatistics, interval } from "../batch-statistics.js";

/** A world to act in, one episode at a time. All of its chance comes from `random`. */
export interface Environment {
  /** Begins an episode and gives the first observation. */
  reset(random: () => number): Float64Array;
  step(action: number, random: () => number): Step;
}

export interface Step {
  readonly observation: Float64Array;
  readonly reward: number;
  readonly done: boolean;
}

/** A distribution over actions that depends on the observation and on parameters θ. */
export interface Policy {
  readonly size: number;
  /** Draws an action and writes ∇θ log π(action | observation). */
  act(theta: Float64Array, observation: Float64Array, u: number, score: Float64Array): number;
}

export interface PolicyGradientOptions {
  /** Episodes of a group; each episode's baseline is the mean reward-to-go of the others. Default 16. */
  readonly episodes?: number;
  /** Groups, from whose spread the errors come. Default 1, which gives a gradient and no error. */
  readonly groups?: number;
  readonly seed?: string;
  /** Episodes are cut off after so many steps. */
  readonly mostSteps?: number;
}

export interface PolicyGradient {
  readonly gradient: Float64Array;
  /** Of each component; NaN with fewer than two groups. */
  readonly standardErrors: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Variance of the estimate of one group. */
  readonly variances: Float64Array;
  readonly meanReturn: number;
}

/**
 * REINFORCE: Σ_t (R_t − b_t) ∇ log π(a_t | o_t) over the episodes of a group, R_t the reward still to come and b_t its mean
 * over the other episodes. Williams (1992); Kool, van Hoof and Welling (2019) for the baseline.
 */
export function policyGradient(
  environment: Environment,
  policy: Policy,
  theta: Float64Array,
  options: PolicyGradientOptions = {},
): PolicyGradient {
  const { episodes = 16, groups = 1, seed = "1", mostSteps = 500 } = options;
  if (!(Number.isInteger(episodes) && episodes >= 2))
    throw new RangeError(`episodes must be a whole number >= 2, got ${episodes}`);
  const all = Array.from({ length: groups }, (_, group) => {
    const paths = Array.from({ length: episodes }, (_unused, episode) =>
      playEpisode(environment, policy, theta, {
        random: randomUniforms(seed, `${group}`, `${episode}`),
        mostSteps,
      }),
    );
    return groupGradient(paths, policy.size);
  });
  const component = (j: number) => batchStatistics(all.map(({ gradient }) => gradient[j]!));
  const statistics = Array.from({ length: policy.size }, (_, j) => component(j));
  const quantile = groups > 1 ? studentQuantile(0.975, groups - 1) : Number.NaN;
  const intervals = statistics.map((of) => interval(of, groups, quantile));
  return {
    gradient: Float64Array.from(statistics, ({ mean }) => mean),
    standardErrors: Float64Array.from(statistics, ({ standardError }) => standardError),
    low: Float64Array.from(intervals, ({ low }) => low),
    high: Float64Array.from(intervals, ({ high }) => high),
    variances: Float64Array.from(statistics, ({ standardError }) => square(standardError) * groups),
    meanReturn: batchStatistics(all.map((group) => group.meanReturn)).mean,
  };
}

interface Episode {
  /** Scores of the steps, one after the other. */
  readonly scores: Float64Array[];
  readonly rewards: readonly number[];
}

function playEpisode(
  environment: Environment,
  policy: Policy,
  theta: Float64Array,
  { random, mostSteps }: { readonly random: () => number; readonly mostSteps: number },
): Episode {
  const scores: Float64Array[] = [];
  const rewards: number[] = [];
  let observation = environment.reset(random);
  for (let t = 0; t < mostSteps; t++) {
    const score = new Float64Array(policy.size);
    const action = policy.act(theta, observation, random(), score);
    const step = environment.step(action, random);
    scores.push(score);
    rewards.push(step.reward);
    if (step.done) break;
    observation = step.observation;
  }
  return { scores, rewards };
}

function groupGradient(episodes: readonly Episode[], size: number) {
  const gradient = new Float64Array(size);
  const longest = Math.max(...episodes.map(({ rewards }) => rewards.length));
  const toGo = episodes.map(() => 0);
  let sumToGo = 0;
  // Backwards, so that the reward still to come is a running sum; episodes that have ended have none.
  for (let t = longest - 1; t >= 0; t--) {
    for (const [e, { rewards }] of episodes.entries()) {
      const reward = rewards[t] ?? 0;
      toGo[e]! += reward;
      sumToGo += reward;
    }
    for (const [e, { scores }] of episodes.entries()) {
      const score = scores[t];
      if (score === undefined) continue;
      const baseline = (sumToGo - toGo[e]!) / (episodes.length - 1);
      const advantage = (toGo[e]! - baseline) / episodes.length;
      for (let j = 0; j < size; j++) gradient[j]! += advantage * score[j]!;
    }
  }
  return { gradient, meanReturn: sumToGo / episodes.length };
}

/** Two actions, 1 with probability 1/(1 + e^−θ·o). */
export function logisticPolicy(size: number): Policy {
  return {
    size,
    act(theta, observation, u, score) {
      let logit = 0;
      for (let j = 0; j < size; j++) logit += theta[j]! * observation[j]!;
      const probability = 1 / (1 + exp(-logit));
      const action = u < probability ? 1 : 0;
      for (let j = 0; j < size; j++) score[j] = (action - probability) * observation[j]!;
      return action;
    },
  };
}

/** One of several actions by softmax(θ), whatever is observed. */
export function softmaxPolicy(actions: number): Policy {
  return {
    size: actions,
    act(theta, _, u, score) {
      const highest = theta.reduce((a, b) => Math.max(a, b));
      const weights = theta.map((logit) => exp(logit - highest));
      const sum = weights.reduce((a, b) => a + b, 0);
      let left = u * sum;
      let action = 0;
      while (action < actions - 1 && left > weights[action]!) left -= weights[action++]!;
      for (let k = 0; k < actions; k++) score[k] = (k === action ? 1 : 0) - weights[k]! / sum;
      return action;
    },
  };
}
