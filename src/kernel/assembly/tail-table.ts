import { constant, firsts, mulAdd, seconds } from "./pair";

// Quantile functions z(u) that are symmetric, z(1 − u) = −z(u): z = q f(p), q = u − ½, p = min(u, 1 − u), where f is smooth: a
// polynomial of degree 6 on each of 32 parts of every octave 2^−k ≤ p < 2^(1−k), with seven coefficients that lie in one cache line.

const OCTAVES: u64 = 20;
/** The smallest p of a table, 2^−21. */
const LEAST: f64 = 4.76837158203125e-7;
/** The leading bits of a double, down to the five that number the parts of its octave; those of LEAST. */
const PART_SHIFT: u64 = 47;
const FIRST_PART: u64 = (1022 - OCTAVES) << 5;
/** One part more than octaves have, for p = ½ itself. */
const PARTS: u64 = (OCTAVES << 5) + 1;
const PART_BYTES: u64 = 64;
/** Bytes of a table, which must be aligned to PART_BYTES. */
export const TAIL_TABLE_BYTES: i32 = 41024; // PARTS · PART_BYTES

const DEGREE = 6;
/** Chebyshev's nodes on (−1, 1). */
const NODES: usize = memory.data<f64>(
  [
    -0.9749279121818236, -0.7818314824680298, -0.4338837391175581, 0.0, 0.4338837391175581, 0.7818314824680298,
    0.9749279121818236,
  ],
  16,
);
/** Half of a part, where its octave is 1 ≤ x < 2. */
const HALF_PART: f64 = 0.015625;

const TABLE: usize = memory.data<f64>([0.5, 1.0, 1.015625, LEAST], 16);
const HALF = 0;
const ONE = 1;
const MIDDLE = 2; // of the first part of 1 ≤ x < 2
const SMALLEST = 3;
const MASKS: usize = memory.data<u64>(
  [
    0x00007fffffffffff, // 0: where in its part a number is
    0x7fffffc0, // 1: the number of its part, times 64, once it is shifted by 41
  ],
  16,
);

/** Fills a table with the polynomials that interpolate z. */
export function fillTailTable(coefficients: usize, z: (u: f64) => f64): void {
  for (let part: u64 = 0; part < PARTS; part++) {
    const low = reinterpret<f64>((part + FIRST_PART) << PART_SHIFT);
    const octave = reinterpret<f64>(((part + FIRST_PART) >> 5) << 52);
    interpolate(z, coefficients + <usize>(part * PART_BYTES), low + octave * HALF_PART, octave);
  }
}

/** The polynomial in t = (p − middle) / octave through the nodes: divided differences, then powers. */
function interpolate(z: (u: f64) => f64, c: usize, middle: f64, octave: f64): void {
  for (let k = 0; k <= DEGREE; k++) {
    const p = middle + octave * node(k);
    put(c, k, z(p) / (p - 0.5));
  }
  for (let j = 1; j <= DEGREE; j++) {
    for (let k = DEGREE; k >= j; k--) put(c, k, (get(c, k) - get(c, k - 1)) / (node(k) - node(k - j)));
  }
  for (let j = DEGREE - 1; j >= 0; j--) {
    for (let k = j; k < DEGREE; k++) put(c, k, get(c, k) - node(j) * get(c, k + 1));
  }
}

// @ts-ignore: decorator
@inline
function node(k: i32): f64 {
  return get(NODES, k) * HALF_PART;
}

// @ts-ignore: decorator
@inline
function get(c: usize, k: i32): f64 {
  return load<f64>(c + (<usize>k << 3));
}

// @ts-ignore: decorator
@inline
function put(c: usize, k: i32, value: f64): void {
  store<f64>(c + (<usize>k << 3), value);
}

/** q = u − ½. */
// @ts-ignore: decorator
@inline
export function lessHalf(u: v128): v128 {
  return f64x2.sub(u, constant(TABLE, HALF));
}

/** p = min(u, 1 − u). */
// @ts-ignore: decorator
@inline
export function smallerTail(u: v128): v128 {
  return f64x2.pmin(u, f64x2.sub(constant(TABLE, ONE), u));
}

/** Whether a table serves p; false for NaN. */
// @ts-ignore: decorator
@inline
export function isTabled(p: v128): v128 {
  return f64x2.ge(p, constant(TABLE, SMALLEST));
}

/** z, both lanes in the table. Of more than two pairs at a time the coefficients would not fit into registers. */
// @ts-ignore: decorator
@inline
export function tabled(coefficients: usize, q: v128, p: v128): v128 {
  const fraction = v128.or(v128.and(p, constant(MASKS, 0)), constant(TABLE, ONE));
  const t = f64x2.sub(fraction, constant(TABLE, MIDDLE));
  const place = v128.and(i64x2.shr_u(p, 41), constant(MASKS, 1));
  const first = coefficients - <usize>(FIRST_PART * PART_BYTES);
  const a = first + <usize>i32x4.extract_lane(place, 0);
  const b = first + <usize>i32x4.extract_lane(place, 2);
  let f = firsts(v128.load(a, 48), v128.load(b, 48));
  const a45 = v128.load(a, 32);
  const b45 = v128.load(b, 32);
  f = mulAdd(f, t, seconds(a45, b45));
  f = mulAdd(f, t, firsts(a45, b45));
  const a23 = v128.load(a, 16);
  const b23 = v128.load(b, 16);
  f = mulAdd(f, t, seconds(a23, b23));
  f = mulAdd(f, t, firsts(a23, b23));
  const a01 = v128.load(a);
  const b01 = v128.load(b);
  f = mulAdd(f, t, seconds(a01, b01));
  f = mulAdd(f, t, firsts(a01, b01));
  return f64x2.mul(f, q);
}
