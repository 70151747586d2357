import { bytes, mulAdd } from "./pair";

/** Paths per pass: small enough that the W of some twenty columns stays in a first-level cache of 32 KB. */
const PASS_PATHS = 128;

/** Bytes between rows of F, and between columns of W: COLUMN_BYTES of ../kernel.ts. Known here, they cost no addition to load from. */
const ROW: usize = 9280;

/**
 * C[t·columns + g] += Σ_p F[t][p] W[g][p] over p < n: every Greek of every trade.
 * Each sum's order depends on n alone, so neither other rows nor other columns change a bit of it.
 */
export function product(F: usize, W: usize, C: usize, rows: i32, columns: i32, n: i32): void {
  // A column that is left over by fours goes with four rows at once.
  const last = columns % 4 == 1 ? columns - 1 : columns;
  for (let first = 0; first < n; first += PASS_PATHS) {
    const length = bytes(n - first < PASS_PATHS ? n - first : PASS_PATHS);
    const f = F + bytes(first);
    const w = W + bytes(first);
    let t = 0;
    for (; t + 1 < rows; t += 2) rowsTimesColumns(2, t, f, w, C, columns, last, length);
    if (t < rows) rowsTimesColumns(1, t, f, w, C, columns, last, length);
    if (last == columns) continue;
    const lastW = w + <usize>last * ROW;
    const lastC = C + bytes(last);
    for (t = 0; t + 3 < rows; t += 4) rowsTimesColumn(4, t, f, lastW, lastC, columns, length);
    if (t + 2 < rows) rowsTimesColumn(3, t, f, lastW, lastC, columns, length);
    else if (t + 1 < rows) rowsTimesColumn(2, t, f, lastW, lastC, columns, length);
    else if (t < rows) rowsTimesColumn(1, t, f, lastW, lastC, columns, length);
  }
}

// Tiles of eight sums at most are what V8 keeps in registers: it loads all that a step needs before it multiplies.

/** Row t, and the next if `height` is 2, times the columns before `last`, which leaves no single one. */
// @ts-ignore: decorator
@inline
function rowsTimesColumns(
  height: i32,
  t: i32,
  F: usize,
  W: usize,
  C: usize,
  columns: i32,
  last: i32,
  length: usize,
): void {
  const f = F + <usize>t * ROW;
  let w = W;
  let c = C + bytes(t * columns);
  let left = last;
  for (; left > 3; left -= 4, w += 4 * ROW, c += 32) tile(height, 4, f, w, c, columns, length);
  if (left == 3) tile(height, 3, f, w, c, columns, length);
  else if (left == 2) tile(height, 2, f, w, c, columns, length);
}

/** A tile of `height` (1 or 2) rows and `width` (2 to 4) columns; both are literals, so unused sums vanish. */
// @ts-ignore: decorator
@inline
function tile(height: i32, width: i32, f: usize, w: usize, c: usize, columns: i32, length: usize): void {
  let a0 = f64x2.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let b0 = a0;
  let b1 = a0;
  let b2 = a0;
  let b3 = a0;
  for (const end = f + length; f < end; f += 16, w += 16) {
    const x = v128.load(f);
    const y = height > 1 ? v128.load(f, ROW) : x;
    let weight = v128.load(w);
    a0 = mulAdd(x, weight, a0);
    if (height > 1) b0 = mulAdd(y, weight, b0);
    weight = v128.load(w, ROW);
    a1 = mulAdd(x, weight, a1);
    if (height > 1) b1 = mulAdd(y, weight, b1);
    if (width > 2) {
      weight = v128.load(w, 2 * ROW);
      a2 = mulAdd(x, weight, a2);
      if (height > 1) b2 = mulAdd(y, weight, b2);
    }
    if (width > 3) {
      weight = v128.load(w, 3 * ROW);
      a3 = mulAdd(x, weight, a3);
      if (height > 1) b3 = mulAdd(y, weight, b3);
    }
  }
  addSums(width, c, a0, a1, a2, a3);
  if (height > 1) addSums(width, c + bytes(columns), b0, b1, b2, b3);
}

/** The `height` (1 to 4) rows from t on times one column. */
// @ts-ignore: decorator
@inline
function rowsTimesColumn(
  height: i32,
  t: i32,
  F: usize,
  w: usize,
  C: usize,
  columns: i32,
  length: usize,
): void {
  let a0 = f64x2.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let f = F + <usize>t * ROW;
  for (const end = f + length; f < end; f += 16, w += 16) {
    const weight = v128.load(w);
    a0 = mulAdd(v128.load(f), weight, a0);
    if (height > 1) a1 = mulAdd(v128.load(f, ROW), weight, a1);
    if (height > 2) a2 = mulAdd(v128.load(f, 2 * ROW), weight, a2);
    if (height > 3) a3 = mulAdd(v128.load(f, 3 * ROW), weight, a3);
  }
  const c = C + bytes(t * columns);
  addOne(c, a0);
  if (height > 1) addOne(c + bytes(columns), a1);
  if (height > 2) addOne(c + bytes(2 * columns), a2);
  if (height > 3) addOne(c + bytes(3 * columns), a3);
}

// @ts-ignore: decorator
@inline
function addSums(width: i32, c: usize, s0: v128, s1: v128, s2: v128, s3: v128): void {
  addTwo(c, s0, s1);
  if (width > 3) addTwo(c + 16, s2, s3);
  else if (width > 2) addOne(c + 16, s2);
}

/** Adds the sums of two columns, each over both lanes. */
// @ts-ignore: decorator
@inline
function addTwo(c: usize, s: v128, t: v128): void {
  const even = v128.shuffle<f64>(s, t, 0, 2);
  const odd = v128.shuffle<f64>(s, t, 1, 3);
  v128.store(c, f64x2.add(v128.load(c), f64x2.add(even, odd)));
}

// @ts-ignore: decorator
@inline
function addOne(c: usize, sum: v128): void {
  store<f64>(c, load<f64>(c) + (f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)));
}
