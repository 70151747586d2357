import { bytes, mulAdd } from "./pair";

// The ratio of modified Bessel functions that the conditional moments of a square-root process consist of.

/** w(ν, y) = z I_{ν+1}(z) / I_ν(z) with y = z², its derivative in ν, and Q = y − w² − 2νw. */
export let besselW: f64 = 0;
export let besselByOrder: f64 = 0;
export let besselQ: f64 = 0;

/** Beyond this ν² + y the series serves. */
const FAR: f64 = 40000;

export function besselRatio(order: f64, y: f64): void {
  const size = order * order + y;
  if (size > FAR) {
    besselSeries(order, y, size);
    return;
  }
  const pair = f64x2.splat(y);
  recurrence(true, ONE_W, ONE_BY_ORDER, ONE_Q, f64x2.splat(order), pair, pair);
  besselW = load<f64>(ONE_W);
  besselByOrder = load<f64>(ONE_BY_ORDER);
  besselQ = load<f64>(ONE_Q);
}

const ONE_W: usize = memory.data(32, 16);
const ONE_BY_ORDER: usize = memory.data(32, 16);
const ONE_Q: usize = memory.data(32, 16);

/** w, ∂w/∂ν (left alone unless wanted) and Q of a column of y, by fours: n is a multiple of 4. */
export function besselRatios(w: usize, byOrder: usize, q: usize, order: f64, y: usize, n: i32, wantsByOrder: bool): void {
  const orders = f64x2.splat(order);
  const square = f64x2.splat(order * order);
  const farthest = f64x2.splat(FAR);
  for (let at: usize = 0; at < bytes(n); at += 32) {
    const y0 = v128.load(y + at);
    const y1 = v128.load(y + at, 16);
    const near0 = f64x2.le(f64x2.add(square, y0), farthest);
    const near1 = f64x2.le(f64x2.add(square, y1), farthest);
    // The far ones take part as 0, and are written over.
    const own0 = v128.and(y0, near0);
    const own1 = v128.and(y1, near1);
    if (wantsByOrder) recurrence(true, w + at, byOrder + at, q + at, orders, own0, own1);
    else recurrence(false, w + at, byOrder + at, q + at, orders, own0, own1);
    if (i64x2.all_true(v128.and(near0, near1))) continue;
    for (let lane: usize = at; lane < at + 32; lane += 8) {
      const own = load<f64>(y + lane);
      const size = order * order + own;
      if (size <= FAR) continue;
      besselSeries(order, own, size);
      store<f64>(w + lane, besselW);
      store<f64>(byOrder + lane, besselByOrder);
      store<f64>(q + lane, besselQ);
    }
  }
}

/** The recurrence's start: small, so that nothing overflows in the hundred terms there may be: 2^-500. */
const START: f64 = 3.054936363499605e-151;

/**
 * Backward recurrence w_k = y / (2(ν + k + 1) + w_{k+1}), begun with a bound that is tight for large orders. With
 * w_k = y D_{k+1} / D_k it needs no division: D_k = 2(ν + k + 1) D_{k+1} + y D_{k+2}, all terms positive. Two pairs, which
 * take as many terms as the largest y of the four needs. `derives` is a literal.
 */
// @ts-ignore: decorator
@inline
function recurrence(derives: bool, w: usize, byOrder: usize, q: usize, order: v128, y0: v128, y1: v128): void {
  const one = f64x2.splat(1);
  const start = f64x2.splat(START);
  const most = f64x2.pmax(y0, y1);
  let left = termsOf(max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1)));
  let k = f64x2.splat(<f64>left);
  const middle = f64x2.add(f64x2.add(order, k), f64x2.splat(1.5));
  const bound = f64x2.sub(middle, one);
  const root0 = f64x2.sqrt(mulAdd(middle, middle, y0));
  const root1 = f64x2.sqrt(mulAdd(middle, middle, y1));
  let later0 = start;
  let later1 = start;
  let now0 = f64x2.mul(start, f64x2.add(bound, root0));
  let now1 = f64x2.mul(start, f64x2.add(bound, root1));
  let laterByOrder0 = f64x2.splat(0);
  let laterByOrder1 = laterByOrder0;
  let nowByOrder0 = f64x2.mul(start, f64x2.add(one, f64x2.div(middle, root0)));
  let nowByOrder1 = f64x2.mul(start, f64x2.add(one, f64x2.div(middle, root1)));
  for (; left > 0; left--) {
    const half = f64x2.add(order, k);
    const factor = f64x2.add(half, half);
    if (derives) {
      const next0ByOrder = nextByOrder(factor, now0, nowByOrder0, y0, laterByOrder0);
      const next1ByOrder = nextByOrder(factor, now1, nowByOrder1, y1, laterByOrder1);
      laterByOrder0 = nowByOrder0;
      laterByOrder1 = nowByOrder1;
      nowByOrder0 = next0ByOrder;
      nowByOrder1 = next1ByOrder;
    }
    const next0 = next(factor, now0, y0, later0);
    const next1 = next(factor, now1, y1, later1);
    later0 = now0;
    later1 = now1;
    now0 = next0;
    now1 = next1;
    k = f64x2.sub(k, one);
  }
  storeRatio(derives, w, byOrder, q, order, y0, later0, now0, laterByOrder0, nowByOrder0);
  storeRatio(derives, w + 16, byOrder + 16, q + 16, order, y1, later1, now1, laterByOrder1, nowByOrder1);
}

/** D_k. */
// @ts-ignore: decorator
@inline
function next(factor: v128, now: v128, y: v128, later: v128): v128 {
  return mulAdd(factor, now, f64x2.mul(y, later));
}

/** ∂D_k/∂ν. */
// @ts-ignore: decorator
@inline
function nextByOrder(factor: v128, now: v128, nowByOrder: v128, y: v128, laterByOrder: v128): v128 {
  return f64x2.add(mulAdd(factor, nowByOrder, f64x2.add(now, now)), f64x2.mul(y, laterByOrder));
}

/** 4 + 5√z: w to 1e-15 and its slope to 1e-13 of themselves, for every order (z up to 200). */
// @ts-ignore: decorator
@inline
function termsOf(y: f64): i32 {
  return <i32>Math.ceil(4 + 5 * Math.sqrt(Math.sqrt(y)));
}

// @ts-ignore: decorator
@inline
function storeRatio(
  derives: bool,
  outW: usize,
  outByOrder: usize,
  outQ: usize,
  order: v128,
  y: v128,
  later: v128,
  now: v128,
  laterByOrder: v128,
  nowByOrder: v128,
): void {
  const inverse = f64x2.div(f64x2.splat(1), now);
  const w = f64x2.mul(f64x2.mul(y, later), inverse);
  v128.store(outW, w);
  if (derives) {
    const slope = f64x2.sub(f64x2.mul(y, laterByOrder), f64x2.mul(w, nowByOrder));
    v128.store(outByOrder, f64x2.mul(slope, inverse));
  }
  v128.store(outQ, f64x2.sub(f64x2.sub(y, f64x2.mul(w, w)), f64x2.mul(f64x2.mul(f64x2.splat(2), order), w)));
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

/** ∂²w/∂ν², from differences of the exact ∂w/∂ν: ten digits. */
export function besselBend(order: f64, y: f64): f64 {
  const h = 1e-4 * Math.min(order + 1, 1) + 1e-5 * Math.sqrt(y);
  besselRatio(order + h, y);
  const above = besselByOrder;
  besselRatio(order - h, y);
  return (above - besselByOrder) / (2 * h);
}
