import { besselBend, besselRatios } from "./bessel-ratio";
import { inverseGaussianSecondTangent, inverseGaussianTangent } from "./implicit-tangents";
import {
  AHEAD_PATHS,
  drawAhead,
  leaveAhead,
  nextGamma,
  nextInverseGaussian,
  nextPoisson,
  openAhead,
  resumeAhead,
} from "./latent-stream";
import { log } from "./logarithm";
import { secondNoncentralFlow } from "./noncentral-flow";
import { noncentralFlows } from "./noncentral-flows";
import { columnAt, constant } from "./step-tables";

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

/** What second derivatives need of a direction's first ones, kept per path: directions × 12 numbers. */
const FIRST = memory.data(16 * 12 * 8, 16);
const DV = 0;
const D_LAMBDA = 1;
const D_X = 2;
const D_NEXT = 3;
const D_Y = 4;
const D_W = 5;
const D_B = 6;
const D_Q = 7;
const D_M1 = 8;
const D_M2 = 9;
const D_UNIT = 10;
const D_INTEGRAL = 11;

/** Below this v' is as good as 0, and so are its derivatives. */
const LEAST_GAMMA: f64 = 1e-290;

/** Of the paths drawn ahead: the gamma variate G = x/2, y = λx and its Bessel ratio, and ∂x/∂d at fixed probability. */
const GAMMAS: usize = memory.data(AHEAD_PATHS * 8, 16);
const LOG_GAMMAS: usize = memory.data(AHEAD_PATHS * 8, 16);
const FLOWS: usize = memory.data(AHEAD_PATHS * 8, 16);
const Y: usize = memory.data(AHEAD_PATHS * 8, 16);
const W: usize = memory.data(AHEAD_PATHS * 8, 16);
const W_BY_ORDER: usize = memory.data(AHEAD_PATHS * 8, 16);
const Q: usize = memory.data(AHEAD_PATHS * 8, 16);

/**
 * Advances n paths by one step and adds to m and s². `columns` lists the addresses of the columns v, m, s² and then, per
 * direction and then per pair of directions, those of their derivatives. `pairs` lists the two directions of each pair, 1, 2, …
 */
export function hestonStep(
  n: i32,
  constants: usize,
  columns: usize,
  directions: i32,
  pairs: usize,
  pairCount: i32,
  key0: u32,
  key1: u32,
  firstPath: u32,
  step: u32,
  batch: u32,
): void {
  const slots = directions + pairCount;
  const scale = constant(constants, slots, SCALE, 0);
  const pull = constant(constants, slots, PULL, 0);
  const degrees = constant(constants, slots, DEGREES, 0);
  const meanB = constant(constants, slots, MEAN_B, 0);
  const meanS = constant(constants, slots, MEAN_S, 0);
  const varianceB = constant(constants, slots, VARIANCE_B, 0);
  const varianceS = constant(constants, slots, VARIANCE_S, 0);
  const drift = constant(constants, slots, DRIFT, 0);
  const byChange = constant(constants, slots, BY_CHANGE, 0);
  const byIntegral = constant(constants, slots, BY_INTEGRAL, 0);
  const share = constant(constants, slots, SHARE, 0);
  const order = 0.5 * degrees - 1;
  let movesDegrees = false;
  for (let j = 1; j <= directions; j++) {
    if (constant(constants, slots, DEGREES, j) != 0) movesDegrees = true;
  }

  for (let i = 0; i < n; i++) {
    const at = (<usize>i) << 3;
    const ahead = i % AHEAD_PATHS;
    if (ahead == 0) {
      const count = min(n - i, AHEAD_PATHS);
      drawAhead(count, key0, key1, firstPath + i, step, batch);
      drawGammas(count, columnAt(columns, 0, at), pull, degrees, firstPath + i);
      besselRatios(W, W_BY_ORDER, Q, order, Y, count, directions > 0);
      if (movesDegrees) {
        log(LOG_GAMMAS, GAMMAS, count);
        noncentralFlows(FLOWS, count, degrees, Y, W, Q, GAMMAS, LOG_GAMMAS);
      }
    }
    const place = (<usize>ahead) << 3;
    const vAddress = columnAt(columns, 0, at);
    const meanAddress = columnAt(columns, 1, at);
    const squareAddress = columnAt(columns, 2, at);
    const v = load<f64>(vAddress);
    resumeAhead(ahead, firstPath + i);

    const lambda = pull * v;
    const gamma = load<f64>(GAMMAS + place);
    const vanishes = gamma == 0;
    const x = 2 * gamma;
    const next = scale * x;
    const y = load<f64>(Y + place);
    const w = load<f64>(W + place);
    const wByOrder = load<f64>(W_BY_ORDER + place);
    const b = 1 + order + w;
    const q = load<f64>(Q + place);
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

    // ∂x/∂λ and ∂x/∂d, ∂w/∂y, ∂Y/∂φ.
    const xByLambda = vanishes ? 0 : lambda > 1e-14 ? w / lambda : x / degrees;
    // At fixed probability of x and not of the gamma given the Poisson count, as second derivatives need.
    const xByDegrees = movesDegrees ? load<f64>(FLOWS + place) : 0;
    const wByY = y > 1e-12 ? q / (2 * y) : 1 / (2 * (order + 1));
    const unitByPhi = spread ? inverseGaussianTangent(phi, unit) : 0;

    for (let j = 1; j <= directions; j++) {
      const tangents = 3 * j;
      const vTangent = columnAt(columns, tangents, at);
      const dv = load<f64>(vTangent);
      const dScale = constant(constants, slots, SCALE, j);
      const dDegrees = constant(constants, slots, DEGREES, j);
      const dOrder = 0.5 * dDegrees;
      const dMeanB = constant(constants, slots, MEAN_B, j);

      const dLambda = pull * dv + constant(constants, slots, PULL, j) * v;
      const dx = xByLambda * dLambda + xByDegrees * dDegrees;
      const dNext = scale * dx + dScale * x;
      const dy = dLambda * x + lambda * dx;
      const dw = wByY * dy + wByOrder * dOrder;
      const db = dOrder + dw;
      const dq = dy - 2 * (w * dw + dOrder * w + order * dw);
      const dSum = dv + dNext;
      const dm1 = dMeanB * b + meanB * db + constant(constants, slots, MEAN_S, j) * (v + next) + meanS * dSum;
      const dm2 =
        constant(constants, slots, VARIANCE_B, j) * b +
        varianceB * db +
        2 * meanB * dMeanB * q +
        meanB * meanB * dq +
        constant(constants, slots, VARIANCE_S, j) * (v + next) +
        varianceS * dSum;
      const dPhi = spread ? phi * ((2 * dm1) / m1 - dm2 / m2) : 0;
      const dUnit = unitByPhi * dPhi;
      const dIntegral = dm1 * unit + m1 * dUnit;
      if (pairCount > 0) {
        keep(j, DV, dv);
        keep(j, D_LAMBDA, dLambda);
        keep(j, D_X, dx);
        keep(j, D_NEXT, dNext);
        keep(j, D_Y, dy);
        keep(j, D_W, dw);
        keep(j, D_B, db);
        keep(j, D_Q, dq);
        keep(j, D_M1, dm1);
        keep(j, D_M2, dm2);
        keep(j, D_UNIT, dUnit);
        keep(j, D_INTEGRAL, dIntegral);
      }

      store<f64>(vTangent, dNext);
      const meanTangent = columnAt(columns, tangents + 1, at);
      store<f64>(
        meanTangent,
        load<f64>(meanTangent) +
          constant(constants, slots, DRIFT, j) +
          constant(constants, slots, BY_CHANGE, j) * (next - v) +
          byChange * (dNext - dv) +
          constant(constants, slots, BY_INTEGRAL, j) * integral +
          byIntegral * dIntegral,
      );
      const squareTangent = columnAt(columns, tangents + 2, at);
      store<f64>(
        squareTangent,
        load<f64>(squareTangent) + constant(constants, slots, SHARE, j) * integral + share * dIntegral,
      );
    }
    if (pairCount == 0) continue;

    // Second derivatives: every line above, differentiated once more.
    const small = lambda <= 1e-14;
    // ∂²x/∂λ², ∂²x/∂λ∂d, ∂²x/∂d², with x moving as its quantile does.
    const xTwiceByLambda = vanishes
      ? 0
      : small
        ? xByLambda / degrees - (x * x) / (2 * degrees * degrees * (order + 2))
        : (wByY * (x + lambda * xByLambda) - xByLambda) / lambda;
    const xByBoth = vanishes
      ? 0
      : small
        ? (xByDegrees - xByLambda) / degrees
        : (0.5 * wByOrder) / lambda + wByY * xByDegrees;
    const xTwiceByDegrees =
      vanishes || !movesDegrees ? 0 : secondNoncentralFlow(degrees, y, w, gamma, load<f64>(LOG_GAMMAS + place));
    const wTwiceByY = y > 1e-12 ? (1 - 2 * (w + order + 1) * wByY) / (2 * y) : -1 / (4 * (order + 1) * (order + 1) * (order + 2));
    const wByBoth = y > 1e-12 ? -(w * wByOrder + w + order * wByOrder) / y : -1 / (2 * (order + 1) * (order + 1));
    const wTwiceByOrder = movesDegrees ? besselBend(order, y) : 0;
    const unitTwiceByPhi = spread ? inverseGaussianSecondTangent(phi, unit) : 0;
    const sum = v + next;
    for (let p = 0; p < pairCount; p++) {
      const i = load<i32>(pairs + ((<usize>p) << 3));
      const j = load<i32>(pairs + ((<usize>p) << 3) + 4);
      const slot = directions + 1 + p;
      const vSecond = columnAt(columns, 3 * slot, at);
      const ddv = load<f64>(vSecond);
      const orderI = 0.5 * constant(constants, slots, DEGREES, i);
      const orderJ = 0.5 * constant(constants, slots, DEGREES, j);
      const ddOrder = 0.5 * constant(constants, slots, DEGREES, slot);

      const ddLambda = product(constants, slots, PULL, i, j, slot, v, first(i, DV), first(j, DV), ddv);
      const ddx =
        xByLambda * ddLambda +
        xByDegrees * 2 * ddOrder +
        xTwiceByLambda * first(i, D_LAMBDA) * first(j, D_LAMBDA) +
        2 * xByBoth * (first(i, D_LAMBDA) * orderJ + first(j, D_LAMBDA) * orderI) +
        4 * xTwiceByDegrees * orderI * orderJ;
      const ddNext = product(constants, slots, SCALE, i, j, slot, x, first(i, D_X), first(j, D_X), ddx);
      const ddy =
        ddLambda * x + first(i, D_LAMBDA) * first(j, D_X) + first(j, D_LAMBDA) * first(i, D_X) + lambda * ddx;
      const ddw =
        wByY * ddy +
        wByOrder * ddOrder +
        wTwiceByY * first(i, D_Y) * first(j, D_Y) +
        wByBoth * (first(i, D_Y) * orderJ + first(j, D_Y) * orderI) +
        wTwiceByOrder * orderI * orderJ;
      const ddq =
        ddy -
        2 * (first(i, D_W) * first(j, D_W) + (w + order) * ddw + ddOrder * w + orderI * first(j, D_W) + orderJ * first(i, D_W));
      const sumI = first(i, DV) + first(i, D_NEXT);
      const sumJ = first(j, DV) + first(j, D_NEXT);
      const ddSum = ddv + ddNext;
      const ddm1 =
        product(constants, slots, MEAN_B, i, j, slot, b, first(i, D_B), first(j, D_B), ddOrder + ddw) +
        product(constants, slots, MEAN_S, i, j, slot, sum, sumI, sumJ, ddSum);
      const meanBI = constant(constants, slots, MEAN_B, i);
      const meanBJ = constant(constants, slots, MEAN_B, j);
      const ddm2 =
        product(constants, slots, VARIANCE_B, i, j, slot, b, first(i, D_B), first(j, D_B), ddOrder + ddw) +
        product(constants, slots, VARIANCE_S, i, j, slot, sum, sumI, sumJ, ddSum) +
        2 * (meanBI * meanBJ + meanB * constant(constants, slots, MEAN_B, slot)) * q +
        2 * meanB * (meanBI * first(j, D_Q) + meanBJ * first(i, D_Q)) +
        meanB * meanB * ddq;
      let ddUnit: f64 = 0;
      if (spread) {
        const rateI = (2 * first(i, D_M1)) / m1 - first(i, D_M2) / m2;
        const rateJ = (2 * first(j, D_M1)) / m1 - first(j, D_M2) / m2;
        const bend =
          2 * (ddm1 / m1 - (first(i, D_M1) / m1) * (first(j, D_M1) / m1)) -
          (ddm2 / m2 - (first(i, D_M2) / m2) * (first(j, D_M2) / m2));
        ddUnit = unitByPhi * phi * (rateI * rateJ + bend) + unitTwiceByPhi * phi * rateI * phi * rateJ;
      }
      const ddIntegral = ddm1 * unit + first(i, D_M1) * first(j, D_UNIT) + first(j, D_M1) * first(i, D_UNIT) + m1 * ddUnit;

      store<f64>(vSecond, ddNext);
      addTo(
        columnAt(columns, 3 * slot + 1, at),
        constant(constants, slots, DRIFT, slot) +
          product(constants, slots, BY_CHANGE, i, j, slot, next - v, first(i, D_NEXT) - first(i, DV), first(j, D_NEXT) - first(j, DV), ddNext - ddv) +
          product(constants, slots, BY_INTEGRAL, i, j, slot, integral, first(i, D_INTEGRAL), first(j, D_INTEGRAL), ddIntegral),
      );
      addTo(
        columnAt(columns, 3 * slot + 2, at),
        product(constants, slots, SHARE, i, j, slot, integral, first(i, D_INTEGRAL), first(j, D_INTEGRAL), ddIntegral),
      );
    }
  }
}

/** x as a Poisson mixture of gammas, of n paths drawn ahead, the first of which is `firstPath`. */
function drawGammas(n: i32, variances: usize, pull: f64, degrees: f64, firstPath: u32): void {
  for (let i = 0; i < n; i++) {
    const place = (<usize>i) << 3;
    openAhead(i, firstPath + i);
    const lambda = pull * load<f64>(variances + place);
    let gamma = nextGamma(0.5 * degrees + nextPoisson(0.5 * lambda));
    if (gamma < LEAST_GAMMA) gamma = 0;
    leaveAhead(i);
    store<f64>(GAMMAS + place, gamma);
    store<f64>(Y + place, 2 * lambda * gamma);
  }
}

/** ∂²(c f)/∂i∂j of a constant c of the step and a path's number f, given f's derivatives. */
// @ts-ignore: decorator
@inline
function product(constants: usize, slots: i32, c: i32, i: i32, j: i32, ij: i32, f: f64, fi: f64, fj: f64, fij: f64): f64 {
  return (
    constant(constants, slots, c, ij) * f +
    constant(constants, slots, c, i) * fj +
    constant(constants, slots, c, j) * fi +
    constant(constants, slots, c, 0) * fij
  );
}

// @ts-ignore: decorator
@inline
function keep(direction: i32, what: i32, value: f64): void {
  store<f64>(FIRST + ((<usize>(direction * 12 + what)) << 3), value);
}

// @ts-ignore: decorator
@inline
function first(direction: i32, what: i32): f64 {
  return load<f64>(FIRST + ((<usize>(direction * 12 + what)) << 3));
}

// @ts-ignore: decorator
@inline
function addTo(address: usize, value: f64): void {
  store<f64>(address, load<f64>(address) + value);
}
