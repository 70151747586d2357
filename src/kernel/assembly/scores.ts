import { bytes, mulAdd } from "./pair";

// Scores of a log-return N(m, s²) that came out as m + s z: ∂log p = (z ∂m + (z² − 1) ∂s) / s.

// @ts-ignore: decorator
@inline
function polynomial(z: v128, constant: v128, linear: v128, quadratic: v128): v128 {
  return mulAdd(mulAdd(quadratic, z, linear), z, constant);
}

/** out += c0 + c1·z + c2·(z² − 1): an interval whose law does not depend on the path. */
export function scoreConstant(out: usize, z: usize, c0: f64, c1: f64, c2: f64, n: i32): void {
  const constant = f64x2.splat(c0 - c2);
  const linear = f64x2.splat(c1);
  const quadratic = f64x2.splat(c2);
  for (const end = z + bytes(n); z < end; z += 32, out += 32) {
    const z0 = v128.load(z);
    const z1 = v128.load(z, 16);
    const y0 = f64x2.add(v128.load(out), polynomial(z0, constant, linear, quadratic));
    const y1 = f64x2.add(v128.load(out, 16), polynomial(z1, constant, linear, quadratic));
    v128.store(out, y0);
    v128.store(out, y1, 16);
  }
}

/** out = c0 + c1·z + c2·(z² − 1): the first interval of such a law. */
export function scoreBegin(out: usize, z: usize, c0: f64, c1: f64, c2: f64, n: i32): void {
  const constant = f64x2.splat(c0 - c2);
  const linear = f64x2.splat(c1);
  const quadratic = f64x2.splat(c2);
  for (const end = z + bytes(n); z < end; z += 32, out += 32) {
    const z0 = v128.load(z);
    const z1 = v128.load(z, 16);
    const y0 = polynomial(z0, constant, linear, quadratic);
    const y1 = polynomial(z1, constant, linear, quadratic);
    v128.store(out, y0);
    v128.store(out, y1, 16);
  }
}

/** out += (z·∂m + (z² − 1)·∂s) / s, with the tangents ∂m and ∂s and the deviation s per path. */
export function scoreColumns(
  out: usize,
  z: usize,
  meanTangent: usize,
  deviationTangent: usize,
  deviation: usize,
  n: i32,
): void {
  for (const end = z + bytes(n); z < end; z += 32, out += 32) {
    const y0 = scorePair(z, meanTangent, deviationTangent, deviation);
    const y1 = scorePair(z + 16, meanTangent + 16, deviationTangent + 16, deviation + 16);
    const sum0 = f64x2.add(v128.load(out), y0);
    const sum1 = f64x2.add(v128.load(out, 16), y1);
    v128.store(out, sum0);
    v128.store(out, sum1, 16);
    meanTangent += 32;
    deviationTangent += 32;
    deviation += 32;
  }
}

// @ts-ignore: decorator
@inline
function scorePair(z: usize, meanTangent: usize, deviationTangent: usize, deviation: usize): v128 {
  const x = v128.load(z);
  const squareLessOne = f64x2.sub(f64x2.mul(x, x), f64x2.splat(1));
  const numerator = mulAdd(
    squareLessOne,
    v128.load(deviationTangent),
    f64x2.mul(x, v128.load(meanTangent)),
  );
  return f64x2.div(numerator, v128.load(deviation));
}

/** out += c·z / s: a parameter that moves every mean by c. */
export function scoreShift(out: usize, z: usize, deviation: usize, c: f64, n: i32): void {
  const factor = f64x2.splat(c);
  for (const end = z + bytes(n); z < end; z += 32, deviation += 32, out += 32) {
    const y0 = f64x2.div(f64x2.mul(factor, v128.load(z)), v128.load(deviation));
    const y1 = f64x2.div(f64x2.mul(factor, v128.load(z, 16)), v128.load(deviation, 16));
    const sum0 = f64x2.add(v128.load(out), y0);
    const sum1 = f64x2.add(v128.load(out, 16), y1);
    v128.store(out, sum0);
    v128.store(out, sum1, 16);
  }
}
