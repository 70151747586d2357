import type { BatchMeans } from "../gradients/batch-means.js";
import { type Kernel, type Pointer, padded, written } from "../kernel/kernel.js";
import type { Polynomial } from "../numerics/polynomial.js";

/** So many means lie on four cache lines of every batch. */
const NEIGHBOURS = 32;

/**
 * E[f W] in every batch, row by row and weight by weight, where each weight has a column or is a polynomial of those there are. For
 * readers that go from row to row: neighbours are gathered together.
 */
export class WeightMeans {
  /** How many weights there are. */
  readonly weights: number;
  readonly batches: number;
  /** The numbers of one weight: its mean in every batch, and zeros up to a length that the kernel takes. */
  readonly length: number;
  readonly #kernel: Kernel;
  readonly #batchMeans: readonly BatchMeans[];
  readonly #columns: number;
  /** The coefficients of every weight, one for each column. */
  readonly #polynomials: Float64Array | null;
  /** Some rows, from `#first` on: column after column, each of them batch by batch. */
  readonly #window: Float64Array;
  readonly #rows: number;
  #first = -1;

  constructor(
    kernel: Kernel,
    batches: readonly BatchMeans[],
    columns: number,
    polynomials: readonly Polynomial[] | null,
  ) {
    this.weights = polynomials?.length ?? columns;
    this.batches = batches.length;
    this.length = padded(batches.length);
    this.#kernel = kernel;
    this.#batchMeans = batches;
    this.#columns = columns;
    const filled = polynomials?.flatMap((own) => Array.from({ length: columns }, (_, k) => own[k] ?? 0));
    this.#polynomials = filled === undefined ? null : Float64Array.from(filled);
    this.#rows = Math.max(1, Math.floor(NEIGHBOURS / columns));
    this.#window = new Float64Array(this.#rows * columns * this.length);
  }

  /** Of row t, weight after weight; the caller gives the memory back. */
  of(t: number): Pointer {
    const { exports: ops } = this.#kernel;
    const first = t - (t % this.#rows);
    if (first !== this.#first) this.#gather(first);
    const [columns, length] = [this.#columns, this.length];
    const start = (t - first) * columns * length;
    const values = written(this.#kernel, this.#window.subarray(start, start + columns * length));
    if (this.#polynomials === null) return values;
    const coefficients = written(this.#kernel, this.#polynomials);
    const means = this.#kernel.allocate(this.weights * length * 8);
    ops.fill(means, 0, this.weights * length);
    const bytes = length * 8;
    for (let g = 0; g < this.weights; g++)
      ops.addMultiples(means + g * bytes, values, bytes, coefficients + g * columns * 8, columns, length);
    return means;
  }

  #gather(first: number): void {
    this.#first = first;
    const [window, length] = [this.#window, this.length];
    const from = first * this.#columns;
    for (let b = 0; b < this.batches; b++) {
      const batch = this.#batchMeans[b]!;
      const end = Math.min(from + this.#rows * this.#columns, batch.length);
      for (let place = from, to = b; place < end; place++, to += length) window[to] = batch[place]!;
    }
  }
}
