import { besselRatios } from "./bessel-ratio";
import {
  BY_CHANGE,
  BY_INTEGRAL,
  CHUNK,
  DEGREES,
  DRIFT,
  DV,
  D_B,
  D_INTEGRAL,
  D_LAMBDA,
  D_M1,
  D_M2,
  D_NEXT,
  D_Q,
  D_UNIT,
  D_W,
  D_X,
  D_Y,
  GAMMA,
  INTEGRAL,
  INVERSE_M1,
  INVERSE_M2,
  LAMBDA,
  LEAST_LAMBDA,
  LEAST_Y,
  LOG_GAMMA,
  M1,
  M2,
  MEAN_B,
  MEAN_S,
  NEXT,
  PHI,
  PULL,
  Q,
  SCALE,
  SHARE,
  STILL,
  UNIT,
  UNIT_BY_PHI,
  V,
  VARIANCE_B,
  VARIANCE_S,
  W,
  W_BY_ORDER,
  W_BY_Y,
  X_BY_DEGREES,
  X_BY_LAMBDA,
  Y,
  column,
  keptOf,
} from "./heston-columns";
import { drawGammas, drawUnits } from "./heston-draws";
import { moveSecondTangents } from "./heston-second-tangents";
import { drawAhead } from "./latent-stream";
import { log } from "./logarithm";
import { millsRatios } from "./mills-ratio";
import { noncentralFlows } from "./noncentral-flows";
import { bytes, choose, mulAdd, mulSub } from "./pair";
import { columnAt, constant, splatOf } from "./step-tables";

// One step of the variance path of Heston's model, with derivatives in any directions of parameter space:
// the variance v' exactly (a Poisson mixture of gammas), its integral by an inverse Gaussian with the exact two first
// moments given v and v'. `constants` holds the step's constants of heston-columns.ts, each with its directional derivatives.

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
    begin(count, columnAt(columns, 0, from), constant(constants, slots, PULL, 0));
    drawGammas(count, degrees, firstPath + done);
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
    const keeps = pairCount > 0;
    for (let j = 1; j <= directions; j++) {
      if (movesLaw(j, constants, slots)) moveTangents(true, j, count, constants, slots, columns, from, keeps);
      else moveTangents(false, j, count, constants, slots, columns, from, keeps);
    }
    if (!keeps) continue;
    for (let place: usize = 0; place < bytes(count); place += 8)
      moveSecondTangents(place, constants, columns, directions, pairs, pairCount, from + place, movesDegrees);
  }
}

/** What the step begins with. */
function begin(n: i32, variances: usize, pull: f64): void {
  const pulls = f64x2.splat(pull);
  for (let at: usize = 0; at < bytes(n); at += 16) {
    const v = v128.load(variances + at);
    v128.store(V + at, v);
    v128.store(LAMBDA + at, f64x2.mul(pulls, v));
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
  const still = f64x2.splat(STILL);
  for (let at: usize = 0; at < bytes(n); at += 16) {
    const lambda = v128.load(LAMBDA + at);
    const gamma = v128.load(GAMMA + at);
    const y = v128.load(Y + at);
    const ofSmall = f64x2.mul(f64x2.mul(two, gamma), inverseDegrees);
    const byLambda = choose(f64x2.gt(lambda, leastLambda), f64x2.div(v128.load(W + at), lambda), ofSmall);
    v128.store(X_BY_LAMBDA + at, v128.and(byLambda, f64x2.ne(gamma, zero)));
    const byY = f64x2.div(v128.load(Q + at), f64x2.mul(two, y));
    v128.store(W_BY_Y + at, choose(f64x2.gt(y, leastY), byY, inverseDegrees));

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

/** Whether direction j moves more of a step than the variance it begins with, its degrees of freedom and what follows for the price. */
function movesLaw(j: i32, constants: usize, slots: i32): bool {
  for (let i = 0; i < DRIFT; i++) {
    if (i != DEGREES && constant(constants, slots, i, j) != 0) return true;
  }
  return false;
}

/**
 * The derivatives in direction j; what second derivatives need of them is kept if `keeps`. `moves` is a literal: what is left out where
 * the direction does not move the law is 0 times something.
 */
// @ts-ignore: decorator
@inline
function moveTangents(
  moves: bool,
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
    const ofV = f64x2.mul(pull, dv);
    const dLambda = moves ? f64x2.add(ofV, f64x2.mul(dPull, v)) : ofV;
    const dx = mulAdd(v128.load(X_BY_LAMBDA + at), dLambda, f64x2.mul(v128.load(X_BY_DEGREES + at), dDegrees));
    const ofX = f64x2.mul(scale, dx);
    const dNext = moves ? f64x2.add(ofX, f64x2.mul(dTwiceScale, gamma)) : ofX;
    const dy = mulAdd(dLambda, f64x2.mul(two, gamma), f64x2.mul(v128.load(LAMBDA + at), dx));
    const dw = mulAdd(v128.load(W_BY_Y + at), dy, f64x2.mul(v128.load(W_BY_ORDER + at), dOrder));
    const db = f64x2.add(dOrder, dw);
    const dq = mulSub(two, mulAdd(f64x2.add(w, order), dw, f64x2.mul(dOrder, w)), dy);

    const b = f64x2.add(halfDegrees, w);
    const sum = f64x2.add(v, v128.load(NEXT + at));
    const dSum = f64x2.add(dv, dNext);
    let m1OfSum = f64x2.mul(meanS, dSum);
    let m2OfSum = f64x2.mul(varianceS, dSum);
    let m2OfB = f64x2.mul(varianceB, db);
    let m2OfQ = f64x2.mul(squareB, dq);
    if (moves) {
      m1OfSum = mulAdd(dMeanS, sum, m1OfSum);
      m2OfSum = mulAdd(dVarianceS, sum, m2OfSum);
      m2OfB = mulAdd(dVarianceB, b, m2OfB);
      m2OfQ = mulAdd(dSquareB, v128.load(Q + at), m2OfQ);
    }
    const m1OfBoth = mulAdd(meanB, db, m1OfSum);
    const dm1 = moves ? mulAdd(dMeanB, b, m1OfBoth) : m1OfBoth;
    const dm2 = f64x2.add(f64x2.add(m2OfB, m2OfQ), m2OfSum);
    const phi = v128.load(PHI + at);
    const rate = mulSub(v128.load(INVERSE_M2 + at), dm2, f64x2.mul(f64x2.mul(two, v128.load(INVERSE_M1 + at)), dm1));
    const dPhi = v128.and(f64x2.mul(phi, rate), f64x2.lt(phi, still));
    const dUnit = f64x2.mul(v128.load(UNIT_BY_PHI + at), dPhi);
    const dIntegral = mulAdd(dm1, v128.load(UNIT + at), f64x2.mul(v128.load(M1 + at), dUnit));
    if (keeps) {
      const kept = keptOf(j, at);
      keep(kept, DV, dv);
      keep(kept, D_LAMBDA, dLambda);
      keep(kept, D_X, dx);
      keep(kept, D_NEXT, dNext);
      keep(kept, D_Y, dy);
      keep(kept, D_W, dw);
      keep(kept, D_B, db);
      keep(kept, D_Q, dq);
      keep(kept, D_M1, dm1);
      keep(kept, D_M2, dm2);
      keep(kept, D_UNIT, dUnit);
      keep(kept, D_INTEGRAL, dIntegral);
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

// @ts-ignore: decorator
@inline
function keep(kept: usize, what: i32, values: v128): void {
  v128.store(kept + column(what), values);
}
