import { columnAt, constant } from "./step-tables";
import { gammaTangent, inverseGaussianSecondTangent, inverseGaussianTangent } from "./implicit-tangents";
import { nextGamma, nextInverseGaussian, nextPoisson, openStream } from "./latent-stream";

// One step of the variance path of Heston's model, with derivatives in any directions of parameter space:
// the variance v' exactly (a Poisson mixture of gammas), its integral by an inverse Gaussian with the exact two first
// moments given v and v'. Constants of the step, each with its directional derivatives, stand in `constants`:

/** v' = SCALE·x, x noncentral chi-squared of DEGREES degrees and noncentrality λ = PULL·v. */
const SCALE = 0;
const PULL = 1;
const DEGREES = 2;
/** Mean of the integral M1 = MEAN_B·B + MEAN_S·(v + v'), B = 1 + ν + w(λx). */
const MEAN_B = 3;
const MEAN_S = 4;
/** Variance M2 = VARIANCE_B·B + MEAN_B²·Q + VARIANCE_S·(v + v'), Q = y − w² − 2νw at y = λx. */
const VARIANCE_B = 5;
const VARIANCE_S = 6;
/** m += DRIFT + BY_CHANGE·(v' − v) + BY_INTEGRAL·IV; s² += SHARE·IV. */
const DRIFT = 7;
const BY_CHANGE = 8;
const BY_INTEGRAL = 9;
const SHARE = 10;

/** Below this v' is as good as 0, and so are its derivatives. */
const LEAST_GAMMA: f64 = 1e-290;

/** w(ν, y) = z I_{ν+1}(z) / I_ν(z) with y = z², its derivative in ν, and Q = y − w² − 2νw. */
let besselW: f64 = 0;
let besselByOrder: f64 = 0;
let besselQ: f64 = 0;

function besselRatio(order: f64, y: f64): void {
  const size = order * order + y;
  if (size > 40000) besselSeries(order, y, size);
  else besselRecurrence(order, y);
}

/**
 * Backward recurrence w_k = y / (2(ν + k + 1) + w_{k+1}), begun with a bound that is tight for large orders. With
 * w_k = y D_{k+1} / D_k it needs no division: D_k = 2(ν + k + 1) D_{k+1} + y D_{k+2}, all terms positive.
 */
function besselRecurrence(order: f64, y: f64): void {
  const z = Math.sqrt(y);
  const terms = Math.ceil(20 + Math.min(1.2 * z, 6 * Math.sqrt(z)));
  const b = order + terms + 1;
  const root = Math.sqrt((b + 0.5) * (b + 0.5) + y);
  let later: f64 = 1;
  let laterByOrder: f64 = 0;
  let now = b - 0.5 + root;
  let nowByOrder = 1 + (b + 0.5) / root;
  for (let k = terms - 1; k >= 0; k -= 1) {
    const factor = 2 * (order + k + 1);
    const next = factor * now + y * later;
    const nextByOrder = 2 * now + factor * nowByOrder + y * laterByOrder;
    later = now;
    laterByOrder = nowByOrder;
    now = next;
    nowByOrder = nextByOrder;
    if (now > 1e200) {
      later *= 1e-200;
      laterByOrder *= 1e-200;
      now *= 1e-200;
      nowByOrder *= 1e-200;
    }
  }
  const inverse = 1 / now;
  const w = y * later * inverse;
  besselW = w;
  besselByOrder = (y * laterByOrder - w * nowByOrder) * inverse;
  besselQ = y - w * w - 2 * order * w;
}

/**
 * For R = √(ν² + y) > 200, from the Riccati equation 2y ∂w/∂y = Q: w = R − ν + δ with δ = Σ P_k(s) / R^{k−1}, s = y/R², and
 * Q = −δ(2R + δ), nothing of which cancels. The first P left out is of the order of rounding.
 */
function besselSeries(order: f64, y: f64, size: f64): void {
  const root = Math.sqrt(size);
  const e = 1 / root;
  const s = y / size;
  const p1: f64 = -0.5 * s;
  const p2: f64 = (-0.625 * s + 0.5) * s;
  const p3: f64 = ((-1.875 * s + 2.25) * s - 0.5) * s;
  const p4: f64 = (((-8.6328125 * s + 13.8125) * s - 5.875) * s + 0.5) * s;
  const p5: f64 = ((((-52.96875 * s + 105.9375) * s - 66.375) * s + 13.5) * s - 0.5) * s;
  const p6: f64 = (((((-404.4189453125 * s + 970.60546875) * s - 802.859375) * s + 264.25) * s - 29.125) * s + 0.5) * s;
  const delta = p1 + e * (p2 + e * (p3 + e * (p4 + e * (p5 + e * p6))));
  const q1: f64 = 1.0 * s;
  const q2: f64 = (3.125 * s - 1.5) * s;
  const q3: f64 = ((15.0 * s - 13.5) * s + 2.0) * s;
  const q4: f64 = (((94.9609375 * s - 124.3125) * s + 41.125) * s - 2.5) * s;
  const q5: f64 = ((((741.5625 * s - 1271.25) * s + 663.75) * s - 108.0) * s + 3.0) * s;
  const q6: f64 = (((((6875.1220703125 * s - 14559.08203125) * s + 10437.171875) * s - 2906.75) * s + 262.125) * s - 3.5) * s;
  // ∂P_k R^{1−k} / ∂ν = ν R^{−2} R^{1−k} q_k.
  const slope = q1 + e * (q2 + e * (q3 + e * (q4 + e * (q5 + e * q6))));
  const less = order > 0 ? y / (root + order) : root - order;
  besselW = less + delta;
  besselByOrder = -less * e + order * e * e * slope;
  besselQ = -delta * (2 * root + delta);
}

/**
 * Advances n paths by one step and adds to m and s². `columns` lists the addresses of the columns v, m, s² and then, per
 * direction, those of their derivatives. Where `byV0` and `byRho` name directions (0 names none), the addresses of
 * ∂²v/∂v0², ∂²m/∂v0², ∂²s²/∂v0², ∂²m/∂v0∂ρ, ∂²s²/∂v0∂ρ and ∂²s²/∂ρ² follow.
 */
export function hestonStep(
  n: i32,
  constants: usize,
  columns: usize,
  directions: i32,
  byV0: i32,
  byRho: i32,
  key0: u32,
  key1: u32,
  firstPath: u32,
  step: u32,
  batch: u32,
): void {
  const scale = constant(constants, directions, SCALE, 0);
  const pull = constant(constants, directions, PULL, 0);
  const degrees = constant(constants, directions, DEGREES, 0);
  const meanB = constant(constants, directions, MEAN_B, 0);
  const meanS = constant(constants, directions, MEAN_S, 0);
  const varianceB = constant(constants, directions, VARIANCE_B, 0);
  const varianceS = constant(constants, directions, VARIANCE_S, 0);
  const drift = constant(constants, directions, DRIFT, 0);
  const byChange = constant(constants, directions, BY_CHANGE, 0);
  const byIntegral = constant(constants, directions, BY_INTEGRAL, 0);
  const share = constant(constants, directions, SHARE, 0);
  const order = 0.5 * degrees - 1;
  let movesDegrees = false;
  for (let j = 1; j <= directions; j++) {
    if (constant(constants, directions, DEGREES, j) != 0) movesDegrees = true;
  }

  for (let i = 0; i < n; i++) {
    const at = (<usize>i) << 3;
    const vAddress = columnAt(columns, 0, at);
    const meanAddress = columnAt(columns, 1, at);
    const squareAddress = columnAt(columns, 2, at);
    const v = load<f64>(vAddress);
    openStream(key0, key1, firstPath + i, step, batch);

    const lambda = pull * v;
    const shape = 0.5 * degrees + nextPoisson(0.5 * lambda);
    let gamma = nextGamma(shape);
    const vanishes = gamma < LEAST_GAMMA;
    if (vanishes) gamma = 0;
    const x = 2 * gamma;
    const next = scale * x;
    const y = lambda * x;
    besselRatio(order, y);
    const w = besselW;
    const b = 1 + order + w;
    const q = besselQ;
    const m1 = meanB * b + meanS * (v + next);
    const m2 = varianceB * b + meanB * meanB * q + varianceS * (v + next);
    // Rounding can leave nothing of a tiny variance; the integral is then its mean.
    const phi = m2 > 0 ? (m1 * m1) / m2 : Infinity;
    const spread = phi < 1e15;
    const unit = spread ? nextInverseGaussian(phi) : 1;
    const integral = m1 * unit;

    store<f64>(vAddress, next);
    store<f64>(meanAddress, load<f64>(meanAddress) + drift + byChange * (next - v) + byIntegral * integral);
    store<f64>(squareAddress, load<f64>(squareAddress) + share * integral);
    if (directions == 0) continue;

    // ∂x/∂λ and ∂x/∂d at fixed probability; ∂w/∂y; ∂Y/∂φ.
    const xByLambda = vanishes ? 0 : lambda > 1e-14 ? w / lambda : x / degrees;
    const xByDegrees = vanishes || !movesDegrees ? 0 : gammaTangent(shape, gamma);
    const wByY = y > 1e-12 ? q / (2 * y) : 1 / (2 * (order + 1));
    const unitByPhi = spread ? inverseGaussianTangent(phi, unit) : 0;
    const dv0 = byV0 > 0 ? load<f64>(columnAt(columns, 3 * byV0, at)) : 0;

    for (let j = 1; j <= directions; j++) {
      const tangents = 3 * j;
      const vTangent = columnAt(columns, tangents, at);
      const dv = load<f64>(vTangent);
      const dScale = constant(constants, directions, SCALE, j);
      const dDegrees = constant(constants, directions, DEGREES, j);
      const dOrder = 0.5 * dDegrees;
      const dMeanB = constant(constants, directions, MEAN_B, j);

      const dLambda = pull * dv + constant(constants, directions, PULL, j) * v;
      const dx = xByLambda * dLambda + xByDegrees * dDegrees;
      const dNext = scale * dx + dScale * x;
      const dy = dLambda * x + lambda * dx;
      const dw = wByY * dy + besselByOrder * dOrder;
      const db = dOrder + dw;
      const dq = dy - 2 * (w * dw + dOrder * w + order * dw);
      const dSum = dv + dNext;
      const dm1 = dMeanB * b + meanB * db + constant(constants, directions, MEAN_S, j) * (v + next) + meanS * dSum;
      const dm2 =
        constant(constants, directions, VARIANCE_B, j) * b +
        varianceB * db +
        2 * meanB * dMeanB * q +
        meanB * meanB * dq +
        constant(constants, directions, VARIANCE_S, j) * (v + next) +
        varianceS * dSum;
      const dPhi = spread ? phi * ((2 * dm1) / m1 - dm2 / m2) : 0;
      const dIntegral = dm1 * unit + m1 * unitByPhi * dPhi;

      store<f64>(vTangent, dNext);
      const meanTangent = columnAt(columns, tangents + 1, at);
      store<f64>(
        meanTangent,
        load<f64>(meanTangent) +
          constant(constants, directions, DRIFT, j) +
          constant(constants, directions, BY_CHANGE, j) * (next - v) +
          byChange * (dNext - dv) +
          constant(constants, directions, BY_INTEGRAL, j) * integral +
          byIntegral * dIntegral,
      );
      const squareTangent = columnAt(columns, tangents + 2, at);
      store<f64>(
        squareTangent,
        load<f64>(squareTangent) + constant(constants, directions, SHARE, j) * integral + share * dIntegral,
      );
    }
    if (byV0 == 0) continue;

    // Second derivatives in v0, on which no constant depends: the chain rule twice, a prime for each ∂/∂v0.
    const second = 3 * (directions + 1);
    const vSecond = columnAt(columns, second, at);
    const lambda1 = pull * dv0;
    const ddv = load<f64>(vSecond);
    const x1 = xByLambda * lambda1;
    const y1 = lambda1 * x + lambda * x1;
    const w1 = wByY * y1;
    const small = lambda <= 1e-14;
    const xByLambda1 = vanishes
      ? 0
      : small
        ? x1 / degrees - (x * x * lambda1) / (2 * degrees * degrees * (order + 2))
        : w1 / lambda - (w * lambda1) / (lambda * lambda);
    const x2 = xByLambda * pull * ddv + xByLambda1 * lambda1;
    const next1 = scale * x1;
    const next2 = scale * x2;
    const y2 = pull * ddv * x + 2 * lambda1 * x1 + lambda * x2;
    const qByY = 1 - 2 * (w + order) * wByY;
    const wBend =
      y > 1e-12 ? (qByY - 2 * wByY) / (2 * y) : -1 / (4 * (order + 1) * (order + 1) * (order + 2));
    const w2 = wByY * y2 + wBend * y1 * y1;
    const q1 = y1 - 2 * (w + order) * w1;
    const q2 = y2 - 2 * (w1 * w1 + (w + order) * w2);
    const sum1 = dv0 + next1;
    const sum2 = ddv + next2;
    const mean1 = meanB * w1 + meanS * sum1;
    const mean2 = meanB * w2 + meanS * sum2;
    const variance1 = varianceB * w1 + meanB * meanB * q1 + varianceS * sum1;
    const variance2 = varianceB * w2 + meanB * meanB * q2 + varianceS * sum2;
    let unit1: f64 = 0;
    let unit2: f64 = 0;
    if (spread) {
      const meanRate = mean1 / m1;
      const varianceRate = variance1 / m2;
      const rate = 2 * meanRate - varianceRate;
      const bend = 2 * (mean2 / m1 - meanRate * meanRate) - (variance2 / m2 - varianceRate * varianceRate);
      const phi1 = phi * rate;
      unit1 = unitByPhi * phi1;
      unit2 = unitByPhi * phi * (rate * rate + bend) + inverseGaussianSecondTangent(phi, unit) * phi1 * phi1;
    }
    const integral1 = mean1 * unit + m1 * unit1;
    const integral2 = mean2 * unit + 2 * mean1 * unit1 + m1 * unit2;
    store<f64>(vSecond, next2);
    addTo(columnAt(columns, second + 1, at), byChange * (next2 - ddv) + byIntegral * integral2);
    addTo(columnAt(columns, second + 2, at), share * integral2);
    if (byRho == 0) continue;
    const changeByRho = constant(constants, directions, BY_CHANGE, byRho);
    const integralByRho = constant(constants, directions, BY_INTEGRAL, byRho);
    addTo(columnAt(columns, second + 3, at), changeByRho * (next1 - dv0) + integralByRho * integral1);
    addTo(columnAt(columns, second + 4, at), constant(constants, directions, SHARE, byRho) * integral1);
    addTo(columnAt(columns, second + 5, at), -2 * integral);
  }
}

// @ts-ignore: decorator
@inline
function addTo(address: usize, value: f64): void {
  store<f64>(address, load<f64>(address) + value);
}
