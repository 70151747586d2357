import { as241 } from "./as241";
import { bytes, constant, firsts, mulAdd, seconds } from "./pair";

// z = q f(p), q = u − ½, p = min(u, 1 − u), where f is smooth: a polynomial of degree 6 on each of 32 parts of every octave
// 2^−k ≤ p < 2^(1−k), with seven coefficients that lie in one cache line. They interpolate AS241, which is also what answers
// below the last octave. Twice as fast as AS241 itself: a division and half of the operations less, and no tails apart.

const OCTAVES: u64 = 20;
/** The smallest p of the table, 2^−21. */
const LEAST: f64 = 4.76837158203125e-7;
/** The leading bits of a double, down to the five that number the parts of its octave; those of LEAST. */
const PART_SHIFT: u64 = 47;
const FIRST_PART: u64 = (1022 - OCTAVES) << 5;
/** One part more than octaves have, for p = ½ itself. */
const PARTS: u64 = (OCTAVES << 5) + 1;
const PART_BYTES: u64 = 64;
const COEFFICIENTS: usize = memory.data(41024, 64); // PARTS · PART_BYTES

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

fillTable();

function fillTable(): void {
  for (let part: u64 = 0; part < PARTS; part++) {
    const low = reinterpret<f64>((part + FIRST_PART) << PART_SHIFT);
    const octave = reinterpret<f64>(((part + FIRST_PART) >> 5) << 52);
    interpolate(COEFFICIENTS + <usize>(part * PART_BYTES), low + octave * HALF_PART, octave);
  }
}

/** The polynomial in t = (p − middle) / octave through the nodes: divided differences, then powers. */
function interpolate(c: usize, middle: f64, octave: f64): void {
  for (let k = 0; k <= DEGREE; k++) {
    const p = middle + octave * node(k);
    put(c, k, as241(p) / (p - 0.5));
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

// @ts-ignore: decorator
@inline
function smallerTail(u: v128): v128 {
  return f64x2.pmin(u, f64x2.sub(constant(TABLE, ONE), u));
}

/** Whether the table serves p; false for NaN. */
// @ts-ignore: decorator
@inline
function isTabled(p: v128): v128 {
  return f64x2.ge(p, constant(TABLE, SMALLEST));
}

/** z of u, p = smallerTail(u), both lanes in the table. */
// @ts-ignore: decorator
@inline
function tabled(u: v128, p: v128): v128 {
  const q = f64x2.sub(u, constant(TABLE, HALF));
  const fraction = v128.or(v128.and(p, constant(MASKS, 0)), constant(TABLE, ONE));
  const t = f64x2.sub(fraction, constant(TABLE, MIDDLE));
  const place = v128.and(i64x2.shr_u(p, 41), constant(MASKS, 1));
  const a = partAt(i32x4.extract_lane(place, 0));
  const b = partAt(i32x4.extract_lane(place, 2));
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

// @ts-ignore: decorator
@inline
function partAt(place: i32): usize {
  return <usize>place + (COEFFICIENTS - <usize>(FIRST_PART * PART_BYTES));
}

/** The inverse of the standard normal distribution function at one u, with the bits of `inverseNormal`. */
export function inverseNormalScalar(u: f64): f64 {
  const pair = f64x2.splat(u);
  const p = smallerTail(pair);
  return i64x2.all_true(isTabled(p)) ? f64x2.extract_lane(tabled(pair, p), 0) : as241(u);
}

/**
 * out = z with P(Z ≤ z) = u, Z standard normal: relative error at most 1e-15 for normal u in (0, 1); 0 and 1 give
 * ∓Infinity, anything outside [0, 1] NaN. Two pairs at a time: of four the coefficients would not fit into registers.
 */
export function inverseNormal(out: usize, u: usize, n: i32): void {
  for (const end = u + bytes(n); u < end; u += 32, out += 32) {
    const u0 = v128.load(u);
    const u1 = v128.load(u, 16);
    const p0 = smallerTail(u0);
    const p1 = smallerTail(u1);
    if (i64x2.all_true(v128.and(isTabled(p0), isTabled(p1)))) {
      const z0 = tabled(u0, p0);
      const z1 = tabled(u1, p1);
      v128.store(out, z0);
      v128.store(out, z1, 16);
    } else {
      for (let i: usize = 0; i < 32; i += 8) store<f64>(out + i, inverseNormalScalar(load<f64>(u + i)));
    }
  }
}
