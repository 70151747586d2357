import { type BatchMeans, byPlace } from "../gradients/batch-means.js";
import type { Polynomial } from "../simulation/polynomial-weights.js";

/** E[f W] in every batch, row by row and weight by weight, where each weight has a column or is a polynomial of those there are. */
export class WeightMeans {
  readonly #read: ReturnType<typeof byPlace>;
  readonly #columns: number;
  readonly #polynomials: readonly Polynomial[] | null;
  /** The powers of a row, since its weights are read one after the other. */
  readonly #powers: readonly BatchMeans[];
  #row = -1;

  constructor(batches: readonly BatchMeans[], columns: number, polynomials: readonly Polynomial[] | null) {
    this.#read = byPlace(batches);
    this.#columns = columns;
    this.#polynomials = polynomials;
    this.#powers = Array.from(
      { length: polynomials === null ? 0 : columns },
      () => new Float64Array(batches.length),
    );
  }

  /** Of row t and weight g; in `into`, where that is given. */
  of(t: number, g: number, into?: BatchMeans): BatchMeans {
    if (this.#polynomials === null) return this.#read(t * this.#columns + g, into);
    this.#readPowers(t);
    const polynomial = this.#polynomials[g]!;
    const sum = into ?? new Float64Array(this.#powers[0]!.length);
    sum.fill(0);
    for (let power = 0; power < polynomial.length; power++) {
      const [coefficient, own] = [polynomial[power]!, this.#powers[power]!];
      if (coefficient === 0) continue;
      for (let b = 0; b < sum.length; b++) sum[b]! += coefficient * own[b]!;
    }
    return sum;
  }

  #readPowers(t: number): void {
    if (t === this.#row) return;
    this.#row = t;
    for (const [power, own] of this.#powers.entries()) this.#read(t * this.#columns + power, own);
  }
}
