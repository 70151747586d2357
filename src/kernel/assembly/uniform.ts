import { constant } from "./pair";

// The 52 high bits of a 64-bit number as the mantissa m of 1 ≤ 1.m < 2; less 1 − 2^-53 that is (m + ½) / 2^52, exactly,
// and strictly between 0 and 1.
const BITS_OF_ONE: u64 = 0x3ff0000000000000;
const BITS_OF_ONE_LESS_HALF_STEP: u64 = 0x3fefffffffffffff;
const TABLE: usize = memory.data<u64>([BITS_OF_ONE, BITS_OF_ONE_LESS_HALF_STEP], 16);

/** The uniform in (0, 1) of two random words. */
// @ts-ignore: decorator
@inline
export function uniformOfWords(high: u32, low: u32): f64 {
  const bits = ((<u64>high << 32) | <u64>low) >> 12;
  return reinterpret<f64>(bits | BITS_OF_ONE) - reinterpret<f64>(BITS_OF_ONE_LESS_HALF_STEP);
}

/** The uniforms in (0, 1) of two random 64-bit numbers. */
// @ts-ignore: decorator
@inline
export function uniformsOfBits(bits: v128): v128 {
  return f64x2.sub(v128.or(i64x2.shr_u(bits, 12), constant(TABLE, 0)), constant(TABLE, 1));
}
