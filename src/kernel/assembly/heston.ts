import { gammaTangent, inverseGaussianTangent } from "./implicit-tangents";
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

/** w(ν, y) = z I_{ν+1}(z) / I_ν(z) with y = z², and its derivative in ν. */
let besselW: f64 = 0;
let besselByOrder: f64 = 0;

/** Backward recurrence w_k = y / (2(ν + k + 1) + w_{k+1}), begun with a bound that is tight for large orders. */
function besselRatio(order: f64, y: f64): void {
  const z = Math.sqrt(y);
  const terms = Math.ceil(20 + Math.min(1.2 * z, 6 * Math.sqrt(z)));
  const b = order + terms + 1;
  const root = Math.sqrt((b + 0.5) * (b + 0.5) + y);
  const denominator = b - 0.5 + root;
  let w = y / denominator;
  let byOrder = (-w / denominator) * (1 + (b + 0.5) / root);
  for (let k = terms - 1; k >= 0; k -= 1) {
    const inverse = 1 / (2 * (order + k + 1) + w);
    w = y * inverse;
    byOrder = -w * inverse * (2 + byOrder);
  }
  besselW = w;
  besselByOrder = byOrder;
}

// @ts-ignore: decorator
@inline
function constant(table: usize, directions: i32, i: i32, j: i32): f64 {
  return load<f64>(table + ((<usize>(i * (directions + 1) + j)) << 3));
}

// @ts-ignore: decorator
@inline
function columnAt(columns: usize, i: i32, at: usize): usize {
  return <usize>load<u32>(columns + ((<usize>i) << 2)) + at;
}

/**
 * Advances n paths by one step and adds to m and s². `columns` lists the addresses of the columns v, m, s² and then, per
 * direction, those of their derivatives.
 */
export function hestonStep(
  n: i32,
  constants: usize,
  columns: usize,
  directions: i32,
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
    const q = y - w * w - 2 * order * w;
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
  }
}
