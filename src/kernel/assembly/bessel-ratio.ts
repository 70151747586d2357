// The ratio of modified Bessel functions that the conditional moments of a square-root process consist of.

/** w(ν, y) = z I_{ν+1}(z) / I_ν(z) with y = z², its derivative in ν, and Q = y − w² − 2νw. */
export let besselW: f64 = 0;
export let besselByOrder: f64 = 0;
export let besselQ: f64 = 0;

export function besselRatio(order: f64, y: f64): void {
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

/** ∂²w/∂ν², from differences of the exact ∂w/∂ν: ten digits. */
export function besselBend(order: f64, y: f64): f64 {
  const h = 1e-4 * Math.min(order + 1, 1) + 1e-5 * Math.sqrt(y);
  besselRatio(order + h, y);
  const above = besselByOrder;
  besselRatio(order - h, y);
  return (above - besselByOrder) / (2 * h);
}
