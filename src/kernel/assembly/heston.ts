import { besselBend, besselRatios } from "./bessel-ratio";
import { inverseGaussianSecondTangent } from "./implicit-tangents";
import {
  drawAhead,
  leaveAhead,
  nextGamma,
  nextInverseGaussian,
  nextPoisson,
  openAhead,
  resumeAhead,
} from "./latent-stream";
import { log } from "./logarithm";
import { millsRatios } from "./mills-ratio";
import { secondNoncentralFlow } from "./noncentral-flow";
import { noncentralFlows } from "./noncentral-flows";
import { bytes, choose, mulAdd, mulSub } from "./pair";
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

/** Paths of one pass. Its columns stay in a near cache, and are what the passes after it need of each path's step. */
const CHUNK = 256;
const COLUMN_BYTES: usize = CHUNK * 8;
const SCRATCH: usize = memory.data(20 * CHUNK * 8, 16);
const V = SCRATCH;
/** The gamma variate G = x/2, its logarithm, and ∂x/∂d at fixed probability. */
const GAMMA = SCRATCH + COLUMN_BYTES;
const LOG_GAMMA = SCRATCH + 2 * COLUMN_BYTES;
const X_BY_DEGREES = SCRATCH + 3 * COLUMN_BYTES;
const LAMBDA = SCRATCH + 4 * COLUMN_BYTES;
const NEXT = SCRATCH + 5 * COLUMN_BYTES;
/** y = λx, its Bessel ratio and that one's derivative in the order. */
const Y = SCRATCH + 6 * COLUMN_BYTES;
const W = SCRATCH + 7 * COLUMN_BYTES;
const W_BY_ORDER = SCRATCH + 8 * COLUMN_BYTES;
const Q = SCRATCH + 9 * COLUMN_BYTES;
const M1 = SCRATCH + 10 * COLUMN_BYTES;
const M2 = SCRATCH + 11 * COLUMN_BYTES;
/** The integral is M1 times an inverse Gaussian `unit` of shape φ = M1²/M2. */
const PHI = SCRATCH + 12 * COLUMN_BYTES;
const UNIT = SCRATCH + 13 * COLUMN_BYTES;
const INVERSE_M1 = SCRATCH + 14 * COLUMN_BYTES;
const INVERSE_M2 = SCRATCH + 15 * COLUMN_BYTES;
const X_BY_LAMBDA = SCRATCH + 16 * COLUMN_BYTES;
const W_BY_Y = SCRATCH + 17 * COLUMN_BYTES;
const UNIT_BY_PHI = SCRATCH + 18 * COLUMN_BYTES;
const INTEGRAL = SCRATCH + 19 * COLUMN_BYTES;

/** What second derivatives need of a direction's first ones: 12 columns for each. */
const KEPT = 12;
const MOST_DIRECTIONS = 8;
const FIRST: usize = memory.data((MOST_DIRECTIONS + 1) * KEPT * CHUNK * 8, 16);
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
/** From this φ on the integral is its mean. */
const STILL: f64 = 1e15;

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
  const degrees = constant(constants, slots, DEGREES, 0);
  const order = 0.5 * degrees - 1;
  let movesDegrees = false;
  for (let j = 1; j <= directions; j++) {
    if (constant(constants, slots, DEGREES, j) != 0) movesDegrees = true;
  }

  for (let done = 0; done < n; done += CHUNK) {
    const count = min(n - done, CHUNK);
    const from = bytes(done);
    drawAhead(count, key0, key1, firstPath + done, step, batch);
    drawGammas(count, columnAt(columns, 0, from), constant(constants, slots, PULL, 0), degrees, firstPath + done);
    besselRatios(W, W_BY_ORDER, Q, order, Y, count, directions > 0);
    findMoments(count, constants, slots);
    drawUnits(count, firstPath + done);
    advance(count, constants, slots, columns, from);
    if (directions == 0) continue;

    if (movesDegrees) {
      log(LOG_GAMMA, GAMMA, count);
      noncentralFlows(X_BY_DEGREES, count, degrees, Y, W, Q, GAMMA, LOG_GAMMA);
    } else memory.fill(X_BY_DEGREES, 0, bytes(count));
    findSlopes(count, degrees);
    for (let j = 1; j <= directions; j++) moveTangents(j, count, constants, slots, columns, from, pairCount > 0);
    if (pairCount == 0) continue;
    for (let place: usize = 0; place < bytes(count); place += 8)
      moveSecondTangents(place, constants, columns, directions, pairs, pairCount, from + place, movesDegrees);
  }
}

/** x as a Poisson mixture of gammas, of n paths drawn ahead, the first of which is `firstPath`. */
function drawGammas(n: i32, variances: usize, pull: f64, degrees: f64, firstPath: u32): void {
  for (let i = 0; i < n; i++) {
    const place = (<usize>i) << 3;
    openAhead(i, firstPath + i);
    const v = load<f64>(variances + place);
    const lambda = pull * v;
    let gamma = nextGamma(0.5 * degrees + nextPoisson(0.5 * lambda));
    if (gamma < LEAST_GAMMA) gamma = 0;
    leaveAhead(i);
    store<f64>(V + place, v);
    store<f64>(LAMBDA + place, lambda);
    store<f64>(GAMMA + place, gamma);
    store<f64>(Y + place, 2 * lambda * gamma);
  }
}

/** v', and the moments of the integral given v and v'. */
function findMoments(n: i32, constants: usize, slots: i32): void {
  const twiceScale = splatOf(constants, slots, SCALE, 0, 2);
  const meanB = splatOf(constants, slots, MEAN_B, 0, 1);
  const meanS = splatOf(constants, slots, MEAN_S, 0, 1);
  const varianceB = splatOf(constants, slots, VARIANCE_B, 0, 1);
  const varianceS = splatOf(constants, slots, VARIANCE_S, 0, 1);
  const squareB = f64x2.mul(meanB, meanB);
  const halfDegrees = splatOf(constants, slots, DEGREES, 0, 0.5);
  const zero = f64x2.splat(0);
  const infinite = f64x2.splat(Infinity);
  for (let at: usize = 0; at < bytes(n); at += 16) {
    const next = f64x2.mul(twiceScale, v128.load(GAMMA + at));
    const sum = f64x2.add(v128.load(V + at), next);
    const b = f64x2.add(halfDegrees, v128.load(W + at));
    const m1 = mulAdd(meanB, b, f64x2.mul(meanS, sum));
    const m2 = mulAdd(varianceB, b, mulAdd(squareB, v128.load(Q + at), f64x2.mul(varianceS, sum)));
    v128.store(NEXT + at, next);
    v128.store(M1 + at, m1);
    v128.store(M2 + at, m2);
    // Rounding can leave nothing of a tiny variance; the integral is then its mean.
    v128.store(PHI + at, choose(f64x2.gt(m2, zero), f64x2.div(f64x2.mul(m1, m1), m2), infinite));
  }
}

/** The inverse Gaussians that the integrals are of their means. */
function drawUnits(n: i32, firstPath: u32): void {
  for (let i = 0; i < n; i++) {
    const place = (<usize>i) << 3;
    const phi = load<f64>(PHI + place);
    resumeAhead(i, firstPath + i);
    store<f64>(UNIT + place, phi < STILL ? nextInverseGaussian(phi) : 1);
  }
}

/** The step itself. */
function advance(n: i32, constants: usize, slots: i32, columns: usize, from: usize): void {
  const drift = splatOf(constants, slots, DRIFT, 0, 1);
  const byChange = splatOf(constants, slots, BY_CHANGE, 0, 1);
  const byIntegral = splatOf(constants, slots, BY_INTEGRAL, 0, 1);
  const share = splatOf(constants, slots, SHARE, 0, 1);
  const vColumn = columnAt(columns, 0, from);
  const mean = columnAt(columns, 1, from);
  const square = columnAt(columns, 2, from);
  for (let at: usize = 0; at < bytes(n); at += 16) {
    const next = v128.load(NEXT + at);
    const integral = f64x2.mul(v128.load(M1 + at), v128.load(UNIT + at));
    const change = mulAdd(byChange, f64x2.sub(next, v128.load(V + at)), f64x2.mul(byIntegral, integral));
    v128.store(INTEGRAL + at, integral);
    v128.store(vColumn + at, next);
    v128.store(mean + at, f64x2.add(v128.load(mean + at), f64x2.add(drift, change)));
    v128.store(square + at, mulAdd(share, integral, v128.load(square + at)));
  }
}

/** ∂x/∂λ, ∂w/∂y, ∂unit/∂φ, 1/M1 and 1/M2: what is the same for every direction. */
function findSlopes(n: i32, degrees: f64): void {
  const zero = f64x2.splat(0);
  const one = f64x2.splat(1);
  const two = f64x2.splat(2);
  const inverseDegrees = f64x2.splat(1 / degrees);
  const leastLambda = f64x2.splat(LEAST_LAMBDA);
  const leastY = f64x2.splat(LEAST_Y);
  const atNoY = f64x2.splat(1 / degrees);
  const still = f64x2.splat(STILL);
  for (let at: usize = 0; at < bytes(n); at += 16) {
    const lambda = v128.load(LAMBDA + at);
    const gamma = v128.load(GAMMA + at);
    const y = v128.load(Y + at);
    const ofSmall = f64x2.mul(f64x2.mul(two, gamma), inverseDegrees);
    const byLambda = choose(f64x2.gt(lambda, leastLambda), f64x2.div(v128.load(W + at), lambda), ofSmall);
    v128.store(X_BY_LAMBDA + at, v128.and(byLambda, f64x2.ne(gamma, zero)));
    const byY = f64x2.div(v128.load(Q + at), f64x2.mul(two, y));
    v128.store(W_BY_Y + at, choose(f64x2.gt(y, leastY), byY, atNoY));

    // ∂Y/∂φ of an inverse Gaussian Y: (Y/φ) [1 − 2 √(φY) M(b)], b = √(φ/Y) (1 + Y), M the Mills ratio.
    const phi = v128.load(PHI + at);
    const unit = v128.load(UNIT + at);
    const b = f64x2.mul(f64x2.sqrt(f64x2.div(phi, unit)), f64x2.add(one, unit));
    const lost = f64x2.mul(f64x2.mul(two, f64x2.sqrt(f64x2.mul(phi, unit))), millsRatios(b));
    const byPhi = f64x2.mul(f64x2.div(unit, phi), f64x2.sub(one, lost));
    v128.store(UNIT_BY_PHI + at, v128.and(byPhi, f64x2.lt(phi, still)));
    v128.store(INVERSE_M1 + at, f64x2.div(one, v128.load(M1 + at)));
    v128.store(INVERSE_M2 + at, f64x2.div(one, v128.load(M2 + at)));
  }
}

/** The derivatives in direction j; what second derivatives need of them is kept if `keeps`. */
function moveTangents(
  j: i32,
  n: i32,
  constants: usize,
  slots: i32,
  columns: usize,
  from: usize,
  keeps: bool,
): void {
  const two = f64x2.splat(2);
  const still = f64x2.splat(STILL);
  const halfDegrees = splatOf(constants, slots, DEGREES, 0, 0.5);
  const order = f64x2.sub(halfDegrees, f64x2.splat(1));
  const scale = splatOf(constants, slots, SCALE, 0, 1);
  const pull = splatOf(constants, slots, PULL, 0, 1);
  const meanB = splatOf(constants, slots, MEAN_B, 0, 1);
  const meanS = splatOf(constants, slots, MEAN_S, 0, 1);
  const varianceB = splatOf(constants, slots, VARIANCE_B, 0, 1);
  const varianceS = splatOf(constants, slots, VARIANCE_S, 0, 1);
  const squareB = f64x2.mul(meanB, meanB);
  const byChange = splatOf(constants, slots, BY_CHANGE, 0, 1);
  const byIntegral = splatOf(constants, slots, BY_INTEGRAL, 0, 1);
  const share = splatOf(constants, slots, SHARE, 0, 1);
  const dTwiceScale = splatOf(constants, slots, SCALE, j, 2);
  const dPull = splatOf(constants, slots, PULL, j, 1);
  const dDegrees = splatOf(constants, slots, DEGREES, j, 1);
  const dOrder = splatOf(constants, slots, DEGREES, j, 0.5);
  const dMeanB = splatOf(constants, slots, MEAN_B, j, 1);
  const dMeanS = splatOf(constants, slots, MEAN_S, j, 1);
  const dVarianceB = splatOf(constants, slots, VARIANCE_B, j, 1);
  const dVarianceS = splatOf(constants, slots, VARIANCE_S, j, 1);
  const dSquareB = f64x2.mul(f64x2.mul(two, meanB), dMeanB);
  const dDrift = splatOf(constants, slots, DRIFT, j, 1);
  const dByChange = splatOf(constants, slots, BY_CHANGE, j, 1);
  const dByIntegral = splatOf(constants, slots, BY_INTEGRAL, j, 1);
  const dShare = splatOf(constants, slots, SHARE, j, 1);
  const vTangent = columnAt(columns, 3 * j, from);
  const meanTangent = columnAt(columns, 3 * j + 1, from);
  const squareTangent = columnAt(columns, 3 * j + 2, from);

  for (let at: usize = 0; at < bytes(n); at += 16) {
    const v = v128.load(V + at);
    const dv = v128.load(vTangent + at);
    const gamma = v128.load(GAMMA + at);
    const w = v128.load(W + at);
    const dLambda = mulAdd(pull, dv, f64x2.mul(dPull, v));
    const dx = mulAdd(v128.load(X_BY_LAMBDA + at), dLambda, f64x2.mul(v128.load(X_BY_DEGREES + at), dDegrees));
    const dNext = mulAdd(scale, dx, f64x2.mul(dTwiceScale, gamma));
    const dy = mulAdd(dLambda, f64x2.mul(two, gamma), f64x2.mul(v128.load(LAMBDA + at), dx));
    const dw = mulAdd(v128.load(W_BY_Y + at), dy, f64x2.mul(v128.load(W_BY_ORDER + at), dOrder));
    const db = f64x2.add(dOrder, dw);
    const dq = mulSub(two, mulAdd(f64x2.add(w, order), dw, f64x2.mul(dOrder, w)), dy);

    const b = f64x2.add(halfDegrees, w);
    const sum = f64x2.add(v, v128.load(NEXT + at));
    const dSum = f64x2.add(dv, dNext);
    const dm1 = mulAdd(dMeanB, b, mulAdd(meanB, db, mulAdd(dMeanS, sum, f64x2.mul(meanS, dSum))));
    const ofB = mulAdd(dVarianceB, b, f64x2.mul(varianceB, db));
    const ofQ = mulAdd(dSquareB, v128.load(Q + at), f64x2.mul(squareB, dq));
    const dm2 = f64x2.add(f64x2.add(ofB, ofQ), mulAdd(dVarianceS, sum, f64x2.mul(varianceS, dSum)));
    const phi = v128.load(PHI + at);
    const rate = mulSub(v128.load(INVERSE_M2 + at), dm2, f64x2.mul(f64x2.mul(two, v128.load(INVERSE_M1 + at)), dm1));
    const dPhi = v128.and(f64x2.mul(phi, rate), f64x2.lt(phi, still));
    const dUnit = f64x2.mul(v128.load(UNIT_BY_PHI + at), dPhi);
    const dIntegral = mulAdd(dm1, v128.load(UNIT + at), f64x2.mul(v128.load(M1 + at), dUnit));
    if (keeps) {
      keep(j, DV, at, dv);
      keep(j, D_LAMBDA, at, dLambda);
      keep(j, D_X, at, dx);
      keep(j, D_NEXT, at, dNext);
      keep(j, D_Y, at, dy);
      keep(j, D_W, at, dw);
      keep(j, D_B, at, db);
      keep(j, D_Q, at, dq);
      keep(j, D_M1, at, dm1);
      keep(j, D_M2, at, dm2);
      keep(j, D_UNIT, at, dUnit);
      keep(j, D_INTEGRAL, at, dIntegral);
    }

    const integral = v128.load(INTEGRAL + at);
    const change = f64x2.sub(v128.load(NEXT + at), v);
    const ofChange = mulAdd(dByChange, change, f64x2.mul(byChange, f64x2.sub(dNext, dv)));
    const ofIntegral = mulAdd(dByIntegral, integral, f64x2.mul(byIntegral, dIntegral));
    v128.store(vTangent + at, dNext);
    const added = f64x2.add(f64x2.add(dDrift, ofChange), ofIntegral);
    v128.store(meanTangent + at, f64x2.add(v128.load(meanTangent + at), added));
    const ofSquare = mulAdd(dShare, integral, f64x2.mul(share, dIntegral));
    v128.store(squareTangent + at, f64x2.add(v128.load(squareTangent + at), ofSquare));
  }
}

/** A constant of the step, or its derivative, times a number. */
// @ts-ignore: decorator
@inline
function splatOf(constants: usize, slots: i32, i: i32, j: i32, times: f64): v128 {
  return f64x2.splat(times * constant(constants, slots, i, j));
}

/** Below these, limits take the place of quotients. */
const LEAST_LAMBDA: f64 = 1e-14;
const LEAST_Y: f64 = 1e-12;

/** Second derivatives of one path: every line of `findSlopes` and `moveTangents`, differentiated once more. */
function moveSecondTangents(
  place: usize,
  constants: usize,
  columns: usize,
  directions: i32,
  pairs: usize,
  pairCount: i32,
  at: usize,
  movesDegrees: bool,
): void {
  const slots = directions + pairCount;
  const degrees = constant(constants, slots, DEGREES, 0);
  const order = 0.5 * degrees - 1;
  const meanB = constant(constants, slots, MEAN_B, 0);
  const v = load<f64>(V + place);
  const gamma = load<f64>(GAMMA + place);
  const lambda = load<f64>(LAMBDA + place);
  const next = load<f64>(NEXT + place);
  const y = load<f64>(Y + place);
  const w = load<f64>(W + place);
  const wByOrder = load<f64>(W_BY_ORDER + place);
  const q = load<f64>(Q + place);
  const m1 = load<f64>(M1 + place);
  const m2 = load<f64>(M2 + place);
  const phi = load<f64>(PHI + place);
  const unit = load<f64>(UNIT + place);
  const integral = load<f64>(INTEGRAL + place);
  const xByLambda = load<f64>(X_BY_LAMBDA + place);
  // At fixed probability of x and not of the gamma given the Poisson count, as second derivatives need.
  const xByDegrees = load<f64>(X_BY_DEGREES + place);
  const wByY = load<f64>(W_BY_Y + place);
  const unitByPhi = load<f64>(UNIT_BY_PHI + place);
  const vanishes = gamma == 0;
  const spread = phi < STILL;
  const x = 2 * gamma;
  const b = 1 + order + w;

  const small = lambda <= LEAST_LAMBDA;
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
    vanishes || !movesDegrees ? 0 : secondNoncentralFlow(degrees, y, w, gamma, load<f64>(LOG_GAMMA + place));
  const wTwiceByY = y > LEAST_Y ? (1 - 2 * (w + order + 1) * wByY) / (2 * y) : -1 / (4 * (order + 1) * (order + 1) * (order + 2));
  const wByBoth = y > LEAST_Y ? -(w * wByOrder + w + order * wByOrder) / y : -1 / (2 * (order + 1) * (order + 1));
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

    const ddLambda = product(constants, slots, PULL, i, j, slot, v, first(i, DV, place), first(j, DV, place), ddv);
    const ddx =
      xByLambda * ddLambda +
      xByDegrees * 2 * ddOrder +
      xTwiceByLambda * first(i, D_LAMBDA, place) * first(j, D_LAMBDA, place) +
      2 * xByBoth * (first(i, D_LAMBDA, place) * orderJ + first(j, D_LAMBDA, place) * orderI) +
      4 * xTwiceByDegrees * orderI * orderJ;
    const ddNext = product(constants, slots, SCALE, i, j, slot, x, first(i, D_X, place), first(j, D_X, place), ddx);
    const ddy =
      ddLambda * x + first(i, D_LAMBDA, place) * first(j, D_X, place) + first(j, D_LAMBDA, place) * first(i, D_X, place) + lambda * ddx;
    const ddw =
      wByY * ddy +
      wByOrder * ddOrder +
      wTwiceByY * first(i, D_Y, place) * first(j, D_Y, place) +
      wByBoth * (first(i, D_Y, place) * orderJ + first(j, D_Y, place) * orderI) +
      wTwiceByOrder * orderI * orderJ;
    const ddq =
      ddy -
      2 * (first(i, D_W, place) * first(j, D_W, place) + (w + order) * ddw + ddOrder * w + orderI * first(j, D_W, place) + orderJ * first(i, D_W, place));
    const sumI = first(i, DV, place) + first(i, D_NEXT, place);
    const sumJ = first(j, DV, place) + first(j, D_NEXT, place);
    const ddSum = ddv + ddNext;
    const ddm1 =
      product(constants, slots, MEAN_B, i, j, slot, b, first(i, D_B, place), first(j, D_B, place), ddOrder + ddw) +
      product(constants, slots, MEAN_S, i, j, slot, sum, sumI, sumJ, ddSum);
    const meanBI = constant(constants, slots, MEAN_B, i);
    const meanBJ = constant(constants, slots, MEAN_B, j);
    const ddm2 =
      product(constants, slots, VARIANCE_B, i, j, slot, b, first(i, D_B, place), first(j, D_B, place), ddOrder + ddw) +
      product(constants, slots, VARIANCE_S, i, j, slot, sum, sumI, sumJ, ddSum) +
      2 * (meanBI * meanBJ + meanB * constant(constants, slots, MEAN_B, slot)) * q +
      2 * meanB * (meanBI * first(j, D_Q, place) + meanBJ * first(i, D_Q, place)) +
      meanB * meanB * ddq;
    let ddUnit: f64 = 0;
    if (spread) {
      const rateI = (2 * first(i, D_M1, place)) / m1 - first(i, D_M2, place) / m2;
      const rateJ = (2 * first(j, D_M1, place)) / m1 - first(j, D_M2, place) / m2;
      const bend =
        2 * (ddm1 / m1 - (first(i, D_M1, place) / m1) * (first(j, D_M1, place) / m1)) -
        (ddm2 / m2 - (first(i, D_M2, place) / m2) * (first(j, D_M2, place) / m2));
      ddUnit = unitByPhi * phi * (rateI * rateJ + bend) + unitTwiceByPhi * phi * rateI * phi * rateJ;
    }
    const ddIntegral = ddm1 * unit + first(i, D_M1, place) * first(j, D_UNIT, place) + first(j, D_M1, place) * first(i, D_UNIT, place) + m1 * ddUnit;

    store<f64>(vSecond, ddNext);
    addTo(
      columnAt(columns, 3 * slot + 1, at),
      constant(constants, slots, DRIFT, slot) +
        product(constants, slots, BY_CHANGE, i, j, slot, next - v, first(i, D_NEXT, place) - first(i, DV, place), first(j, D_NEXT, place) - first(j, DV, place), ddNext - ddv) +
        product(constants, slots, BY_INTEGRAL, i, j, slot, integral, first(i, D_INTEGRAL, place), first(j, D_INTEGRAL, place), ddIntegral),
    );
    addTo(
      columnAt(columns, 3 * slot + 2, at),
      product(constants, slots, SHARE, i, j, slot, integral, first(i, D_INTEGRAL, place), first(j, D_INTEGRAL, place), ddIntegral),
    );
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
function keep(direction: i32, what: i32, at: usize, values: v128): void {
  v128.store(FIRST + <usize>(direction * KEPT + what) * COLUMN_BYTES + at, values);
}

// @ts-ignore: decorator
@inline
function first(direction: i32, what: i32, place: usize): f64 {
  return load<f64>(FIRST + <usize>(direction * KEPT + what) * COLUMN_BYTES + place);
}

// @ts-ignore: decorator
@inline
function addTo(address: usize, value: f64): void {
  store<f64>(address, load<f64>(address) + value);
}
