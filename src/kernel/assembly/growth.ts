import { exponential, exponentialOfAny, isOrdinaryExponent } from "./exponential";
import { STRIDE, allSet, bytes, mulAdd } from "./pair";

/** out = previous · exp(mean + deviation·z): one interval of a geometric path. */
export function growthConstant(
  out: usize,
  previous: usize,
  z: usize,
  mean: f64,
  deviation: f64,
  n: i32,
): void {
  const m = f64x2.splat(mean);
  const s = f64x2.splat(deviation);
  for (const end = z + bytes(n); z < end; z += STRIDE, previous += STRIDE, out += STRIDE) {
    growFour(
      out,
      previous,
      mulAdd(s, v128.load(z), m),
      mulAdd(s, v128.load(z, 16), m),
      mulAdd(s, v128.load(z, 32), m),
      mulAdd(s, v128.load(z, 48), m),
    );
  }
}

/** The same with a mean and a deviation per path. */
export function growthColumns(
  out: usize,
  previous: usize,
  z: usize,
  mean: usize,
  deviation: usize,
  n: i32,
): void {
  for (const end = z + bytes(n); z < end; z += STRIDE, previous += STRIDE, out += STRIDE) {
    growFour(
      out,
      previous,
      mulAdd(v128.load(deviation), v128.load(z), v128.load(mean)),
      mulAdd(v128.load(deviation, 16), v128.load(z, 16), v128.load(mean, 16)),
      mulAdd(v128.load(deviation, 32), v128.load(z, 32), v128.load(mean, 32)),
      mulAdd(v128.load(deviation, 48), v128.load(z, 48), v128.load(mean, 48)),
    );
    mean += STRIDE;
    deviation += STRIDE;
  }
}

// @ts-ignore: decorator
@inline
function growFour(out: usize, previous: usize, x0: v128, x1: v128, x2: v128, x3: v128): void {
  if (allSet(isOrdinaryExponent(x0), isOrdinaryExponent(x1), isOrdinaryExponent(x2), isOrdinaryExponent(x3))) {
    const y0 = f64x2.mul(v128.load(previous), exponential(x0));
    const y1 = f64x2.mul(v128.load(previous, 16), exponential(x1));
    const y2 = f64x2.mul(v128.load(previous, 32), exponential(x2));
    const y3 = f64x2.mul(v128.load(previous, 48), exponential(x3));
    v128.store(out, y0);
    v128.store(out, y1, 16);
    v128.store(out, y2, 32);
    v128.store(out, y3, 48);
  } else {
    v128.store(out, f64x2.mul(v128.load(previous), exponentialOfAny(x0)));
    v128.store(out, f64x2.mul(v128.load(previous, 16), exponentialOfAny(x1)), 16);
    v128.store(out, f64x2.mul(v128.load(previous, 32), exponentialOfAny(x2)), 32);
    v128.store(out, f64x2.mul(v128.load(previous, 48), exponentialOfAny(x3)), 48);
  }
}
