import { bytes } from "./pair";
import { uniformsOfBits } from "./uniform";

// Sobol' points with Owen's nested uniform scrambling, the permutations given by a hash: Laine and Karras, "Stratified
// sampling for stochastic transparency", EGSR 2011; Burley, "Practical hash-based Owen scrambling", JCGT 9(4), 2020;
// the hash's constants by Vegdahl, "Building a better LK hash", 2021. Its steps carry upwards only, so on words with
// the most significant digit in bit 0 every digit is flipped by a function of the digits before it.

/** Direction numbers of one dimension with the first digit in bit 0; entry k > 4 becomes the xor of those from 4 to k. */
const REVERSED: usize = memory.data(32 * 4, 16);

/** Entry k: the bits of k reversed, as the high and as the low half of a byte. */
const NIBBLES_TO_HIGH: usize = memory.data<u8>(
  [0x00, 0x80, 0x40, 0xc0, 0x20, 0xa0, 0x60, 0xe0, 0x10, 0x90, 0x50, 0xd0, 0x30, 0xb0, 0x70, 0xf0],
  16,
);
const NIBBLES_TO_LOW: usize = memory.data<u8>(
  [0x0, 0x8, 0x4, 0xc, 0x2, 0xa, 0x6, 0xe, 0x1, 0x9, 0x5, 0xd, 0x3, 0xb, 0x7, 0xf],
  16,
);

const WORDS: usize = memory.data<u32>(
  [
    0x3d20adea, // 0 to 2: the scrambling hash
    0x05526c56,
    0x53a22864,
    0x7feb352d, // 3: the hash of the further digits
    0x0f0f0f0f, // 4: the low half of every byte
  ],
  16,
);

/**
 * out = scrambled Sobol' points firstPoint … firstPoint + n − 1 of one dimension, in (0, 1), in natural order.
 * `directions` points to its 32 direction numbers, first digit in the highest bit; firstPoint is a multiple of 16.
 * The two seeds choose the scrambling, one per dimension and batch; over all seeds each point is exactly uniform.
 * A hash of the 32 scrambled digits fills 20 further ones. All points are then moved by rotation · 2^-32, modulo 1.
 */
export function sobolUniform(
  out: usize,
  n: i32,
  directions: usize,
  firstPoint: u32,
  seed0: u32,
  seed1: u32,
  rotation: u32,
): void {
  reverseDirections(directions);
  const mixed = mix((<u64>seed1 << 32) | <u64>seed0);
  const hashSeed = <u32>mixed;
  const digitalShift = <u32>(mixed >> 32);

  let base: u32 = 0;
  for (let bit: usize = 4; bit < 32; bit++) {
    if ((firstPoint >> <u32>bit) & 1) base ^= reversedDirection(bit);
  }
  for (let bit: usize = 5; bit < 32; bit++) {
    store<u32>(REVERSED + (bit << 2), reversedDirection(bit) ^ reversedDirection(bit - 1));
  }

  const v0 = reversedDirection(0);
  const v1 = reversedDirection(1);
  const offsets0 = i32x4.replace_lane(
    i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(0), 1, v0), 2, v1),
    3,
    v0 ^ v1,
  );
  const offsets1 = v128.xor(offsets0, i32x4.splat(reversedDirection(2)));
  const offsets2 = v128.xor(offsets0, i32x4.splat(reversedDirection(3)));
  const offsets3 = v128.xor(offsets1, i32x4.splat(reversedDirection(3)));

  const seed = i32x4.splat(hashSeed);
  const multiplier = i32x4.splat((hashSeed >> 16) | 1);
  const shift = i32x4.splat(digitalShift);
  const turn = i32x4.splat(rotation);
  let group = firstPoint >> 4;
  for (const end = out + bytes(n); out < end; out += 128) {
    const origin = i32x4.splat(base);
    const digits0 = scramble(v128.xor(origin, offsets0), seed, multiplier, shift);
    const digits1 = scramble(v128.xor(origin, offsets1), seed, multiplier, shift);
    const digits2 = scramble(v128.xor(origin, offsets2), seed, multiplier, shift);
    const digits3 = scramble(v128.xor(origin, offsets3), seed, multiplier, shift);
    const further0 = furtherDigits(digits0, seed);
    const further1 = furtherDigits(digits1, seed);
    const further2 = furtherDigits(digits2, seed);
    const further3 = furtherDigits(digits3, seed);
    storeUniforms(out, i32x4.add(digits0, turn), further0);
    storeUniforms(out + 32, i32x4.add(digits1, turn), further1);
    storeUniforms(out + 64, i32x4.add(digits2, turn), further2);
    storeUniforms(out + 96, i32x4.add(digits3, turn), further3);
    // From one group of 16 to the next the bits up to the lowest zero flip: the xor of their directions is in the table.
    group++;
    base ^= reversedDirection(4 + <usize>ctz(group));
  }
}

// @ts-ignore: decorator
@inline
function reversedDirection(bit: usize): u32 {
  return load<u32>(REVERSED + (bit << 2));
}

function reverseDirections(directions: usize): void {
  for (let offset: usize = 0; offset < 128; offset += 16) {
    v128.store(REVERSED + offset, reverseBits(v128.load(directions + offset)));
  }
}

/** SplitMix64's finaliser, a bijection: seeds may be small or consecutive numbers. */
function mix(seeds: u64): u64 {
  seeds += 0x9e3779b97f4a7c15;
  seeds = (seeds ^ (seeds >> 30)) * 0xbf58476d1ce4e5b9;
  seeds = (seeds ^ (seeds >> 27)) * 0x94d049bb133111eb;
  return seeds ^ (seeds >> 31);
}

/** Word i of the table in all four lanes. */
// @ts-ignore: decorator
@inline
function word(i: i32): v128 {
  return v128.load32_splat(WORDS + (<usize>i << 2));
}

/** Scrambles four words whose first digit is bit 0, and returns them with the first digit in the highest bit. */
// @ts-ignore: decorator
@inline
function scramble(x: v128, seed: v128, multiplier: v128, shift: v128): v128 {
  x = v128.xor(x, i32x4.mul(x, word(0)));
  x = i32x4.mul(i32x4.add(x, seed), multiplier);
  x = v128.xor(x, i32x4.mul(x, word(1)));
  x = v128.xor(x, i32x4.mul(x, word(2)));
  return reverseBits(v128.xor(x, shift));
}

/** A hash of the scrambled digits, of which the high bits are used. */
// @ts-ignore: decorator
@inline
function furtherDigits(digits: v128, seed: v128): v128 {
  return i32x4.mul(v128.xor(digits, seed), word(3));
}

/** Four uniforms: 32 digits and 20 of the further ones. */
// @ts-ignore: decorator
@inline
function storeUniforms(out: usize, digits: v128, further: v128): void {
  v128.store(out, uniformsOfBits(v128.shuffle<i32>(further, digits, 0, 4, 1, 5)));
  v128.store(out, uniformsOfBits(v128.shuffle<i32>(further, digits, 2, 6, 3, 7)), 16);
}

/** Reverses the 32 bits of each word. */
// @ts-ignore: decorator
@inline
function reverseBits(x: v128): v128 {
  const halves = word(4);
  const bytes = v128.or(
    i8x16.swizzle(v128.load(NIBBLES_TO_HIGH), v128.and(x, halves)),
    i8x16.swizzle(v128.load(NIBBLES_TO_LOW), v128.and(i32x4.shr_u(x, 4), halves)),
  );
  return v128.shuffle<i8>(bytes, bytes, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}
