import { exp, log, power, square } from "../../numerics/elementary.js";
import { logGamma } from "../../numerics/gamma-function.js";
import { type Jet, jetArithmetic } from "../../numerics/jet.js";
import { inverseNormal, normalCdf, normalDensity } from "../../numerics/normal.js";
import { integrate } from "../../numerics/tanh-sinh.js";
import { creditPortfolio, trancheLoss } from "../applications/credit-portfolio.js";
import { jumpDiffusion } from "../applications/jump-diffusion.js";
import { lognormalPrice } from "../applications/lognormal-price.js";
import { regimePath } from "../applications/regime-switching.js";
import { stoppingRule } from "../applications/stopping-rule.js";
import { changeParameters } from "../combinators/change-parameters.js";
import { directional } from "../estimators/directional.js";
import { measureValued } from "../estimators/measure-valued.js";
import { mixed } from "../estimators/mixed.js";
import { pathwise } from "../estimators/pathwise.js";
import { scoreFunction } from "../estimators/score-function.js";
import { type Integrand, pointwise } from "../integrand.js";
import { black } from "./black.js";
import { gradientExample } from "./example.js";

const MARKET = { spot: 100, rate: 0.05, volatility: 0.2, years: 1 };
const STRIKE = 100;
const discount = exp(-MARKET.rate * MARKET.years);
const callOf = (coordinate: number): Integrand => ({
  value(x, out) {
    const price = x[coordinate]!;
    for (let i = 0; i < out.length; i++) out[i] = discount * Math.max(price[i]! - STRIKE, 0);
  },
  slopes(x, out) {
    const price = x[coordinate]!;
    for (const column of out) column.fill(0);
    for (let i = 0; i < price.length; i++) out[coordinate]![i] = price[i]! > STRIKE ? discount : 0;
  },
});
const closed = black({ ...MARKET, strike: STRIKE });

export const blackScholesCall = gradientExample({
  name: "black-scholes-call",
  meaning: "delta and vega of a call, 100/100, 5 %, 20 %, one year",
  distribution: lognormalPrice(MARKET),
  integrand: callOf(0),
  estimators: [scoreFunction({ baseline: "none" }), scoreFunction(), pathwise(), measureValued()],
  exact: { spot: closed.call.delta, volatility: closed.call.vega },
});

export const blackScholesDigital = gradientExample({
  name: "black-scholes-digital",
  meaning: "delta and vega of a digital, where there is no pathwise derivative",
  distribution: lognormalPrice(MARKET),
  integrand: pointwise((price) => (price! > STRIKE ? discount : 0)),
  estimators: [scoreFunction({ baseline: "none" }), scoreFunction(), measureValued()],
  exact: { spot: closed.digital.delta, volatility: closed.digital.vega },
});

const JUMPS = { intensity: 1, jumpMean: -0.1, jumpDeviation: 0.15 };
const both = { intensity: { count: 1, compensator: 1 } };
const countBy = (estimator: ReturnType<typeof scoreFunction>) =>
  directional(both, mixed({ count: estimator, compensator: pathwise() }));

/** Σ_n P(n) over Merton's counts, of the call given n jumps; its derivative in λ through the count and through the drift. */
function mertonIntensity(): number {
  const { intensity, jumpMean, jumpDeviation } = JUMPS;
  const { years, volatility, rate } = MARKET;
  const meanJump = exp(jumpMean + square(jumpDeviation) / 2) - 1;
  const expected = intensity * years;
  let derivative = 0;
  for (let n = 0; n < 80; n++) {
    const probability = exp(n * log(expected) - expected - logGamma(n + 1));
    const spot = MARKET.spot * exp(-expected * meanJump + n * (jumpMean + square(jumpDeviation) / 2));
    const { price, delta } = black({
      spot,
      strike: STRIKE,
      rate,
      years,
      volatility: Math.sqrt(square(volatility) + (n * square(jumpDeviation)) / years),
    }).call;
    derivative += probability * ((n / intensity - years) * price - delta * spot * meanJump * years);
  }
  return derivative;
}

export const mertonJumps = gradientExample({
  name: "merton-intensity",
  meaning:
    "a call under Merton's jumps, in the jump intensity: score, score of the count alone, or one jump more",
  distribution: jumpDiffusion({ ...MARKET, ...JUMPS }),
  integrand: callOf(1),
  estimators: [
    directional(both, scoreFunction({ baseline: "none" })),
    directional(both, scoreFunction()),
    countBy(scoreFunction({ baseline: "none" })),
    countBy(scoreFunction()),
    countBy(measureValued()),
  ],
  exact: { intensity: mertonIntensity() },
});

const NAMES = 100;
const DEFAULT_PROBABILITY = 0.02;
const CORRELATION = 0.2;
const LOSS = 0.6 / NAMES;
const TRANCHE = { attach: 0.03, detach: 0.07 };

/** Σ_i ∂/∂p_i: given the factor the number of defaults is binomial, and one default more costs f(d + 1) − f(d). */
function trancheSensitivity(): number {
  const threshold = inverseNormal(DEFAULT_PROBABILITY);
  const own = Math.sqrt(1 - CORRELATION);
  const share = (d: number) =>
    Math.min(Math.max(LOSS * d - TRANCHE.attach, 0), TRANCHE.detach - TRANCHE.attach) /
    (TRANCHE.detach - TRANCHE.attach);
  return integrate(
    (z) => {
      const a = (threshold - Math.sqrt(CORRELATION) * z) / own;
      const q = normalCdf(a);
      const slope = normalDensity(a) / (own * normalDensity(threshold));
      if (q === 0 || q === 1) return 0;
      let sum = 0;
      for (let d = 0; d < NAMES; d++) {
        const logWays = logGamma(NAMES) - logGamma(d + 1) - logGamma(NAMES - d);
        const probability = exp(logWays + d * log(q) + (NAMES - 1 - d) * log(normalCdf(-a)));
        sum += probability * (share(d + 1) - share(d));
      }
      return normalDensity(z) * NAMES * slope * sum;
    },
    -10,
    10,
  );
}

/** All names' probabilities moved together. */
const together = changeParameters(
  creditPortfolio({
    probabilities: new Array<number>(NAMES).fill(DEFAULT_PROBABILITY),
    correlation: CORRELATION,
  }),
  {
    name: "credit-portfolio",
    terms: {
      probability: {
        kind: "number",
        meaning: "probability of default of every name",
        unit: "1",
        above: 0,
        below: 1,
      },
    },
    values: { probability: DEFAULT_PROBABILITY },
    jacobian: Array.from({ length: NAMES }, () => [1]),
  },
);
const powersOf = (coordinate: number, scale: (x: number) => number): readonly Integrand[] =>
  [0, 1, 2, 3, 4].map((degree) => ({
    value(x, out) {
      for (let i = 0; i < out.length; i++) out[i] = power(scale(x[coordinate]![i]!), degree);
    },
  }));

export const creditTranche = gradientExample({
  name: "credit-tranche",
  meaning: "a 3–7 % tranche on 100 names in a Gaussian copula, in the probability of default of all names",
  distribution: together,
  integrand: trancheLoss({ losses: new Array<number>(NAMES).fill(LOSS), ...TRANCHE }),
  estimators: [
    scoreFunction({ baseline: "none" }),
    scoreFunction(),
    scoreFunction({ baseline: { features: powersOf(0, (z) => z) } }),
    measureValued(),
  ],
  exact: { probability: trancheSensitivity() },
});

const STEPS = 12;
const REGIMES = { worsens: 0.1, recovers: 0.3 };
const VOLATILITIES = [0.15, 0.4] as const;
const callAfter = (stepsInTrouble: number): number => {
  const variance =
    ((STEPS - stepsInTrouble) * square(VOLATILITIES[0]) + stepsInTrouble * square(VOLATILITIES[1])) / STEPS;
  return black({ ...MARKET, strike: STRIKE, volatility: Math.sqrt(variance) }).call.price;
};

/** The price and its derivatives in both probabilities, by the law of the number of troubled steps. */
function regimeGradient(): Jet {
  const { add, subtract, multiply } = jetArithmetic(2);
  const worsens: Jet = [REGIMES.worsens, 1, 0];
  const recovers: Jet = [REGIMES.recovers, 0, 1];
  const nothing: Jet = [0, 0, 0];
  // reach[k][regime]: the probability of k troubled steps so far, standing in that regime.
  let reach: Jet[][] = Array.from({ length: STEPS + 1 }, (_, k) => [k === 0 ? [1, 0, 0] : nothing, nothing]);
  for (let step = 0; step < STEPS; step++) {
    const isLast = step === STEPS - 1;
    reach = reach.map((_, k) => {
      const calm = reach[k]![0]!;
      const troubled = reach[k - 1]?.[1] ?? nothing;
      if (isLast) return [calm, troubled];
      return [
        add(multiply(calm, subtract(1, worsens)), multiply(troubled, recovers)),
        add(multiply(calm, worsens), multiply(troubled, subtract(1, recovers))),
      ];
    });
  }
  return reach.reduce(
    (sum, [calm, troubled], k) => add(sum, multiply(add(calm!, troubled!), callAfter(k))),
    nothing,
  );
}

const regimeExact = regimeGradient();

export const regimeSwitching = gradientExample({
  name: "regime-switching",
  meaning:
    "a call whose volatility switches between 15 % and 40 % by the month, in the probabilities of switching",
  distribution: regimePath({ ...REGIMES, steps: STEPS }),
  // Given the regimes the price is known, so that only they are simulated.
  integrand: pointwise((...regimes) => callAfter(regimes.reduce((sum, regime) => sum + regime, 0))),
  estimators: [scoreFunction({ baseline: "none" }), scoreFunction()],
  exact: { worsens: regimeExact[1]!, recovers: regimeExact[2]! },
});

const PUT = {
  spot: 36,
  strike: 40,
  rate: 0.06,
  volatility: 0.2,
  dates: [0.5, 1] as const,
  boundary: 33,
  width: 1,
};

/** ∂/∂b of E[stop · exercise + go on · continuation], one integral over the first price. */
function boundarySensitivity(): number {
  const { spot, strike, rate, volatility, dates, boundary, width } = PUT;
  const left = dates[1] - dates[0];
  const root = volatility * Math.sqrt(dates[0]);
  const drift = (rate - square(volatility) / 2) * dates[0];
  const gain = (z: number) => {
    const price = spot * exp(drift + root * z);
    const stops = 1 / (1 + exp((price - boundary) / width));
    const call = black({ spot: price, strike, rate, volatility, years: left }).call.price;
    const goOn = call - price + strike * exp(-rate * left);
    const stop = Math.max(strike - price, 0);
    return (normalDensity(z) * stops * (1 - stops) * (stop - goOn)) / width;
  };
  const kink = (log(strike / spot) - drift) / root;
  return exp(-rate * dates[0]) * (integrate(gain, -12, kink) + integrate(gain, kink, 12));
}

export const bermudanPut = gradientExample({
  name: "bermudan-put",
  meaning:
    "a Bermudan put stopped at random around a boundary, in that boundary: improving an exercise policy by its gradient",
  distribution: stoppingRule(PUT),
  integrand: pointwise((early, stop, late) => {
    const [price, date] = stop! > 0 ? [early!, PUT.dates[0]] : [late!, PUT.dates[1]];
    return exp(-PUT.rate * date) * Math.max(PUT.strike - price, 0);
  }),
  estimators: [
    scoreFunction({ baseline: "none" }),
    scoreFunction(),
    scoreFunction({ baseline: { features: powersOf(0, (price) => price / PUT.spot - 1) } }),
    measureValued(),
  ],
  exact: { boundary: boundarySensitivity() },
});
