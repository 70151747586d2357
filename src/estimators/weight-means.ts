import { addMultiples, type BatchMeans } from "../gradients/batch-means.js";
import type { Polynomial } from "../simulation/polynomial-weights.js";

/** So many means lie on two cache lines of every batch. */
const NEIGHBOURS = 16;

/**
 * E[f W] in every batch, row by row and weight by weight, where each weight has a column or is a polynomial of those there are. For
 * readers that go from row to row: neighbours are gathered together.
 */
export class WeightMeans {
  readonly #batches: readonly BatchMeans[];
  readonly #columns: number;
  /** Their coefficients, one for each column. */
  readonly #polynomials: readonly Float64Array[] | null;
  /** Some rows, from `#first` on: column after column, each of them batch by batch. */
  readonly #window: Float64Array;
  readonly #rows: number;
  #first = -1;

  constructor(batches: readonly BatchMeans[], columns: number, polynomials: readonly Polynomial[] | null) {
    this.#batches = batches;
    this.#columns = columns;
    this.#polynomials =
      polynomials?.map((own) => Float64Array.from({ length: columns }, (_, k) => own[k] ?? 0)) ?? null;
    this.#rows = Math.max(1, Math.floor(NEIGHBOURS / columns));
    this.#window = new Float64Array(this.#rows * columns * batches.length);
  }

  /** Of row t and weight g; in `into`, where that is given. */
  of(t: number, g: number, into: BatchMeans = new Float64Array(this.#batches.length)): BatchMeans {
    const first = t - (t % this.#rows);
    if (first !== this.#first) this.#gather(first);
    const [values, count] = [this.#window, this.#columns];
    let start = (t - first) * count * into.length;
    if (this.#polynomials === null) {
      start += g * into.length;
      for (let b = 0; b < into.length; b++) into[b] = values[start + b]!;
    } else {
      into.fill(0);
      addMultiples(into, { values, start, count }, this.#polynomials[g]!, 0);
    }
    return into;
  }

  #gather(first: number): void {
    this.#first = first;
    const [window, count] = [this.#window, this.#batches.length];
    const from = first * this.#columns;
    for (let b = 0; b < count; b++) {
      const batch = this.#batches[b]!;
      const end = Math.min(from + this.#rows * this.#columns, batch.length);
      for (let place = from, to = b; place < end; place++, to += count) window[to] = batch[place]!;
    }
  }
}
