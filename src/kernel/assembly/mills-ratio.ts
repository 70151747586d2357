import { choose, constant, mulAdd } from "./pair";

// R(y) = e^{y²/2} Φ(−y) for y ≥ 0, Mills' ratio over √(2π): so smooth a function that one rational function serves from the
// centre into the far tail. It interpolates R in 50 digits at the Chebyshev nodes of (y − 4)/(y + 4), 0 ≤ y ≤ 39, to a relative
// 2e-16 with these coefficients, all of them positive, so that nothing cancels. R(0) = ½ exactly.
const NUMERATOR: usize = memory.data<f64>(
  [
    142550.1709913096, 221197.30155930086, 169761.47961019882, 82768.41915727062, 27977.151998920242,
    6771.518260775503, 1173.4681658019151, 140.88252519122614, 10.713832895189586, 0.39894228040045265,
  ],
  16,
);
const DENOMINATOR: usize = memory.data<f64>(
  [
    285100.3419826192, 669871.7642661487, 731453.1266548898, 490041.83327203046, 223747.12365249268,
    73016.05445917013, 17324.81936547698, 2968.3040774095607, 354.14012109522383, 26.85559646423465, 1.0,
  ],
  16,
);
/** How far the rational function goes. */
export const FARTHEST: f64 = 39.0;
const ROOT_TWO_PI: f64 = 2.5066282746310002;

/** R of pairs in [0, 39]. */
// @ts-ignore: decorator
@inline
export function tailRatio(y: v128): v128 {
  let above = constant(NUMERATOR, 9);
  let below = f64x2.add(y, constant(DENOMINATOR, 9));
  above = mulAdd(above, y, constant(NUMERATOR, 8));
  below = mulAdd(below, y, constant(DENOMINATOR, 8));
  above = mulAdd(above, y, constant(NUMERATOR, 7));
  below = mulAdd(below, y, constant(DENOMINATOR, 7));
  above = mulAdd(above, y, constant(NUMERATOR, 6));
  below = mulAdd(below, y, constant(DENOMINATOR, 6));
  above = mulAdd(above, y, constant(NUMERATOR, 5));
  below = mulAdd(below, y, constant(DENOMINATOR, 5));
  above = mulAdd(above, y, constant(NUMERATOR, 4));
  below = mulAdd(below, y, constant(DENOMINATOR, 4));
  above = mulAdd(above, y, constant(NUMERATOR, 3));
  below = mulAdd(below, y, constant(DENOMINATOR, 3));
  above = mulAdd(above, y, constant(NUMERATOR, 2));
  below = mulAdd(below, y, constant(DENOMINATOR, 2));
  above = mulAdd(above, y, constant(NUMERATOR, 1));
  below = mulAdd(below, y, constant(DENOMINATOR, 1));
  above = mulAdd(above, y, constant(NUMERATOR, 0));
  below = mulAdd(below, y, constant(DENOMINATOR, 0));
  return f64x2.div(above, below);
}

/** M(b) = (1 − Φ(b)) / φ(b) for b >= 0: by its asymptotic series beyond the rational function. */
export function millsRatios(b: v128): v128 {
  const near = f64x2.mul(f64x2.splat(ROOT_TWO_PI), tailRatio(b));
  const isNear = f64x2.le(b, f64x2.splat(FARTHEST));
  if (i64x2.all_true(isNear)) return near;
  const one = f64x2.splat(1);
  const u = f64x2.div(one, f64x2.mul(b, b));
  let series = f64x2.sub(f64x2.splat(945), f64x2.mul(u, f64x2.splat(10395)));
  series = f64x2.sub(f64x2.splat(105), f64x2.mul(u, series));
  series = f64x2.sub(f64x2.splat(15), f64x2.mul(u, series));
  series = f64x2.sub(f64x2.splat(3), f64x2.mul(u, series));
  series = f64x2.sub(one, f64x2.mul(u, series));
  series = f64x2.sub(one, f64x2.mul(u, series));
  return choose(isNear, near, f64x2.div(series, b));
}

/** The same of one b. */
export function millsRatio(b: f64): f64 {
  return f64x2.extract_lane(millsRatios(f64x2.splat(b)), 0);
}
