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
  for (let round: usize = 0; round < ROUNDS; round++) {
    v128.store(ROUND_KEYS + round * 32, i32x4.splat(key0 + <u32>round * WEYL_0));
    v128.store(ROUND_KEYS + round * 32, i32x4.splat(key1 + <u32>round * WEYL_1), 16);
  }
  let counter = i32x4.add(i32x4.splat(firstPath >> 1), i32x4(0, 1, 2, 3));
  for (const end = out + bytes(n); out < end; out += STRIDE) {
    fourCounters(out, counter, draw, batch, stream);
    counter = i32x4.add(counter, i32x4.splat(4));
  }
}

/** The eight uniforms of four counters, one per lane. */
// @ts-ignore: decorator
@inline
function fourCounters(out: usize, counter: v128, draw: u32, batch: u32, stream: u32): void {
  const multiplier0 = i32x4.splat(MULTIPLIER_0);
  const multiplier1 = i32x4.splat(MULTIPLIER_1);
  let x0 = counter;
  let x1 = i32x4.splat(draw);
  let x2 = i32x4.splat(batch);
  let x3 = i32x4.splat(stream);
  for (let keys = ROUND_KEYS; keys < ROUND_KEYS + ROUNDS * 32; keys += 32) {
    const a = i64x2.extmul_low_i32x4_u(x0, multiplier0);
    const b = i64x2.extmul_high_i32x4_u(x0, multiplier0);
    const c = i64x2.extmul_low_i32x4_u(x2, multiplier1);
    const d = i64x2.extmul_high_i32x4_u(x2, multiplier1);
    x0 = v128.xor(v128.xor(highWords(c, d), x1), v128.load(keys));
    x1 = lowWords(c, d);
    x2 = v128.xor(v128.xor(highWords(a, b), x3), v128.load(keys, 16));
    x3 = lowWords(a, b);
  }
  const even01 = v128.shuffle<i32>(x1, x0, 0, 4, 1, 5);
  const even23 = v128.shuffle<i32>(x1, x0, 2, 6, 3, 7);
  const odd01 = v128.shuffle<i32>(x3, x2, 0, 4, 1, 5);
  const odd23 = v128.shuffle<i32>(x3, x2, 2, 6, 3, 7);
  v128.store(out, uniformsOfBits(v128.shuffle<i64>(even01, odd01, 0, 2)));
  v128.store(out, uniformsOfBits(v128.shuffle<i64>(even01, odd01, 1, 3)), 16);
  v128.store(out, uniformsOfBits(v128.shuffle<i64>(even23, odd23, 0, 2)), 32);
  v128.store(out, uniformsOfBits(v128.shuffle<i64>(even23, odd23, 1, 3)), 48);
}

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
