import { besselBend } from "./bessel-ratio";
import {
  BY_CHANGE,
  BY_INTEGRAL,
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
import { inverseGaussianSecondTangent } from "./implicit-tangents";
import { secondNoncentralFlow } from "./noncentral-flow";
import { columnAt, constant } from "./step-tables";

/** Second derivatives of one path: every line of `findSlopes` and `moveTangents`, differentiated once more. */
export function moveSecondTangents(
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
    const I = keptOf(i, place);
    const J = keptOf(j, place);
    const vSecond = columnAt(columns, 3 * slot, at);
    const ddv = load<f64>(vSecond);
    const orderI = 0.5 * constant(constants, slots, DEGREES, i);
    const orderJ = 0.5 * constant(constants, slots, DEGREES, j);
    const ddOrder = 0.5 * constant(constants, slots, DEGREES, slot);

    const ddLambda = product(constants, slots, PULL, i, j, slot, v, first(I, DV), first(J, DV), ddv);
    const ddx =
      xByLambda * ddLambda +
      xByDegrees * 2 * ddOrder +
      xTwiceByLambda * first(I, D_LAMBDA) * first(J, D_LAMBDA) +
      2 * xByBoth * (first(I, D_LAMBDA) * orderJ + first(J, D_LAMBDA) * orderI) +
      4 * xTwiceByDegrees * orderI * orderJ;
    const ddNext = product(constants, slots, SCALE, i, j, slot, x, first(I, D_X), first(J, D_X), ddx);
    const ddy =
      ddLambda * x + first(I, D_LAMBDA) * first(J, D_X) + first(J, D_LAMBDA) * first(I, D_X) + lambda * ddx;
    const ddw =
      wByY * ddy +
      wByOrder * ddOrder +
      wTwiceByY * first(I, D_Y) * first(J, D_Y) +
      wByBoth * (first(I, D_Y) * orderJ + first(J, D_Y) * orderI) +
      wTwiceByOrder * orderI * orderJ;
    const ddq =
      ddy -
      2 * (first(I, D_W) * first(J, D_W) + (w + order) * ddw + ddOrder * w + orderI * first(J, D_W) + orderJ * first(I, D_W));
    const sumI = first(I, DV) + first(I, D_NEXT);
    const sumJ = first(J, DV) + first(J, D_NEXT);
    const ddSum = ddv + ddNext;
    const ddm1 =
      product(constants, slots, MEAN_B, i, j, slot, b, first(I, D_B), first(J, D_B), ddOrder + ddw) +
      product(constants, slots, MEAN_S, i, j, slot, sum, sumI, sumJ, ddSum);
    const meanBI = constant(constants, slots, MEAN_B, i);
    const meanBJ = constant(constants, slots, MEAN_B, j);
    const ddm2 =
      product(constants, slots, VARIANCE_B, i, j, slot, b, first(I, D_B), first(J, D_B), ddOrder + ddw) +
      product(constants, slots, VARIANCE_S, i, j, slot, sum, sumI, sumJ, ddSum) +
      2 * (meanBI * meanBJ + meanB * constant(constants, slots, MEAN_B, slot)) * q +
      2 * meanB * (meanBI * first(J, D_Q) + meanBJ * first(I, D_Q)) +
      meanB * meanB * ddq;
    let ddUnit: f64 = 0;
    if (spread) {
      const rateI = (2 * first(I, D_M1)) / m1 - first(I, D_M2) / m2;
      const rateJ = (2 * first(J, D_M1)) / m1 - first(J, D_M2) / m2;
      const bend =
        2 * (ddm1 / m1 - (first(I, D_M1) / m1) * (first(J, D_M1) / m1)) -
        (ddm2 / m2 - (first(I, D_M2) / m2) * (first(J, D_M2) / m2));
      ddUnit = unitByPhi * phi * (rateI * rateJ + bend) + unitTwiceByPhi * phi * rateI * phi * rateJ;
    }
    const ddIntegral = ddm1 * unit + first(I, D_M1) * first(J, D_UNIT) + first(J, D_M1) * first(I, D_UNIT) + m1 * ddUnit;

    store<f64>(vSecond, ddNext);
    addTo(
      columnAt(columns, 3 * slot + 1, at),
      constant(constants, slots, DRIFT, slot) +
        product(constants, slots, BY_CHANGE, i, j, slot, next - v, first(I, D_NEXT) - first(I, DV), first(J, D_NEXT) - first(J, DV), ddNext - ddv) +
        product(constants, slots, BY_INTEGRAL, i, j, slot, integral, first(I, D_INTEGRAL), first(J, D_INTEGRAL), ddIntegral),
    );
    addTo(
      columnAt(columns, 3 * slot + 2, at),
      product(constants, slots, SHARE, i, j, slot, integral, first(I, D_INTEGRAL), first(J, D_INTEGRAL), ddIntegral),
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
function first(kept: usize, what: i32): f64 {
  return load<f64>(kept + column(what));
}

// @ts-ignore: decorator
@inline
function addTo(address: usize, value: f64): void {
  store<f64>(address, load<f64>(address) + value);
}
