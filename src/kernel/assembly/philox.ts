import { STRIDE, bytes } from "./pair";
import { uniformsOfBits } from "./uniform";

// Philox4x32-10: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
// Four words of counter and two of key give four random words; nothing is carried from one number to the next.

const MULTIPLIER_0: u32 = 0xd2511f53;
const MULTIPLIER_1: u32 = 0xcd9e8d57;
const WEYL_0: u32 = 0x9e3779b9;
const WEYL_1: u32 = 0xbb67ae85;
const ROUNDS: usize = 10;

/** The keys of the ten rounds: 16 bytes of key 0 in all four lanes, 16 of key 1. */
const ROUND_KEYS: usize = memory.data(320, 16);

/** The four random words of one counter, as the lanes of a vector. */
export function philox4x32(c0: u32, c1: u32, c2: u32, c3: u32, key0: u32, key1: u32): v128 {
  for (let round: usize = 0; round < ROUNDS; round++) {
    const product0 = <u64>c0 * <u64>MULTIPLIER_0;
    const product1 = <u64>c2 * <u64>MULTIPLIER_1;
    c0 = <u32>(product1 >> 32) ^ c1 ^ key0;
    c1 = <u32>product1;
    c2 = <u32>(product0 >> 32) ^ c3 ^ key1;
    c3 = <u32>product0;
    key0 += WEYL_0;
    key1 += WEYL_1;
  }
  let words = i32x4.splat(c0);
  words = i32x4.replace_lane(words, 1, c1);
  words = i32x4.replace_lane(words, 2, c2);
  return i32x4.replace_lane(words, 3, c3);
}

/** Writes the four random words of one counter. */
export function philoxWords(
  out: usize,
  c0: u32,
  c1: u32,
  c2: u32,
  c3: u32,
  key0: u32,
  key1: u32,
): void {
  v128.store(out, philox4x32(c0, c1, c2, c3, key0, key1));
}

/**
 * out = uniforms in (0, 1) of paths firstPath … firstPath + n − 1, firstPath even. Path i reads counter
 * (i >> 1, draw, batch, stream): words 0 and 1 if i is even, 2 and 3 if odd, the high word first.
 */
export function philoxUniform(
  out: usize,
  n: i32,
  key0: u32,
  key1: u32,
  firstPath: u32,
  draw: u32,
  batch: u32,
  stream: u32,
): void {
  openKeys(key0, key1);
  let counter = i32x4.add(i32x4.splat(firstPath >> 1), i32x4(0, 1, 2, 3));
  for (const end = out + bytes(n); out < end; out += 2 * STRIDE) {
    eightCounters(false, out, 0, counter, draw, batch, stream);
    counter = i32x4.add(counter, i32x4.splat(8));
  }
}

/**
 * Two columns of uniforms in (0, 1), of counters (first, c1, c2, c3), (first + 1, c1, c2, c3), …: words 0 and 1 of each go to
 * `evens`, 2 and 3 to `odds`, the high word first.
 */
export function philoxColumns(
  evens: usize,
  odds: usize,
  n: i32,
  key0: u32,
  key1: u32,
  first: u32,
  c1: u32,
  c2: u32,
  c3: u32,
): void {
  openKeys(key0, key1);
  let counter = i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3));
  for (const end = evens + bytes(n); evens < end; evens += STRIDE, odds += STRIDE) {
    eightCounters(true, evens, odds, counter, c1, c2, c3);
    counter = i32x4.add(counter, i32x4.splat(8));
  }
}

function openKeys(key0: u32, key1: u32): void {
  for (let round: usize = 0; round < ROUNDS; round++) {
    v128.store(ROUND_KEYS + round * 32, i32x4.splat(key0 + <u32>round * WEYL_0));
    v128.store(ROUND_KEYS + round * 32, i32x4.splat(key1 + <u32>round * WEYL_1), 16);
  }
}

/**
 * The sixteen uniforms of counters c (x) and c + 4 (y), four to a vector: one chain of rounds waits while the other works.
 * `apart`, a literal, says whether each counter's two uniforms go to two columns or one after the other to the first.
 */
// @ts-ignore: decorator
@inline
function eightCounters(apart: bool, out: usize, odds: usize, counter: v128, draw: u32, batch: u32, stream: u32): void {
  const multiplier0 = i32x4.splat(MULTIPLIER_0);
  const multiplier1 = i32x4.splat(MULTIPLIER_1);
  let x0 = counter;
  let x1 = i32x4.splat(draw);
  let x2 = i32x4.splat(batch);
  let x3 = i32x4.splat(stream);
  let y0 = i32x4.add(counter, i32x4.splat(4));
  let y1 = x1;
  let y2 = x2;
  let y3 = x3;
  for (let keys = ROUND_KEYS; keys < ROUND_KEYS + ROUNDS * 32; keys += 32) {
    const key0 = v128.load(keys);
    const key1 = v128.load(keys, 16);

    const xLow0 = i64x2.extmul_low_i32x4_u(x0, multiplier0);
    const xHigh0 = i64x2.extmul_high_i32x4_u(x0, multiplier0);
    const xLow1 = i64x2.extmul_low_i32x4_u(x2, multiplier1);
    const xHigh1 = i64x2.extmul_high_i32x4_u(x2, multiplier1);
    x0 = v128.xor(v128.xor(highWords(xLow1, xHigh1), x1), key0);
    x1 = lowWords(xLow1, xHigh1);
    x2 = v128.xor(v128.xor(highWords(xLow0, xHigh0), x3), key1);
    x3 = lowWords(xLow0, xHigh0);

    const yLow0 = i64x2.extmul_low_i32x4_u(y0, multiplier0);
    const yHigh0 = i64x2.extmul_high_i32x4_u(y0, multiplier0);
    const yLow1 = i64x2.extmul_low_i32x4_u(y2, multiplier1);
    const yHigh1 = i64x2.extmul_high_i32x4_u(y2, multiplier1);
    y0 = v128.xor(v128.xor(highWords(yLow1, yHigh1), y1), key0);
    y1 = lowWords(yLow1, yHigh1);
    y2 = v128.xor(v128.xor(highWords(yLow0, yHigh0), y3), key1);
    y3 = lowWords(yLow0, yHigh0);
  }
  if (apart) {
    storeColumn(out, x0, x1);
    storeColumn(out + 32, y0, y1);
    storeColumn(odds, x2, x3);
    storeColumn(odds + 32, y2, y3);
  } else {
    storeUniforms(out, x0, x1, x2, x3);
    storeUniforms(out + STRIDE, y0, y1, y2, y3);
  }
}

/** The four uniforms of four counters' high and low words. */
// @ts-ignore: decorator
@inline
function storeColumn(out: usize, high: v128, low: v128): void {
  v128.store(out, uniformsOfBits(v128.shuffle<i32>(low, high, 0, 4, 1, 5)));
  v128.store(out, uniformsOfBits(v128.shuffle<i32>(low, high, 2, 6, 3, 7)), 16);
}

/** The eight uniforms of four counters' words, in the order of the paths. */
// @ts-ignore: decorator
@inline
function storeUniforms(out: usize, x0: v128, x1: v128, x2: v128, x3: v128): void {
  const even01 = v128.shuffle<i32>(x1, x0, 0, 4, 1, 5);
  const even23 = v128.shuffle<i32>(x1, x0, 2, 6, 3, 7);
  const odd01 = v128.shuffle<i32>(x3, x2, 0, 4, 1, 5);
  const odd23 = v128.shuffle<i32>(x3, x2, 2, 6, 3, 7);
  v128.store(out, uniformsOfBits(v128.shuffle<i64>(even01, odd01, 0, 2)));
  v128.store(out, uniformsOfBits(v128.shuffle<i64>(even01, odd01, 1, 3)), 16);
  v128.store(out, uniformsOfBits(v128.shuffle<i64>(even23, odd23, 0, 2)), 32);
  v128.store(out, uniformsOfBits(v128.shuffle<i64>(even23, odd23, 1, 3)), 48);
}

/** The low and the high words of four products, two in each vector. */
// @ts-ignore: decorator
@inline
function lowWords(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 0, 2, 4, 6);
}

// @ts-ignore: decorator
@inline
function highWords(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 1, 3, 5, 7);
}
