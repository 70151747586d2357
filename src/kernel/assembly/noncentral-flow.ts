import { digamma, largeGammaTangent, trigamma } from "./implicit-tangents";

// How a noncentral chi-squared variate moves with its degrees of freedom when its probability is held fixed.

/** ∂G/∂α of a gamma variate, and its derivative in α at fixed G. */
let gammaFlow: f64 = 0;
let gammaFlowByShape: f64 = 0;

/** Weights of the mixture below this share of the largest add nothing. */
const LEAST_WEIGHT: f64 = 1e-18;

/**
 * x = 2G is a mixture of gammas of shape α = d/2 + n whose weights given x are p_n ∝ (y/4)ⁿ / (n! Γ(α)), y = λx. With g_n = ∂G/∂α:
 *
 *   ∂x/∂d = E g,   ∂²x/∂d² = ½ E ∂_α g − ½ Cov(ψ(α), g) + (∂x/∂d) ∂_x(∂x/∂d),
 *
 * the last factor from the continuity equation of the density f: −∂_d ln f − (∂x/∂d) ∂_x ln f. The recurrence
 * g_{n+1} = g_n α/G + ln G − ψ(α + 1) lets the error of p_n g_n grow as the Poisson weights of λ/2 do, so that it stays small.
 * `w` is the Bessel ratio at y. First derivatives alone are found for many paths at once, in noncentral-flows.ts.
 */
export function secondNoncentralFlow(degrees: f64, y: f64, w: f64, gamma: f64, logGamma: f64): f64 {
  averageTermByTerm(degrees, y, gamma, logGamma);
  const order = 0.5 * degrees - 1;
  const logDensityByDegrees = -0.5 * meanBracket;
  const logDensityByX = -0.5 + (0.25 * (w + 2 * order)) / gamma;
  return 0.5 * (meanByShape - covariance) - meanFlow * (logDensityByDegrees + meanFlow * logDensityByX);
}

/** Whether g is so smooth in n over the mixture that three points tell its average, or has more terms than anything that is drawn. */
export function isFar(degrees: f64, y: f64, gamma: f64): bool {
  const order = 0.5 * degrees - 1;
  return order * order + y > 40000 || gamma > 500;
}

/**
 * E g far from the origin, where g is smooth in n, whose mean is w/2 and whose variance Q/4: three points of Gauss and Hermite, five
 * digits. ∂²x/∂d² needs more, since nearly all of it cancels.
 */
export function smoothAverage(degrees: f64, w: f64, q: f64, gamma: f64): f64 {
  const shape = 0.5 * (degrees + w);
  const reach = 0.5 * Math.sqrt(3 * q);
  return (
    (largeGammaTangent(shape - reach, gamma) +
      4 * largeGammaTangent(shape, gamma) +
      largeGammaTangent(shape + reach, gamma)) /
    6
  );
}

/** Averages over n given x: of g, of ψ(α) − ln G, of ∂_α g, and the covariance of the first two. */
let meanFlow: f64 = 0;
let meanBracket: f64 = 0;
let meanByShape: f64 = 0;
let covariance: f64 = 0;

/** The last ψ(α) that was asked for: nearly all paths of a step begin their sum at n = 0, with the same α. */
let knownShape: f64 = 0;
let knownDigamma: f64 = 0;

function averageTermByTerm(degrees: f64, y: f64, gamma: f64, logGamma: f64): void {
  const order = 0.5 * degrees - 1;
  const quarter = 0.25 * y;
  let n = Math.max(0, Math.floor(0.5 * (Math.sqrt(order * order + y) - order)));
  let weight: f64 = 1;
  while (n > 0 && weight > LEAST_WEIGHT) {
    weight *= (n * (n + order)) / quarter;
    n -= 1;
  }
  let shape = 0.5 * degrees + n;
  const inverseGamma = 1 / gamma;
  // ψ(α) − ln G and ψ'(α).
  if (shape != knownShape) {
    knownShape = shape;
    knownDigamma = digamma(shape);
  }
  let bracket = knownDigamma - logGamma;
  let slope = trigamma(shape);
  gammaSeries(shape, gamma, bracket, slope);
  let flow = gammaFlow;
  let byShape = gammaFlowByShape;
  let sum: f64 = 0;
  let sumBracket: f64 = 0;
  let sumFlow: f64 = 0;
  let sumProduct: f64 = 0;
  let sumByShape: f64 = 0;
  for (;;) {
    const inverse = 1 / shape;
    sum += weight;
    sumFlow += weight * flow;
    sumBracket += weight * bracket;
    sumProduct += weight * bracket * flow;
    sumByShape += weight * byShape;
    slope -= inverse * inverse;
    byShape = (byShape * shape + flow) * inverseGamma - slope;
    const growth = (quarter / (n + 1)) * inverse;
    weight *= growth;
    if (growth < 1 && weight < LEAST_WEIGHT) break;
    bracket += inverse;
    flow = flow * shape * inverseGamma - bracket;
    shape += 1;
    n += 1;
  }
  const total = 1 / sum;
  meanFlow = sumFlow * total;
  meanBracket = sumBracket * total;
  meanByShape = sumByShape * total;
  covariance = sumProduct * total - meanBracket * meanFlow;
}

/** G Σ t_n (ψ(α + n + 1) − ln G), t_n = G^n / (α)_{n+1}, and its derivative in α; `bracket` is ψ(α) − ln G, `slope` ψ'(α). */
function gammaSeries(shape: f64, gamma: f64, bracket: f64, slope: f64): void {
  let term = 1 / shape;
  let termByShape = -term * term;
  bracket += term;
  slope -= term * term;
  let sum: f64 = 0;
  let sumByShape: f64 = 0;
  for (let n = 1; ; n++) {
    const added = term * bracket;
    sum += added;
    const next = shape + n;
    const inverse = 1 / next;
    const addedByShape = termByShape * bracket + term * slope;
    sumByShape += addedByShape;
    const small =
      Math.abs(added) < 1e-17 * Math.abs(sum) && Math.abs(addedByShape) < 1e-17 * Math.abs(sumByShape);
    if (small && gamma < next) break;
    termByShape = gamma * inverse * (termByShape - term * inverse);
    slope -= inverse * inverse;
    term *= gamma * inverse;
    bracket += inverse;
  }
  gammaFlow = gamma * sum;
  gammaFlowByShape = gamma * sumByShape;
}
