import { exp, log, square } from "../../numerics/elementary.js";
import { openAdam } from "../applications/adam.js";
import {
  bandit as banditEnvironment,
  cartPole as cartPoleEnvironment,
} from "../applications/environments.js";
import { logisticPolicy, policyGradient, softmaxPolicy } from "../applications/policy-gradient.js";
import { batchStatistics } from "../batch-statistics.js";
import { product } from "../combinators/product.js";
import { bernoulli } from "../distributions/bernoulli.js";
import { categorical, softmax } from "../distributions/categorical.js";
import { arm, disarm } from "../estimators/arm.js";
import { enumeration } from "../estimators/enumeration.js";
import { measureValued } from "../estimators/measure-valued.js";
import { rebar, relax } from "../estimators/rebar.js";
import { relaxation, straightThrough } from "../estimators/relaxation.js";
import { scoreFunction } from "../estimators/score-function.js";
import { pointwise } from "../integrand.js";
import { type Example, gradientExample } from "./example.js";

const TARGET = 0.45;
const LOGIT = log(0.1 / 0.9);
const probability = 1 / (1 + exp(-LOGIT));
const distance = pointwise(
  (b) => square(b - TARGET),
  (b) => 2 * (b - TARGET),
);

export const coin = gradientExample({
  name: "rebar",
  meaning: "(b − 0.45)² for a coin of probability 0.1: the toy problem of REBAR, in its logit",
  distribution: bernoulli({ logit: LOGIT }),
  integrand: distance,
  estimators: [
    scoreFunction({ baseline: "none" }),
    scoreFunction(),
    scoreFunction({ baseline: { leaveOneOut: 2 } }),
    measureValued(),
    enumeration(),
    arm(),
    disarm(),
    rebar({ temperature: 0.5, eta: 1 }),
    rebar({ temperature: 0.5 }),
    relax(),
  ],
  exact: { logit: probability * (1 - probability) * (1 - 2 * TARGET) },
});

export const gumbelSoftmax = gradientExample({
  name: "gumbel-softmax",
  meaning:
    "the same coin through a continuous relaxation: little variance, and a bias that no error bar shows",
  distribution: bernoulli({ logit: LOGIT }),
  integrand: distance,
  estimators: [
    relaxation({ temperature: 0.1 }),
    relaxation({ temperature: 0.5 }),
    straightThrough({ temperature: 0.5 }),
  ],
  exact: { logit: probability * (1 - probability) * (1 - 2 * TARGET) },
});

const COINS = [-1, 0.2, 0.8];
const odds = COINS.map((logit) => 1 / (1 + exp(-logit)));

export const coins = gradientExample({
  name: "coins",
  meaning: "(b₁ + b₂ + b₃ − 1.4)² for three coins, in the logit of each",
  distribution: product(Object.fromEntries(COINS.map((logit, i) => [`coin_${i + 1}`, bernoulli({ logit })]))),
  integrand: pointwise(
    (a, b, c) => square(a! + b! + c! - 1.4),
    (a, b, c) => [a, b, c].map(() => 2 * (a! + b! + c! - 1.4)),
  ),
  estimators: [scoreFunction(), measureValued(), enumeration(), arm(), disarm(), rebar(), relax()],
  exact: Object.fromEntries(
    odds.map((p, i) => {
      const others = odds.reduce((sum, q) => sum + q, 0) - p;
      return [`coin_${i + 1}.logit`, p * (1 - p) * (square(1 + others - 1.4) - square(others - 1.4))];
    }),
  ),
});

const LOGITS = [0.2, -0.1, 0.5];
const REWARDS = [1, 0, 0.5];
const choice = softmax(LOGITS);
const expected = choice.reduce((sum, p, k) => sum + p * REWARDS[k]!, 0);
const banditGradient = Object.fromEntries(
  choice.map((p, k) => [`logit_${k}`, p * (REWARDS[k]! - expected)] as const),
);
const asDistribution = gradientExample({
  name: "reinforce",
  meaning: "the expected reward of a three-armed bandit in the logits of its policy: REINFORCE",
  distribution: categorical({ logits: LOGITS }),
  integrand: pointwise(
    (...arms) => arms.reduce((sum, arm, k) => sum + arm * REWARDS[k]!, 0),
    () => REWARDS,
  ),
  estimators: [
    scoreFunction({ baseline: "none" }),
    scoreFunction(),
    enumeration(),
    measureValued(),
    rebar(),
    relax(),
  ],
  exact: banditGradient,
});

/** The bandit as a distribution over arms, and again as an environment that is played. */
export const bandit: Example = {
  ...asDistribution,
  async run(options) {
    const { samples = 65_536, seed = "1" } = options;
    const episodes = 16;
    const played = policyGradient(banditEnvironment(REWARDS), softmaxPolicy(3), Float64Array.from(LOGITS), {
      episodes,
      groups: Math.max(2, Math.ceil(samples / episodes)),
      seed,
    });
    return [
      ...(await asDistribution.run(options)),
      ...LOGITS.map((_, k) => ({
        parameter: `logit_${k}`,
        estimator: `policy gradient, groups of ${episodes} episodes`,
        bias: null,
        estimate: played.gradient[k]!,
        exact: banditGradient[`logit_${k}`]!,
        standardError: played.standardErrors[k]!,
        variance: played.variances[k]!,
      })),
    ];
  },
};

const EPISODES = 16;
const SOLVED = 475;

/** Trains CartPole until the mean return of a hundred episodes is 475, and says after how many episodes it was. */
export function trainCartPole(seed: string, mostIterations = 200) {
  const policy = logisticPolicy(4);
  const environment = cartPoleEnvironment();
  const theta = new Float64Array(policy.size);
  const adam = openAdam(policy.size, 0.1);
  const returns: number[] = [];
  const window = Math.ceil(100 / EPISODES);
  let recent = 0;
  while (returns.length < mostIterations) {
    const { gradient, meanReturn } = policyGradient(environment, policy, theta, {
      episodes: EPISODES,
      seed: `${seed}, iteration ${returns.length}`,
    });
    returns.push(meanReturn);
    recent = returns.slice(-window).reduce((sum, value) => sum + value, 0) / window;
    if (returns.length >= window && recent >= SOLVED) break;
    adam.step(theta, gradient);
  }
  return { theta, episodes: returns.length * EPISODES, recent, firstReturn: returns[0]! };
}

export const cartPole: Example = {
  name: "cart-pole",
  meaning: "balancing a pole by REINFORCE, to a mean return of 475 of at most 500; `samples` does not matter",
  run: async ({ seed = "1" }) => {
    const { theta, episodes } = trainCartPole(seed);
    const returns = Array.from({ length: 32 }, (_, group) =>
      policyGradient(cartPoleEnvironment(), logisticPolicy(4), theta, {
        episodes: EPISODES,
        seed: `${seed}, evaluation ${group}`,
      }),
    ).map(({ meanReturn }) => meanReturn);
    const { mean, standardError } = batchStatistics(returns);
    return [
      {
        parameter: `mean return after ${episodes} episodes of training`,
        estimator: "policy gradient, leave-one-out baseline",
        bias: null,
        estimate: mean,
        exact: null,
        standardError,
        variance: square(standardError) * returns.length,
      },
    ];
  },
};
