import { normal } from "../distributions/normal.js";
import { measureValued } from "../estimators/measure-valued.js";
import { pathwise } from "../estimators/pathwise.js";
import { scoreFunction } from "../estimators/score-function.js";
import { pointwise } from "../integrand.js";
import { gradientExample } from "./example.js";

/** Smooth, bumpy and oscillating functions of a standard problem: Mohamed et al. (2020), §3, where the order of estimators flips. */

const MEAN = 1;
const DEVIATION = 1;
const estimators = [
  scoreFunction({ baseline: "none" }),
  scoreFunction(),
  scoreFunction({ baseline: { leaveOneOut: 4 } }),
  scoreFunction({ baseline: { movingAverage: 0.9 } }),
  pathwise(),
  measureValued(),
];
const distribution = normal({ mean: MEAN, deviation: DEVIATION });

export const normalSquare = gradientExample({
  name: "normal-square",
  meaning: "x² under a normal distribution: gentle, so that pathwise is far better than the score",
  distribution,
  estimators,
  integrand: pointwise(
    (x) => x * x,
    (x) => 2 * x,
  ),
  exact: { mean: 2 * MEAN, deviation: 2 * DEVIATION },
});

const WIDTH = 10;
const spread = 1 + 2 * WIDTH * DEVIATION ** 2;
const bump = spread ** -0.5 * Math.exp((-WIDTH * MEAN ** 2) / spread);

export const normalBump = gradientExample({
  name: "normal-bump",
  meaning: "e^(−10x²) under a normal distribution: a narrow bump, where pathwise is worse than the score",
  distribution,
  estimators,
  integrand: pointwise(
    (x) => Math.exp(-WIDTH * x * x),
    (x) => -2 * WIDTH * x * Math.exp(-WIDTH * x * x),
  ),
  exact: {
    mean: ((-2 * WIDTH * MEAN) / spread) * bump,
    deviation:
      bump * ((-2 * WIDTH * DEVIATION) / spread + (4 * WIDTH ** 2 * DEVIATION * MEAN ** 2) / spread ** 2),
  },
});

const FREQUENCY = 5;
const damping = Math.exp(-((FREQUENCY * DEVIATION) ** 2) / 2);

export const normalCosine = gradientExample({
  name: "normal-cosine",
  meaning: "cos 5x under a normal distribution: fast oscillation, where pathwise is worst",
  distribution,
  estimators,
  integrand: pointwise(
    (x) => Math.cos(FREQUENCY * x),
    (x) => -FREQUENCY * Math.sin(FREQUENCY * x),
  ),
  exact: {
    mean: -FREQUENCY * Math.sin(FREQUENCY * MEAN) * damping,
    deviation: -(FREQUENCY ** 2) * DEVIATION * Math.cos(FREQUENCY * MEAN) * damping,
  },
});
