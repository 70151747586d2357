import { cos, sin } from "../../numerics/circular.js";
import { exp, square } from "../../numerics/elementary.js";
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
const spread = 1 + 2 * WIDTH * square(DEVIATION);
const bump = (1 / Math.sqrt(spread)) * exp((-WIDTH * square(MEAN)) / spread);

export const normalBump = gradientExample({
  name: "normal-bump",
  meaning: "e^(−10x²) under a normal distribution: a narrow bump, where pathwise is worse than the score",
  distribution,
  estimators,
  integrand: pointwise(
    (x) => exp(-WIDTH * x * x),
    (x) => -2 * WIDTH * x * exp(-WIDTH * x * x),
  ),
  exact: {
    mean: ((-2 * WIDTH * MEAN) / spread) * bump,
    deviation:
      bump *
      ((-2 * WIDTH * DEVIATION) / spread + (4 * square(WIDTH) * DEVIATION * square(MEAN)) / square(spread)),
  },
});

const FREQUENCY = 5;
const damping = exp(-square(FREQUENCY * DEVIATION) / 2);

export const normalCosine = gradientExample({
  name: "normal-cosine",
  meaning: "cos 5x under a normal distribution: fast oscillation, where pathwise is worst",
  distribution,
  estimators,
  integrand: pointwise(
    (x) => cos(FREQUENCY * x),
    (x) => -FREQUENCY * sin(FREQUENCY * x),
  ),
  exact: {
    mean: -FREQUENCY * sin(FREQUENCY * MEAN) * damping,
    deviation: -square(FREQUENCY) * DEVIATION * cos(FREQUENCY * MEAN) * damping,
  },
});
