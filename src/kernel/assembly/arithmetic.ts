import { STRIDE, bytes, constant, mulAdd } from "./pair";

// One loop serves all operations of a kind: `op` is a literal at every call, so inlining leaves only its own branch.

const enum Unary {
  Negate,
  Abs,
  Sqrt,
  Copy,
}

/** Comparisons come last. */
const enum Binary {
  Add,
  Subtract,
  Multiply,
  Divide,
  Max,
  Min,
  Greater,
  GreaterEqual,
  Less,
  LessEqual,
}

// @ts-ignore: decorator
@inline
function unary(op: Unary, a: v128): v128 {
  if (op == Unary.Negate) return f64x2.neg(a);
  if (op == Unary.Abs) return f64x2.abs(a);
  if (op == Unary.Sqrt) return f64x2.sqrt(a);
  return a;
}

// @ts-ignore: decorator
@inline
function binary(op: Binary, a: v128, b: v128): v128 {
  if (op == Binary.Add) return f64x2.add(a, b);
  if (op == Binary.Subtract) return f64x2.sub(a, b);
  if (op == Binary.Multiply) return f64x2.mul(a, b);
  if (op == Binary.Divide) return f64x2.div(a, b);
  // pmax and pmin are one instruction each but lose the NaN of b; or-ing the set bits of a mask gives NaN.
  if (op == Binary.Max) return v128.or(f64x2.pmax(a, b), isNaNMask(b));
  if (op == Binary.Min) return v128.or(f64x2.pmin(a, b), isNaNMask(b));
  return v128.or(oneWhere(op, a, b), v128.or(isNaNMask(a), isNaNMask(b)));
}

/** The same of a b that is not NaN, which has fewer to look for. */
// @ts-ignore: decorator
@inline
function binaryOfNumber(op: Binary, a: v128, b: v128): v128 {
  if (op == Binary.Max) return f64x2.pmax(a, b);
  if (op == Binary.Min) return f64x2.pmin(a, b);
  if (op >= Binary.Greater) return v128.or(oneWhere(op, a, b), isNaNMask(a));
  return binary(op, a, b);
}

/** 1 where the comparison holds, 0 elsewhere. */
// @ts-ignore: decorator
@inline
function oneWhere(op: Binary, a: v128, b: v128): v128 {
  const one = f64x2.splat(1);
  if (op == Binary.Greater) return v128.and(f64x2.gt(a, b), one);
  if (op == Binary.GreaterEqual) return v128.and(f64x2.ge(a, b), one);
  if (op == Binary.Less) return v128.and(f64x2.lt(a, b), one);
  return v128.and(f64x2.le(a, b), one);
}

// @ts-ignore: decorator
@inline
function isNaNMask(a: v128): v128 {
  return f64x2.ne(a, a);
}

// @ts-ignore: decorator
@inline
function mapColumn(op: Unary, out: usize, a: usize, n: i32): void {
  for (const end = a + bytes(n); a < end; a += STRIDE, out += STRIDE) {
    const y0 = unary(op, v128.load(a));
    const y1 = unary(op, v128.load(a, 16));
    const y2 = unary(op, v128.load(a, 32));
    const y3 = unary(op, v128.load(a, 48));
    storeFour(out, y0, y1, y2, y3);
  }
}

// @ts-ignore: decorator
@inline
function combineColumns(op: Binary, out: usize, a: usize, b: usize, n: i32): void {
  for (const end = a + bytes(n); a < end; a += STRIDE, b += STRIDE, out += STRIDE) {
    const y0 = binary(op, v128.load(a), v128.load(b));
    const y1 = binary(op, v128.load(a, 16), v128.load(b, 16));
    const y2 = binary(op, v128.load(a, 32), v128.load(b, 32));
    const y3 = binary(op, v128.load(a, 48), v128.load(b, 48));
    storeFour(out, y0, y1, y2, y3);
  }
}

// @ts-ignore: decorator
@inline
function combineWithScalar(op: Binary, out: usize, a: usize, c: f64, n: i32): void {
  if (isNaN(c)) return fill(out, NaN, n);
  const b = f64x2.splat(c);
  for (const end = a + bytes(n); a < end; a += STRIDE, out += STRIDE) {
    const y0 = binaryOfNumber(op, v128.load(a), b);
    const y1 = binaryOfNumber(op, v128.load(a, 16), b);
    const y2 = binaryOfNumber(op, v128.load(a, 32), b);
    const y3 = binaryOfNumber(op, v128.load(a, 48), b);
    storeFour(out, y0, y1, y2, y3);
  }
}

// @ts-ignore: decorator
@inline
function combineScalarWith(op: Binary, out: usize, c: f64, a: usize, n: i32): void {
  const b = f64x2.splat(c);
  for (const end = a + bytes(n); a < end; a += STRIDE, out += STRIDE) {
    const y0 = binary(op, b, v128.load(a));
    const y1 = binary(op, b, v128.load(a, 16));
    const y2 = binary(op, b, v128.load(a, 32));
    const y3 = binary(op, b, v128.load(a, 48));
    storeFour(out, y0, y1, y2, y3);
  }
}

// @ts-ignore: decorator
@inline
function storeFour(out: usize, y0: v128, y1: v128, y2: v128, y3: v128): void {
  v128.store(out, y0);
  v128.store(out, y1, 16);
  v128.store(out, y2, 32);
  v128.store(out, y3, 48);
}

/** out = a + b, and so on for two columns. Comparisons give 1 or 0; NaN on either side gives NaN everywhere. */
export function add(out: usize, a: usize, b: usize, n: i32): void {
  combineColumns(Binary.Add, out, a, b, n);
}
export function subtract(out: usize, a: usize, b: usize, n: i32): void {
  combineColumns(Binary.Subtract, out, a, b, n);
}
export function multiply(out: usize, a: usize, b: usize, n: i32): void {
  combineColumns(Binary.Multiply, out, a, b, n);
}
export function divide(out: usize, a: usize, b: usize, n: i32): void {
  combineColumns(Binary.Divide, out, a, b, n);
}
export function max(out: usize, a: usize, b: usize, n: i32): void {
  combineColumns(Binary.Max, out, a, b, n);
}
export function min(out: usize, a: usize, b: usize, n: i32): void {
  combineColumns(Binary.Min, out, a, b, n);
}
export function greater(out: usize, a: usize, b: usize, n: i32): void {
  combineColumns(Binary.Greater, out, a, b, n);
}
export function greaterEqual(out: usize, a: usize, b: usize, n: i32): void {
  combineColumns(Binary.GreaterEqual, out, a, b, n);
}
export function less(out: usize, a: usize, b: usize, n: i32): void {
  combineColumns(Binary.Less, out, a, b, n);
}
export function lessEqual(out: usize, a: usize, b: usize, n: i32): void {
  combineColumns(Binary.LessEqual, out, a, b, n);
}

/** out = a + c, and so on for a column and a scalar. */
export function addScalar(out: usize, a: usize, c: f64, n: i32): void {
  combineWithScalar(Binary.Add, out, a, c, n);
}
export function subtractScalar(out: usize, a: usize, c: f64, n: i32): void {
  combineWithScalar(Binary.Subtract, out, a, c, n);
}
export function multiplyScalar(out: usize, a: usize, c: f64, n: i32): void {
  combineWithScalar(Binary.Multiply, out, a, c, n);
}
export function divideScalar(out: usize, a: usize, c: f64, n: i32): void {
  combineWithScalar(Binary.Divide, out, a, c, n);
}
export function maxScalar(out: usize, a: usize, c: f64, n: i32): void {
  combineWithScalar(Binary.Max, out, a, c, n);
}
export function minScalar(out: usize, a: usize, c: f64, n: i32): void {
  combineWithScalar(Binary.Min, out, a, c, n);
}
export function greaterScalar(out: usize, a: usize, c: f64, n: i32): void {
  combineWithScalar(Binary.Greater, out, a, c, n);
}
export function greaterEqualScalar(out: usize, a: usize, c: f64, n: i32): void {
  combineWithScalar(Binary.GreaterEqual, out, a, c, n);
}
export function lessScalar(out: usize, a: usize, c: f64, n: i32): void {
  combineWithScalar(Binary.Less, out, a, c, n);
}
export function lessEqualScalar(out: usize, a: usize, c: f64, n: i32): void {
  combineWithScalar(Binary.LessEqual, out, a, c, n);
}

/** out = c − a. */
export function scalarSubtract(out: usize, c: f64, a: usize, n: i32): void {
  combineScalarWith(Binary.Subtract, out, c, a, n);
}
/** out = c / a. */
export function scalarDivide(out: usize, c: f64, a: usize, n: i32): void {
  combineScalarWith(Binary.Divide, out, c, a, n);
}

export function negate(out: usize, a: usize, n: i32): void {
  mapColumn(Unary.Negate, out, a, n);
}
export function abs(out: usize, a: usize, n: i32): void {
  mapColumn(Unary.Abs, out, a, n);
}
export function sqrt(out: usize, a: usize, n: i32): void {
  mapColumn(Unary.Sqrt, out, a, n);
}
export function copy(out: usize, a: usize, n: i32): void {
  mapColumn(Unary.Copy, out, a, n);
}

/** out = c. */
export function fill(out: usize, c: f64, n: i32): void {
  const y = f64x2.splat(c);
  for (const end = out + bytes(n); out < end; out += STRIDE) storeFour(out, y, y, y, y);
}

/** out += a·b. */
export function multiplyAdd(out: usize, a: usize, b: usize, n: i32): void {
  for (const end = a + bytes(n); a < end; a += STRIDE, b += STRIDE, out += STRIDE) {
    const y0 = f64x2.add(v128.load(out), f64x2.mul(v128.load(a), v128.load(b)));
    const y1 = f64x2.add(v128.load(out, 16), f64x2.mul(v128.load(a, 16), v128.load(b, 16)));
    const y2 = f64x2.add(v128.load(out, 32), f64x2.mul(v128.load(a, 32), v128.load(b, 32)));
    const y3 = f64x2.add(v128.load(out, 48), f64x2.mul(v128.load(a, 48), v128.load(b, 48)));
    storeFour(out, y0, y1, y2, y3);
  }
}

/** out += c·a. */
export function multiplyAddScalar(out: usize, a: usize, c: f64, n: i32): void {
  const b = f64x2.splat(c);
  for (const end = a + bytes(n); a < end; a += STRIDE, out += STRIDE) {
    const y0 = f64x2.add(v128.load(out), f64x2.mul(v128.load(a), b));
    const y1 = f64x2.add(v128.load(out, 16), f64x2.mul(v128.load(a, 16), b));
    const y2 = f64x2.add(v128.load(out, 32), f64x2.mul(v128.load(a, 32), b));
    const y3 = f64x2.add(v128.load(out, 48), f64x2.mul(v128.load(a, 48), b));
    storeFour(out, y0, y1, y2, y3);
  }
}

/** out += Σ factors[k]·columns[k] over k < count, one after the other; the columns lie `stride` bytes apart. */
export function addMultiples(
  out: usize,
  columns: usize,
  stride: usize,
  factors: usize,
  count: i32,
  n: i32,
): void {
  for (const end = out + bytes(n); out < end; out += STRIDE, columns += STRIDE) {
    let y0 = v128.load(out);
    let y1 = v128.load(out, 16);
    let y2 = v128.load(out, 32);
    let y3 = v128.load(out, 48);
    let a = columns;
    for (let k = 0; k < count; k++, a += stride) {
      const factor = constant(factors, k);
      y0 = mulAdd(factor, v128.load(a), y0);
      y1 = mulAdd(factor, v128.load(a, 16), y1);
      y2 = mulAdd(factor, v128.load(a, 32), y2);
      y3 = mulAdd(factor, v128.load(a, 48), y3);
    }
    storeFour(out, y0, y1, y2, y3);
  }
}
