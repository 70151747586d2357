import { bytes, mulAdd } from "./pair";

// Brownian bridges over columns of standard normals.

/** out = deviation·out + a·from + b·to. */
export function bridgePoint(out: usize, from: usize, to: usize, a: f64, b: f64, deviation: f64, n: i32): void {
  const wa = f64x2.splat(a);
  const wb = f64x2.splat(b);
  const s = f64x2.splat(deviation);
  for (const end = out + bytes(n); out < end; out += 32, from += 32, to += 32) {
    const y0 = mulAdd(wb, v128.load(to), mulAdd(wa, v128.load(from), f64x2.mul(s, v128.load(out))));
    const y1 = mulAdd(wb, v128.load(to, 16), mulAdd(wa, v128.load(from, 16), f64x2.mul(s, v128.load(out, 16))));
    v128.store(out, y0);
    v128.store(out, y1, 16);
  }
}

/** out = (out − before)·factor. */
export function bridgeStep(out: usize, before: usize, factor: f64, n: i32): void {
  const scale = f64x2.splat(factor);
  for (const end = out + bytes(n); out < end; out += 32, before += 32) {
    const y0 = f64x2.mul(f64x2.sub(v128.load(out), v128.load(before)), scale);
    const y1 = f64x2.mul(f64x2.sub(v128.load(out, 16), v128.load(before, 16)), scale);
    v128.store(out, y0);
    v128.store(out, y1, 16);
  }
}
