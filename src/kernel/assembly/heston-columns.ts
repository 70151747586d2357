// What the passes of a step of Heston's variance share: its constants by number, and columns of what each path has come to.

/** v' = SCALE·x, x noncentral chi-squared of DEGREES degrees and noncentrality λ = PULL·v. */
export const SCALE = 0;
export const PULL = 1;
export const DEGREES = 2;
/** Mean of the integral M1 = MEAN_B·B + MEAN_S·(v + v'), B = 1 + ν + w(λx). */
export const MEAN_B = 3;
export const MEAN_S = 4;
/** Variance M2 = VARIANCE_B·B + MEAN_B²·Q + VARIANCE_S·(v + v'), Q = y − w² − 2νw at y = λx. */
export const VARIANCE_B = 5;
export const VARIANCE_S = 6;
/** m += DRIFT + BY_CHANGE·(v' − v) + BY_INTEGRAL·IV; s² += SHARE·IV. */
export const DRIFT = 7;
export const BY_CHANGE = 8;
export const BY_INTEGRAL = 9;
export const SHARE = 10;

/** Paths of one pass. Its columns stay in a near cache, and are what the passes after it need of each path's step. */
export const CHUNK = 256;
const COLUMN_BYTES: usize = CHUNK * 8;
const SCRATCH: usize = memory.data(20 * CHUNK * 8, 16);
export const V = SCRATCH;
/** The gamma variate G = x/2, its logarithm, and ∂x/∂d at fixed probability. */
export const GAMMA = SCRATCH + COLUMN_BYTES;
export const LOG_GAMMA = SCRATCH + 2 * COLUMN_BYTES;
export const X_BY_DEGREES = SCRATCH + 3 * COLUMN_BYTES;
export const LAMBDA = SCRATCH + 4 * COLUMN_BYTES;
export const NEXT = SCRATCH + 5 * COLUMN_BYTES;
/** y = λx, its Bessel ratio and that one's derivative in the order. */
export const Y = SCRATCH + 6 * COLUMN_BYTES;
export const W = SCRATCH + 7 * COLUMN_BYTES;
export const W_BY_ORDER = SCRATCH + 8 * COLUMN_BYTES;
export const Q = SCRATCH + 9 * COLUMN_BYTES;
export const M1 = SCRATCH + 10 * COLUMN_BYTES;
export const M2 = SCRATCH + 11 * COLUMN_BYTES;
/** The integral is M1 times an inverse Gaussian `unit` of shape φ = M1²/M2. */
export const PHI = SCRATCH + 12 * COLUMN_BYTES;
export const UNIT = SCRATCH + 13 * COLUMN_BYTES;
export const INVERSE_M1 = SCRATCH + 14 * COLUMN_BYTES;
export const INVERSE_M2 = SCRATCH + 15 * COLUMN_BYTES;
export const X_BY_LAMBDA = SCRATCH + 16 * COLUMN_BYTES;
export const W_BY_Y = SCRATCH + 17 * COLUMN_BYTES;
export const UNIT_BY_PHI = SCRATCH + 18 * COLUMN_BYTES;
export const INTEGRAL = SCRATCH + 19 * COLUMN_BYTES;

/** What second derivatives need of a direction's first ones: 12 columns for each. */
const KEPT = 12;
/** As many as PATH_PARAMETERS of dynamics/variance-path.ts. */
const MOST_DIRECTIONS = 8;
const FIRST: usize = memory.data((MOST_DIRECTIONS + 1) * KEPT * CHUNK * 8, 16);
export const DV = 0;
export const D_LAMBDA = 1;
export const D_X = 2;
export const D_NEXT = 3;
export const D_Y = 4;
export const D_W = 5;
export const D_B = 6;
export const D_Q = 7;
export const D_M1 = 8;
export const D_M2 = 9;
export const D_UNIT = 10;
export const D_INTEGRAL = 11;

/** Below these, limits take the place of quotients. */
export const LEAST_LAMBDA: f64 = 1e-14;
export const LEAST_Y: f64 = 1e-12;
/** From this φ on the integral is its mean. */
export const STILL: f64 = 1e15;

/** Where direction `direction` keeps its numbers of the paths from `place` on; `what` of them is so many columns further. */
// @ts-ignore: decorator
@inline
export function keptOf(direction: i32, place: usize): usize {
  return FIRST + <usize>(direction * KEPT) * COLUMN_BYTES + place;
}

// @ts-ignore: decorator
@inline
export function column(what: i32): usize {
  return <usize>what * COLUMN_BYTES;
}
