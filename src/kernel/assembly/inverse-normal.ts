import { as241 } from "./as241";
import { bytes } from "./pair";
import { TAIL_TABLE_BYTES, fillTailTable, isTabled, lessHalf, smallerTail, tabled } from "./tail-table";

// From a table of polynomials through AS241, which also answers beyond the table. Twice as fast as AS241 itself: a division and half
// of the operations less, and no tails apart.

const COEFFICIENTS: usize = memory.data(TAIL_TABLE_BYTES, 64);

fillTailTable(COEFFICIENTS, as241);

/** The inverse of the standard normal distribution function at one u, with the bits of `inverseNormal`. */
export function inverseNormalScalar(u: f64): f64 {
  const pair = f64x2.splat(u);
  const p = smallerTail(pair);
  if (!i64x2.all_true(isTabled(p))) return as241(u);
  return f64x2.extract_lane(tabled(COEFFICIENTS, lessHalf(pair), p), 0);
}

/**
 * out = z with P(Z ≤ z) = u, Z standard normal: relative error at most 1e-15 for normal u in (0, 1); 0 and 1 give
 * ∓Infinity, anything outside [0, 1] NaN.
 */
export function inverseNormal(out: usize, u: usize, n: i32): void {
  for (const end = u + bytes(n); u < end; u += 32, out += 32) {
    const u0 = v128.load(u);
    const u1 = v128.load(u, 16);
    const p0 = smallerTail(u0);
    const p1 = smallerTail(u1);
    if (i64x2.all_true(v128.and(isTabled(p0), isTabled(p1)))) {
      const z0 = tabled(COEFFICIENTS, lessHalf(u0), p0);
      const z1 = tabled(COEFFICIENTS, lessHalf(u1), p1);
      v128.store(out, z0);
      v128.store(out, z1, 16);
    } else {
      for (let i: usize = 0; i < 32; i += 8) store<f64>(out + i, inverseNormalScalar(load<f64>(u + i)));
    }
  }
}
