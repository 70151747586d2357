import { COLUMN_BYTES, type Kernel, type Pointer } from "../kernel/kernel.js";
import { type NumberTable, numberFault } from "../numerics/terms.js";
import { streamKey } from "../random/seeds.js";
import type { Derivative, Distribution, DrawOptions, Draws } from "./distribution.js";
import { type Noise, openNoise } from "./noise.js";

/** Columns of equal length, one number per draw. */
export type Columns = readonly Float64Array[];

/** A capability, or in words why the distribution cannot have it. */
export type Capability<T> = T | string;

/** A block of draws: the noise it was made of, the draws x, and what a capability asked for beyond the noise. */
export interface DrawnBlock {
  readonly noise: Columns;
  readonly x: Columns;
  readonly extra: Columns;
}

/** Draws that move smoothly with the parameters. */
export interface Pathwise {
  /** Columns needed beyond the noise. */
  readonly noise: readonly Noise[];
  /** Why parameter j has none, where others have. */
  readonly obstacle?: (j: number) => string | null;
  /** Writes ∂x_i/∂θ_j to out[i], for every coordinate i. */
  tangent(block: DrawnBlock, j: number, out: Columns): void;
}

/** ∂p/∂θ_j = Σ_m c_m (p⁺_m − p⁻_m): differences of densities, each drawn as a coupled pair. Pflug (1989). */
export interface WeakDerivative {
  readonly noise: readonly Noise[];
  /** Why parameter j has none, where others have. */
  readonly obstacle?: (j: number) => string | null;
  pairs(j: number): number;
  /** Writes pair m of parameter j, and its weight c. */
  pair(pair: PairIndex, block: DrawnBlock, out: PairColumns): void;
}

export interface PairIndex {
  readonly j: number;
  readonly m: number;
}

export interface PairColumns {
  readonly plus: Columns;
  readonly minus: Columns;
  readonly weight: Float64Array;
}

/** Coordinates that are hardened logits: `binary` is one logit and one coordinate, 0 or 1; `one-hot` one coordinate per class. */
export interface RelaxableGroup {
  readonly kind: "binary" | "one-hot";
  readonly logits: readonly number[];
}

export interface Relaxable {
  /** In the order of the coordinates, with one uniform of noise per logit. */
  readonly groups: readonly RelaxableGroup[];
  /** ∂logit_l/∂θ_j, a row per logit. */
  readonly jacobian: readonly (readonly number[])[];
}

/** ∫ −p log p, and its gradient. */
export interface Entropy {
  readonly value: number;
  readonly gradient: readonly number[];
}

/** What a file of src/gradients/distributions says. Columns have one number per draw; j follows the order of `terms`. */
export interface ColumnSpec {
  readonly name: string;
  readonly terms: NumberTable;
  readonly values: Readonly<Record<string, number>>;
  readonly dimension: number;
  readonly noise: readonly Noise[];
  sample(noise: Columns, x: Columns): void;
  logProb(x: Columns, out: Float64Array): void;
  /** Writes ∂_j log p to out[j]. */
  readonly score: Capability<(x: Columns, out: Columns) => void>;
  /** Writes ∂_ij log p, i <= j, to out[pairIndex(i, j, parameters)]. */
  readonly scoreJacobian: Capability<(x: Columns, out: Columns) => void>;
  readonly pathwise: Capability<Pathwise>;
  readonly weakDerivative: Capability<WeakDerivative>;
  /** Every point that has probability. */
  readonly support: Capability<() => readonly (readonly number[])[]>;
  readonly relaxable: Capability<Relaxable>;
  readonly entropy: Capability<Entropy>;
}

/** A distribution given by what it does to columns: everything but the market's paths, which live in the kernel. */
export interface ColumnDistribution extends Distribution, Omit<ColumnSpec, "name" | "dimension"> {}

/** Where the pair (i, j), i <= j, of `n` parameters stands in the list of all pairs. */
export function pairIndex(i: number, j: number, n: number): number {
  return i * n - (i * (i + 1)) / 2 + j;
}

export function isColumnDistribution(distribution: Distribution): distribution is ColumnDistribution {
  return "sample" in distribution;
}

/** Makes a distribution of a spec. Throws RangeError when a value breaks its term's bounds. */
export function columnDistribution(spec: ColumnSpec): ColumnDistribution {
  const { terms, values } = spec;
  const names = Object.keys(terms);
  for (const name of names) {
    const fault = numberFault(name, terms[name]!, values[name]!);
    if (fault !== null) throw new RangeError(`${spec.name}: ${fault}`);
  }
  const obstacle = (derivative: Derivative): string | null => {
    const unknown = derivative.find((name) => !names.includes(name));
    if (unknown !== undefined) return `${spec.name} has no parameter ${unknown}`;
    if (derivative.length > 0 && typeof spec.score === "string") return spec.score;
    if (derivative.length === 2 && typeof spec.scoreJacobian === "string") return spec.scoreJacobian;
    return derivative.length <= 2 ? null : `weights go to second order, got ${derivative.join(", ")}`;
  };
  return {
    ...spec,
    parameters: names.map((name) => ({ name, value: values[name]!, term: terms[name]! })),
    obstacle,
    weightMean: (derivative) => (derivative.length === 0 ? 1 : 0),
    open: (kernel, options) => openWeighted(kernel, spec, options),
  };
}

export interface StreamOptions {
  readonly seed: string;
  readonly stream: string;
  readonly sampler: DrawOptions["sampler"];
}

/** A distribution's draws without weights, and columns of further noise beside them. */
export interface OpenColumns {
  readonly x: readonly Pointer[];
  /** Draws a block and returns views of it, valid until kernel memory is next allocated. */
  draw(batch: number, first: number, count: number): DrawnBlock;
}

/** Reserves columns for draws; `extra` is noise beyond the distribution's own. */
export function openColumns(
  kernel: Kernel,
  spec: Pick<ColumnSpec, "noise" | "dimension" | "sample">,
  { seed, stream, sampler }: StreamOptions,
  extra: readonly Noise[] = [],
): OpenColumns {
  const own = spec.noise.length;
  const noise = openNoise(kernel, sampler, streamKey(seed, "gradients", stream), [...spec.noise, ...extra]);
  const x = Array.from({ length: spec.dimension }, () => kernel.allocate(COLUMN_BYTES));
  return {
    x,
    draw(batch, first, count) {
      noise.fill(batch, first, count);
      const views = noise.columns.map((pointer) => kernel.column(pointer, count));
      const block = {
        noise: views.slice(0, own),
        extra: views.slice(own),
        x: x.map((pointer) => kernel.column(pointer, count)),
      };
      spec.sample(block.noise, block.x);
      return block;
    },
  };
}

function openWeighted(kernel: Kernel, spec: ColumnSpec, options: DrawOptions): Draws {
  const { exports: ops } = kernel;
  const { derivatives } = options;
  const names = Object.keys(spec.terms);
  const order = Math.max(0, ...derivatives.map((derivative) => derivative.length));
  const columns = (n: number) => Array.from({ length: n }, () => kernel.allocate(COLUMN_BYTES));
  const weights = kernel.allocate(derivatives.length * COLUMN_BYTES);
  const drawn = openColumns(kernel, spec, options);
  const scores = columns(order > 0 ? names.length : 0);
  const jacobian = columns(order > 1 ? (names.length * (names.length + 1)) / 2 : 0);
  const plan = derivatives.map((derivative) =>
    derivative.map((name) => names.indexOf(name)).sort((a, b) => a - b),
  );

  return {
    coordinates: drawn.x,
    weights,
    draw(batch, first, count) {
      const { x } = drawn.draw(batch, first, count);
      const views = (pointers: readonly Pointer[]) =>
        pointers.map((pointer) => kernel.column(pointer, count));
      if (scores.length > 0 && typeof spec.score !== "string") spec.score(x, views(scores));
      if (jacobian.length > 0 && typeof spec.scoreJacobian !== "string")
        spec.scoreJacobian(x, views(jacobian));
      for (const [g, [i, j]] of plan.entries()) {
        const weight = weights + g * COLUMN_BYTES;
        if (i === undefined) ops.fill(weight, 1, count);
        else if (j === undefined) ops.copy(weight, scores[i]!, count);
        else {
          ops.copy(weight, jacobian[pairIndex(i, j, names.length)]!, count);
          ops.multiplyAdd(weight, scores[i]!, scores[j]!, count);
        }
      }
    },
  };
}
