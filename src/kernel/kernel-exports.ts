/** Byte offset of a column in kernel memory, a multiple of 16. */
export type Pointer = number;

type Map = (out: Pointer, a: Pointer, n: number) => void;
type Combine = (out: Pointer, a: Pointer, b: Pointer, n: number) => void;
type CombineScalar = (out: Pointer, a: Pointer, c: number, n: number) => void;
type ScalarCombine = (out: Pointer, c: number, a: Pointer, n: number) => void;

/**
 * The functions of src/kernel/assembly. Columns hold f64, n is a multiple of 16, and `out` may be a column that is read.
 * Keys, seeds and counters are unsigned 32-bit integers.
 */
export interface KernelExports {
  /** a ⊕ b. Comparisons give 1 or 0. NaN on either side gives NaN, in max, min and comparisons too. */
  readonly add: Combine;
  readonly subtract: Combine;
  readonly multiply: Combine;
  readonly divide: Combine;
  readonly max: Combine;
  readonly min: Combine;
  readonly greater: Combine;
  readonly greaterEqual: Combine;
  readonly less: Combine;
  readonly lessEqual: Combine;

  /** a ⊕ c. */
  readonly addScalar: CombineScalar;
  readonly subtractScalar: CombineScalar;
  readonly multiplyScalar: CombineScalar;
  readonly divideScalar: CombineScalar;
  readonly maxScalar: CombineScalar;
  readonly minScalar: CombineScalar;
  readonly greaterScalar: CombineScalar;
  readonly greaterEqualScalar: CombineScalar;
  readonly lessScalar: CombineScalar;
  readonly lessEqualScalar: CombineScalar;

  /** c − a and c / a. */
  readonly scalarSubtract: ScalarCombine;
  readonly scalarDivide: ScalarCombine;

  readonly negate: Map;
  readonly abs: Map;
  readonly sqrt: Map;
  readonly copy: Map;
  /** Within 1.2 ulp; Infinity on overflow, subnormal numbers and 0 on underflow. */
  readonly exp: Map;
  /** Within 1 ulp; −Infinity at 0, NaN below. */
  readonly log: Map;
  /** P(Z ≤ x), Z standard normal: relative error at most 1.2e-15 in both tails, where it is a normal number. */
  readonly normalCdf: Map;
  /** z with P(Z ≤ z) = u in (0, 1), Z standard normal: relative error at most 1e-15. ∓Infinity at 0 and 1, NaN outside. */
  readonly inverseNormal: Map;
  /**
   * Of u in (0, 1) the z with P(Z ≤ z) = R(u), Z standard normal, and ratio = R'(u) = 7/6 (1 − (2u − 1)⁶): that of the normal
   * density to the one which z has. Error of z at most 2e-15 max(1, |z|).
   */
  readonly warpedNormal: (z: Pointer, ratio: Pointer, u: Pointer, n: number) => void;
  /** One z, with the bits of `inverseNormal`. */
  readonly inverseNormalScalar: (u: number) => number;

  readonly fill: (out: Pointer, c: number, n: number) => void;
  /** out += a·b. */
  readonly multiplyAdd: Combine;
  /** out += c·a. */
  readonly multiplyAddScalar: CombineScalar;
  /** out += Σ factors[k]·columns[k] over k < count, one after the other; columns lie `stride` bytes apart. */
  readonly addMultiples: (
    out: Pointer,
    columns: Pointer,
    stride: number,
    factors: Pointer,
    count: number,
    n: number,
  ) => void;

  /**
   * Uniforms in (0, 1) of paths firstPath … firstPath + n − 1, firstPath even. The number of path i depends on
   * (key, i, draw, batch, stream) alone: Philox4x32-10 of the counter (i >> 1, draw, batch, stream).
   */
  readonly philoxUniform: (
    out: Pointer,
    n: number,
    key0: number,
    key1: number,
    firstPath: number,
    draw: number,
    batch: number,
    stream: number,
  ) => void;
  /**
   * Two columns of uniforms in (0, 1) from the counters (first + i, c1, c2, c3): words 0 and 1 of each go to `evens`, words 2
   * and 3 to `odds`.
   */
  readonly philoxColumns: (
    evens: Pointer,
    odds: Pointer,
    n: number,
    key0: number,
    key1: number,
    first: number,
    c1: number,
    c2: number,
    c3: number,
  ) => void;
  /** The four random 32-bit words of one counter. */
  readonly philoxWords: (
    out: Pointer,
    c0: number,
    c1: number,
    c2: number,
    c3: number,
    key0: number,
    key1: number,
  ) => void;

  /**
   * Scrambled Sobol' points firstPoint … firstPoint + n − 1 of one dimension, in (0, 1); firstPoint is a multiple of 16.
   * `directions` points to the dimension's 32 direction numbers (words); the seeds choose the scrambling and must differ
   * between dimensions and between batches. All are moved by rotation · 2^-32, modulo 1.
   */
  readonly sobolUniform: (
    out: Pointer,
    n: number,
    directions: Pointer,
    firstPoint: number,
    seed0: number,
    seed1: number,
    rotation: number,
  ) => void;

  /** out = previous · exp(mean + deviation·z). */
  readonly growthConstant: (
    out: Pointer,
    previous: Pointer,
    z: Pointer,
    mean: number,
    deviation: number,
    n: number,
  ) => void;
  readonly growthColumns: (
    out: Pointer,
    previous: Pointer,
    z: Pointer,
    mean: Pointer,
    deviation: Pointer,
    n: number,
  ) => void;

  /** out = deviation·out + a·from + b·to. */
  readonly bridgePoint: (
    out: Pointer,
    from: Pointer,
    to: Pointer,
    a: number,
    b: number,
    deviation: number,
    n: number,
  ) => void;
  /** out = (out − before)·factor. */
  readonly bridgeStep: (out: Pointer, before: Pointer, factor: number, n: number) => void;

  /** out = c0 + c1·z + c2·(z² − 1). */
  readonly scoreBegin: (out: Pointer, z: Pointer, c0: number, c1: number, c2: number, n: number) => void;
  /** out += c0 + c1·z + c2·(z² − 1). */
  readonly scoreConstant: (out: Pointer, z: Pointer, c0: number, c1: number, c2: number, n: number) => void;
  /** out += (z·meanTangent + (z² − 1)·deviationTangent) / deviation. */
  readonly scoreColumns: (
    out: Pointer,
    z: Pointer,
    meanTangent: Pointer,
    deviationTangent: Pointer,
    deviation: Pointer,
    n: number,
  ) => void;
  /** out += c·z / deviation. */
  readonly scoreShift: (out: Pointer, z: Pointer, deviation: Pointer, c: number, n: number) => void;

  /**
   * Runs `count` instructions, which program.ts writes, on n paths. The bits are those of the functions that they name, called one
   * after the other.
   */
  readonly runProgram: (records: Pointer, count: number, rows: Pointer, n: number) => void;

  /**
   * C[t·columns + g] += Σ_p F[t][p] W[g][p] over p < n, rows of F and columns of W COLUMN_BYTES apart. The bits of one C do not depend
   * on the other rows and columns.
   */
  readonly product: (F: Pointer, W: Pointer, C: Pointer, rows: number, columns: number, n: number) => void;

  /**
   * Gamma variates of unit scale of paths firstPath …, by rejection: the number of path i depends on
   * (key, i, draw, batch) alone.
   */
  readonly gammaVariates: (
    out: Pointer,
    n: number,
    shape: number,
    key0: number,
    key1: number,
    firstPath: number,
    draw: number,
    batch: number,
  ) => void;
  /** Poisson counts, with the same promise. */
  readonly poissonVariates: (
    out: Pointer,
    n: number,
    mean: number,
    key0: number,
    key1: number,
    firstPath: number,
    draw: number,
    batch: number,
  ) => void;
  /** ∂G/∂shape of gamma variates with their probability held fixed: −(∂F/∂shape)/density. */
  readonly gammaTangents: (out: Pointer, gammas: Pointer, shape: number, n: number) => void;

  /** e^x and e^x − 1 of one number, with the same bits on every machine, which Math.exp need not have. */
  readonly scalarExp: (x: number) => number;
  readonly scalarExpm1: (x: number) => number;

  /**
   * One step of Heston's variance path for n paths, adding to the mean and the variance of the log-return. `constants`
   * holds the step's eleven constants, each followed by its derivatives in the directions and in the pairs of them; `columns`
   * (words) the addresses of the columns v, m, s² and, per direction and per pair, of their derivatives; `pairs` (words) the two
   * directions of each pair, counted from 1. See assembly/heston.ts.
   */
  readonly hestonStep: (
    n: number,
    constants: Pointer,
    columns: Pointer,
    directions: number,
    pairs: Pointer,
    pairCount: number,
    key0: number,
    key1: number,
    firstPath: number,
    step: number,
    batch: number,
  ) => void;

  /**
   * What the steps of a variance path add up to over an interval: `beginInterval` puts 0 where they add, in as many derivatives as there
   * are directions and pairs; `endInterval` makes s of s² and of its derivatives. The columns and pairs are those of `hestonStep`.
   */
  readonly beginInterval: (n: number, columns: Pointer, derivatives: number) => void;
  readonly endInterval: (
    n: number,
    columns: Pointer,
    directions: number,
    pairs: Pointer,
    pairCount: number,
  ) => void;

  /**
   * w = z I_{ν+1}(z) / I_ν(z) at z² = y, its derivative in ν (left alone unless wanted) and y − w² − 2νw; four neighbours take as many
   * terms as one of them needs. See assembly/bessel-ratio.ts.
   */
  readonly besselRatios: (
    w: Pointer,
    byOrder: Pointer,
    q: Pointer,
    order: number,
    y: Pointer,
    n: number,
    wantsByOrder: boolean,
  ) => void;

  /**
   * ∂x/∂d of noncentral chi-squared variates x = 2G of `degrees` degrees and noncentrality λ, at fixed probability; `y` is λx, `w` and
   * `q` the Bessel ratio of order ½ degrees − 1 at √y and y − w² − 2νw. At most 1,024. See assembly/noncentral-flows.ts.
   */
  readonly noncentralFlows: (
    out: Pointer,
    n: number,
    degrees: number,
    y: Pointer,
    w: Pointer,
    q: Pointer,
    gammas: Pointer,
    logGammas: Pointer,
  ) => void;

  /** The same by Andersen's quadratic-exponential scheme, with nine constants and no second derivatives. See assembly/qe.ts. */
  readonly qeStep: (
    n: number,
    constants: Pointer,
    columns: Pointer,
    directions: number,
    key0: number,
    key1: number,
    firstPath: number,
    step: number,
    batch: number,
  ) => void;
}
