import { bytes, mulAdd } from "./pair";

/** Paths per pass: small enough that the W of some twenty columns stays in a first-level cache of 32 KB. */
const PASS_PATHS = 128;

/** Bytes between rows of F, and between columns of W: a block of 1024 numbers. Known here, they cost no addition to load from. */
const ROW: usize = 8192;

/**
 * C[t·columns + g] += Σ_p F[t·1024 + p] W[g·1024 + p] over p < n: every Greek of every trade.
 * Each sum's order depends on n alone, so neither other rows nor other columns change a bit of it.
 */
export function product(F: usize, W: usize, C: usize, rows: i32, columns: i32, n: i32): void {
  for (let first = 0; first < n; first += PASS_PATHS) {
    const length = bytes(n - first < PASS_PATHS ? n - first : PASS_PATHS);
    const f = F + bytes(first);
    const w = W + bytes(first);
    let t = 0;
    for (; t + 1 < rows; t += 2) pairsOfColumns(2, t, f, w, C, columns, length);
    if (t < rows) pairsOfColumns(1, t, f, w, C, columns, length);
    if (columns & 1) lastColumn(f, w + <usize>(columns - 1) * ROW, C + bytes(columns - 1), rows, columns, length);
  }
}

// Tiles of eight sums, or of four, are what V8 keeps in registers: it loads all that a step needs before it multiplies.

/** Row t, and the next if `height` is 2, times four columns at once, and the last two; an odd column is left. */
// @ts-ignore: decorator
@inline
function pairsOfColumns(
  height: i32,
  t: i32,
  F: usize,
  W: usize,
  C: usize,
  columns: i32,
  length: usize,
): void {
  const f = F + <usize>t * ROW;
  const c = C + bytes(t * columns);
  let g = 0;
  for (; g + 3 < columns; g += 4) tile(height, 4, f, W + <usize>g * ROW, c + bytes(g), columns, length);
  if (g + 1 < columns) tile(height, 2, f, W + <usize>g * ROW, c + bytes(g), columns, length);
}

/** A tile of `height` (1 or 2) rows and `width` (2 or 4) columns; both are literals, so unused sums vanish. */
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
      weight = v128.load(w, 3 * ROW);
      a3 = mulAdd(x, weight, a3);
      if (height > 1) b3 = mulAdd(y, weight, b3);
    }
  }
  addTwo(c, a0, a1);
  if (width > 2) addTwo(c + 16, a2, a3);
  if (height > 1) {
    addTwo(c + bytes(columns), b0, b1);
    if (width > 2) addTwo(c + bytes(columns) + 16, b2, b3);
  }
}

/** Every row times one column, four rows at once. */
// @ts-ignore: decorator
@inline
function lastColumn(F: usize, w: usize, c: usize, rows: i32, columns: i32, length: usize): void {
  const cBytes = bytes(columns);
  let t = 0;
  for (; t + 3 < rows; t += 4, c += 4 * cBytes) {
    let a0 = f64x2.splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let f = F + <usize>t * ROW;
    let weights = w;
    for (const end = f + length; f < end; f += 16, weights += 16) {
      const weight = v128.load(weights);
      a0 = mulAdd(v128.load(f), weight, a0);
      a1 = mulAdd(v128.load(f, ROW), weight, a1);
      a2 = mulAdd(v128.load(f, 2 * ROW), weight, a2);
      a3 = mulAdd(v128.load(f, 3 * ROW), weight, a3);
    }
    addOne(c, a0);
    addOne(c + cBytes, a1);
    addOne(c + 2 * cBytes, a2);
    addOne(c + 3 * cBytes, a3);
  }
  for (; t < rows; t++, c += cBytes) {
    let sum = f64x2.splat(0);
    let f = F + <usize>t * ROW;
    let weights = w;
    for (const end = f + length; f < end; f += 16, weights += 16)
      sum = mulAdd(v128.load(f), v128.load(weights), sum);
    addOne(c, sum);
  }
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
