// How the steps of a variance path find their constants and columns.

/** Constant i of a step, or its derivative in direction j (1, 2, …). */
// @ts-ignore: decorator
@inline
export function constant(table: usize, directions: i32, i: i32, j: i32): f64 {
  return load<f64>(table + ((<usize>(i * (directions + 1) + j)) << 3));
}

/** The same in both lanes, times a number. */
// @ts-ignore: decorator
@inline
export function splatOf(table: usize, directions: i32, i: i32, j: i32, times: f64 = 1): v128 {
  return f64x2.splat(times * constant(table, directions, i, j));
}

/** Address of a path's number in the i-th column that the step was given; `at` is the path's offset in bytes. */
// @ts-ignore: decorator
@inline
export function columnAt(columns: usize, i: i32, at: usize): usize {
  return <usize>load<u32>(columns + ((<usize>i) << 2)) + at;
}
