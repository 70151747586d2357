/** Helpers on a pair of f64, the unit of all vector code here. */

/** Bytes of the four pairs a loop handles at once. */
export const STRIDE: usize = 64;

/** A column's length in bytes. */
// @ts-ignore: decorator
@inline
export function bytes(n: i32): usize {
  return (<usize>n) << 3;
}

/** Constant i of a table of f64, in both lanes: a load from memory is faster than a splat of a literal. */
// @ts-ignore: decorator
@inline
export function constant(table: usize, i: i32): v128 {
  return v128.load64_splat(table + (<usize>i << 3));
}

/** a·b + c, rounded twice: fused forms differ between machines. */
// @ts-ignore: decorator
@inline
export function mulAdd(a: v128, b: v128, c: v128): v128 {
  return f64x2.add(f64x2.mul(a, b), c);
}

/** c − a·b, rounded twice. */
// @ts-ignore: decorator
@inline
export function mulSub(a: v128, b: v128, c: v128): v128 {
  return f64x2.sub(c, f64x2.mul(a, b));
}

/** Lanes of a where the mask is set, of b elsewhere. */
// @ts-ignore: decorator
@inline
export function choose(mask: v128, a: v128, b: v128): v128 {
  return v128.bitselect(a, b, mask);
}

/** Whether both lanes of all four masks are set. */
// @ts-ignore: decorator
@inline
export function allSet(m0: v128, m1: v128, m2: v128, m3: v128): bool {
  return i64x2.all_true(v128.and(v128.and(m0, m1), v128.and(m2, m3)));
}

/** The pair of two numbers that stand apart, and its way back. */
// @ts-ignore: decorator
@inline
export function gather(first: usize, second: usize): v128 {
  return v128.load64_lane(second, v128.load64_zero(first), 1);
}

// @ts-ignore: decorator
@inline
export function scatter(first: usize, second: usize, values: v128): void {
  v128.store64_lane(first, values, 0);
  v128.store64_lane(second, values, 1);
}

/** The first, and the second, lanes of two pairs. */
// @ts-ignore: decorator
@inline
export function firsts(a: v128, b: v128): v128 {
  return v128.shuffle<i64>(a, b, 0, 2);
}

// @ts-ignore: decorator
@inline
export function seconds(a: v128, b: v128): v128 {
  return v128.shuffle<i64>(a, b, 1, 3);
}
