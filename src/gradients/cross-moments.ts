import { COLUMN_BYTES, type Kernel, type Pointer, padded } from "../kernel/kernel.js";
import { type Polynomial, times } from "../numerics/polynomial.js";
import { TILE_ROWS } from "./batch-means.js";
import type { Control } from "./moments.js";

/** Sums over draws of f W C, for rows of f and products of a weight W and a control C: row by row, and product by product. */
export interface CrossMoments {
  /** Before the first block, when the sums are 0. */
  clear(): void;
  /** Takes the n draws of a block. */
  begin(n: number): void;
  /** Adds what these rows of f, from `row` on, have in the block. */
  add(f: Pointer, row: number, rows: number, n: number): void;
  /** After the last block: the sums are there. */
  finish(): void;
}

export interface CrossRequest {
  /** Weight `column` times control `control`. */
  readonly products: readonly { readonly column: number; readonly control: number }[];
  readonly controls: readonly Control[];
  readonly rows: number;
  /** Where the sums are to be, and in a block the first columns of weights, of controls and of control rows. */
  readonly sums: Pointer;
  readonly weightColumns: Pointer;
  readonly controlColumns: Pointer;
  readonly controlRowColumns: Pointer;
}

// Classes, not functions of a run: what V8 has compiled for those is lost with the run.

/** A column for each product. */
export class ProductMoments implements CrossMoments {
  readonly #kernel: Kernel;
  readonly #request: CrossRequest;
  readonly #columns: Pointer;

  constructor(kernel: Kernel, request: CrossRequest) {
    this.#kernel = kernel;
    this.#request = request;
    this.#columns = kernel.allocate(request.products.length * COLUMN_BYTES);
  }

  clear(): void {}

  begin(n: number): void {
    const { products, weightColumns, controlColumns } = this.#request;
    for (let p = 0; p < products.length; p++) {
      const { column, control } = products[p]!;
      const [weight, other] = [
        weightColumns + column * COLUMN_BYTES,
        controlColumns + control * COLUMN_BYTES,
      ];
      this.#kernel.exports.multiply(this.#columns + p * COLUMN_BYTES, weight, other, n);
    }
  }

  add(f: Pointer, row: number, rows: number, n: number): void {
    const { products, sums } = this.#request;
    const { length } = products;
    this.#kernel.exports.product(f, this.#columns, sums + row * length * 8, rows, length, n);
  }

  finish(): void {}
}

/** Columns r, r z, r z², … of draws, and the weights as polynomials in z, times r. */
export interface Powers {
  readonly columns: Pointer;
  readonly polynomials: readonly Polynomial[];
}

/** So many powers, from 1 on, make the products of all polynomials. */
export function powersFor(polynomials: readonly Polynomial[]): number {
  return 2 * Math.max(...polynomials.map(({ length }) => length)) - 1;
}

/**
 * The product of two polynomials in z is one too: f times r² times every power, for each control row, is enough to put all products
 * together in the end. These are a quarter of the columns for a dozen weights.
 */
export class PowerMoments implements CrossMoments {
  readonly #kernel: Kernel;
  readonly #request: CrossRequest;
  readonly #powers: Powers;
  /** Of a control row. */
  readonly #count: number;
  readonly #columns: Pointer;
  readonly #length: number;
  readonly #sums: Pointer;
  /** Of every product, in a column of so many as the kernel takes. */
  readonly #coefficients: Pointer;
  readonly #terms: number;
  readonly #tile: Pointer;

  constructor(kernel: Kernel, request: CrossRequest, powers: Powers) {
    const { products, controls, rows } = request;
    const { polynomials } = powers;
    this.#kernel = kernel;
    this.#request = request;
    this.#powers = powers;
    this.#count = powersFor(polynomials);
    this.#length = this.#count * (1 + Math.max(...controls.map(({ row }) => row)));
    this.#columns = kernel.allocate(this.#length * COLUMN_BYTES);
    this.#sums = kernel.allocate(padded(rows * this.#length) * 8);
    this.#terms = padded(this.#length);
    this.#tile = kernel.allocate(TILE_ROWS * COLUMN_BYTES);
    this.#coefficients = kernel.allocate(products.length * COLUMN_BYTES);
    for (const [p, { column, control }] of products.entries()) {
      const { row, column: other } = controls[control]!;
      const own = kernel.column(this.#coefficients + p * COLUMN_BYTES, this.#terms).fill(0);
      own.set(times(polynomials[column]!, polynomials[other]!), row * this.#count);
    }
  }

  clear(): void {
    this.#kernel.exports.fill(this.#sums, 0, padded(this.#request.rows * this.#length));
  }

  begin(n: number): void {
    const { exports: ops } = this.#kernel;
    const { columns: powers } = this.#powers;
    for (let i = 0; i < this.#length; i++) {
      const out = this.#columns + i * COLUMN_BYTES;
      const row = this.#request.controlRowColumns + Math.floor(i / this.#count) * COLUMN_BYTES;
      ops.multiply(out, powers + (i % this.#count) * COLUMN_BYTES, powers, n);
      ops.multiply(out, out, row, n);
    }
  }

  add(f: Pointer, row: number, rows: number, n: number): void {
    const length = this.#length;
    this.#kernel.exports.product(f, this.#columns, this.#sums + row * length * 8, rows, length, n);
  }

  finish(): void {
    const { exports: ops } = this.#kernel;
    const { rows: all, products, sums } = this.#request;
    for (let first = 0; first < all; first += TILE_ROWS) {
      const rows = Math.min(TILE_ROWS, all - first);
      for (let i = 0; i < rows; i++) {
        const own = this.#kernel.column(this.#sums + (first + i) * this.#length * 8, this.#length);
        this.#kernel
          .column(this.#tile + i * COLUMN_BYTES, this.#terms)
          .fill(0, own.length)
          .set(own);
      }
      const out = sums + first * products.length * 8;
      ops.product(this.#tile, this.#coefficients, out, rows, products.length, this.#terms);
    }
  }
}
