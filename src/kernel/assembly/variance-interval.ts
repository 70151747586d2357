import { bytes, choose } from "./pair";
import { columnAt } from "./step-tables";

// The interval that the steps of a variance path add up to: its m and s², and their derivatives, from 0 on; then s of s².

/** A scheme may leave the variance at 0 for a while; less than this moves no price, and may be divided by. */
const LEAST_DEVIATION: f64 = 1e-15;

/** Begins an interval of n paths: `columns` as `hestonStep` has them, v, m and s² and then those of each of `slots` derivatives. */
export function beginInterval(n: i32, columns: usize, slots: i32): void {
  for (let slot = 0; slot <= slots; slot++) {
    memory.fill(columnAt(columns, 3 * slot + 1, 0), 0, bytes(n));
    memory.fill(columnAt(columns, 3 * slot + 2, 0), 0, bytes(n));
  }
}

/** Puts s in the place of s², and its derivatives in that of theirs: ∂s = ∂s²/2s, ∂²s = ∂²s²/2s − ∂s ∂s/s. */
export function endInterval(n: i32, columns: usize, directions: i32, pairs: usize, pairCount: i32): void {
  const deviations = columnAt(columns, 2, 0);
  const least = f64x2.splat(LEAST_DEVIATION);
  for (let at: usize = 0; at < bytes(n); at += 16) {
    const root = f64x2.sqrt(v128.load(deviations + at));
    v128.store(deviations + at, choose(f64x2.lt(root, least), least, root));
  }
  const half = f64x2.splat(0.5);
  for (let slot = 1; slot <= directions + pairCount; slot++) {
    const tangents = columnAt(columns, 3 * slot + 2, 0);
    for (let at: usize = 0; at < bytes(n); at += 16) {
      const ratio = f64x2.div(v128.load(tangents + at), v128.load(deviations + at));
      v128.store(tangents + at, f64x2.mul(half, ratio));
    }
  }
  for (let pair = 0; pair < pairCount; pair++) {
    const directionsOf = pairs + (<usize>pair << 3);
    const a = columnAt(columns, 3 * load<i32>(directionsOf) + 2, 0);
    const b = columnAt(columns, 3 * load<i32>(directionsOf, 4) + 2, 0);
    const second = columnAt(columns, 3 * (1 + directions + pair) + 2, 0);
    for (let at: usize = 0; at < bytes(n); at += 16) {
      const product = f64x2.mul(v128.load(a + at), v128.load(b + at));
      const lost = f64x2.div(product, v128.load(deviations + at));
      v128.store(second + at, f64x2.sub(v128.load(second + at), lost));
    }
  }
}
