import { CENTRE_EDGE, as241, as241Centre } from "./as241";
import { bytes, constant, mulSub } from "./pair";
import { TAIL_TABLE_BYTES, fillTailTable, isTabled, lessHalf, smallerTail, tabled } from "./tail-table";

// z = Φ⁻¹(R(u)) and the ratio R'(u) = (7/6) (1 − (2q)⁶), q = u − ½.

const COEFFICIENTS: usize = memory.data(TAIL_TABLE_BYTES, 64);

fillTailTable(COEFFICIENTS, warped);

/** Of u at most ½: R − ½ = (x − x⁷/7) (7/12), x = 2u − 1, in the centre; in the tail, with t = 2u, a form in which nothing cancels. */
function warped(u: f64): f64 {
  const x = u + u - 1;
  const q = (x - (x * x * x) * (x * x * x) * (x / 7)) * (7.0 / 12);
  if (abs(q) <= CENTRE_EDGE) return as241Centre(q);
  const t = u + u;
  return as241((7.0 / 12) * t * t * (3 + t * (-5 + t * (5 + t * (-3 + t * (1 - t / 7))))));
}

function warpedScalar(u: f64): f64 {
  const pair = f64x2.splat(u);
  const p = smallerTail(pair);
  if (i64x2.all_true(isTabled(p))) return f64x2.extract_lane(tabled(COEFFICIENTS, lessHalf(pair), p), 0);
  return u <= 0.5 ? warped(u) : -warped(1 - u);
}

const TABLE: usize = memory.data<f64>([1.1666666666666667, 74.666666666666667], 16);
const PEAK = 0; // 7/6
const SIXTH_POWER = 1; // 64 · 7/6

// @ts-ignore: decorator
@inline
function ratioOf(q: v128): v128 {
  const square = f64x2.mul(q, q);
  const fourth = f64x2.mul(square, square);
  return mulSub(f64x2.mul(square, constant(TABLE, SIXTH_POWER)), fourth, constant(TABLE, PEAK));
}

/**
 * z with P(Z ≤ z) = R(u), Z standard normal, and the ratio of its density to that of z: between 0 and 7/6, it vanishes at both ends.
 * For u in (0, 1).
 */
export function warpedNormal(z: usize, ratio: usize, u: usize, n: i32): void {
  for (const end = u + bytes(n); u < end; u += 32, z += 32, ratio += 32) {
    const u0 = v128.load(u);
    const u1 = v128.load(u, 16);
    const q0 = lessHalf(u0);
    const q1 = lessHalf(u1);
    const p0 = smallerTail(u0);
    const p1 = smallerTail(u1);
    v128.store(ratio, ratioOf(q0));
    v128.store(ratio, ratioOf(q1), 16);
    if (i64x2.all_true(v128.and(isTabled(p0), isTabled(p1)))) {
      const z0 = tabled(COEFFICIENTS, q0, p0);
      const z1 = tabled(COEFFICIENTS, q1, p1);
      v128.store(z, z0);
      v128.store(z, z1, 16);
    } else {
      for (let i: usize = 0; i < 32; i += 8) store<f64>(z + i, warpedScalar(load<f64>(u + i)));
    }
  }
}
