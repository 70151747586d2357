import { bytes } from "./pair";
import { millsRatio } from "./implicit-tangents";

/** out = Φ(a), to a relative 1e-11 in both tails. */
export function normalCdf(out: usize, a: usize, n: i32): void {
  for (const end = out + bytes(n); out < end; out += 8, a += 8) {
    const x = load<f64>(a);
    const tail = 0.3989422804014327 * Math.exp(-0.5 * x * x) * millsRatio(Math.abs(x));
    store<f64>(out, x < 0 ? tail : 1 - tail);
  }
}
