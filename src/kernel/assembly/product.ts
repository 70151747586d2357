import { mulAdd } from "./pair";

/** Paths per pass: small enough that the W of some twenty columns stays in a first-level cache of 32 KB. */
const PASS_PATHS = 128;

/**
 * C[t·columns + g] += Σ_p F[t·stride + p] W[g·stride + p] over p < n: every Greek of every trade.
 * `stride` counts numbers. Each sum's order depends on n alone, so neither other rows nor other columns change a bit of it.
 */
export function product(
  F: usize,
  W: usize,
  C: usize,
  rows: i32,
  columns: i32,
  n: i32,
  stride: i32,
): void {
  const rowBytes = <usize>stride << 3;
  for (let first = 0; first < n; first += PASS_PATHS) {
    const length = <usize>(n - first < PASS_PATHS ? n - first : PASS_PATHS) << 3;
    const offset = <usize>first << 3;
    let t = 0;
    for (; t + 1 < rows; t += 2) rowsTimesColumns(2, t, F + offset, W + offset, C, columns, length, rowBytes);
    if (t < rows) rowsTimesColumns(1, t, F + offset, W + offset, C, columns, length, rowBytes);
  }
}

// @ts-ignore: decorator
@inline
function rowsTimesColumns(
  height: i32,
  t: i32,
  F: usize,
  W: usize,
  C: usize,
  columns: i32,
  length: usize,
  rowBytes: usize,
): void {
  const f = F + <usize>t * rowBytes;
  const c = C + (<usize>(t * columns) << 3);
  let g = 0;
  for (; g + 3 < columns; g += 4) {
    tile(height, 4, f, W + <usize>g * rowBytes, c + (<usize>g << 3), columns, length, rowBytes);
  }
  const left = columns - g;
  const w = W + <usize>g * rowBytes;
  const out = c + (<usize>g << 3);
  if (left == 3) tile(height, 3, f, w, out, columns, length, rowBytes);
  else if (left == 2) tile(height, 2, f, w, out, columns, length, rowBytes);
  else if (left == 1) tile(height, 1, f, w, out, columns, length, rowBytes);
}

/** A tile of `height` (1 or 2) rows and `width` (1 to 4) columns; both are literals, so unused sums vanish. */
// @ts-ignore: decorator
@inline
function tile(
  height: i32,
  width: i32,
  f: usize,
  w: usize,
  c: usize,
  columns: i32,
  length: usize,
  rowBytes: usize,
): void {
  let a0 = f64x2.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let b0 = a0;
  let b1 = a0;
  let b2 = a0;
  let b3 = a0;
  const f1 = f + rowBytes;
  const w1 = w + rowBytes;
  const w2 = w1 + rowBytes;
  const w3 = w2 + rowBytes;
  for (let p: usize = 0; p < length; p += 16) {
    const x = v128.load(f + p);
    const y = height > 1 ? v128.load(f1 + p) : x;
    let weight = v128.load(w + p);
    a0 = mulAdd(x, weight, a0);
    if (height > 1) b0 = mulAdd(y, weight, b0);
    if (width > 1) {
      weight = v128.load(w1 + p);
      a1 = mulAdd(x, weight, a1);
      if (height > 1) b1 = mulAdd(y, weight, b1);
    }
    if (width > 2) {
      weight = v128.load(w2 + p);
      a2 = mulAdd(x, weight, a2);
      if (height > 1) b2 = mulAdd(y, weight, b2);
    }
    if (width > 3) {
      weight = v128.load(w3 + p);
      a3 = mulAdd(x, weight, a3);
      if (height > 1) b3 = mulAdd(y, weight, b3);
    }
  }
  addSums(width, c, a0, a1, a2, a3);
  if (height > 1) addSums(width, c + (<usize>columns << 3), b0, b1, b2, b3);
}

// @ts-ignore: decorator
@inline
function addSums(width: i32, c: usize, s0: v128, s1: v128, s2: v128, s3: v128): void {
  addSum(c, s0);
  if (width > 1) addSum(c + 8, s1);
  if (width > 2) addSum(c + 16, s2);
  if (width > 3) addSum(c + 24, s3);
}

// @ts-ignore: decorator
@inline
function addSum(c: usize, sum: v128): void {
  store<f64>(c, load<f64>(c) + (f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)));
}
