import { BLOCK, COLUMN_BYTES, type Kernel, type Pointer, padded } from "../kernel/kernel.js";
import { square } from "../numerics/elementary.js";
import { type RowTile, TILE_ROWS } from "./batch-means.js";
import {
  type CrossMoments,
  type CrossRequest,
  PowerMoments,
  type Powers,
  ProductMoments,
} from "./cross-moments.js";
import type { Draws } from "./distribution.js";
import { blocks } from "./noise.js";

/** A quantity of known mean: a control row times a weight. */
export interface Control {
  readonly row: number;
  readonly column: number;
}

export interface MomentRequest {
  readonly draws: Draws;
  /** Where the weights are polynomials: many then take little longer than few. */
  readonly powers?: Powers;
  readonly tiles: readonly RowTile[];
  readonly controlRows: RowTile;
  /** The possible controls of each weight that the result has a column for: the first of all there are. */
  readonly controls: readonly (readonly Control[])[];
}

/** What a batch that is run with others has by itself. */
export type Means = Pick<Moments, "means" | "control">;

export interface MomentRunner {
  run(batch: number, count: number): Moments;
  /** Of batches 0 … batches − 1 together; the means of each may be looked at by `see`, and are gone after that. */
  runAll(batches: number, count: number, see: (batch: Means, b: number) => void): Moments;
  /** Of several batches together. */
  join(moments: readonly Moments[]): Moments;
}

/** The sizes of f W that are averaged: its absolute value, its square, its fourth power. */
const SIZES = 3;
/** Which sums are which: of the controls' products with each other, of f W, of f W C, of the sizes of f W. */
const [GRAM, MEAN, CROSS, SIZE] = [0, 1, 2, 3];
/** Those that each batch has by itself; the others would be most of what a large book moves through memory. */
const OF_BATCH = [GRAM, MEAN];

/** F·W with second moments: for pilots, and for estimates that state the variance of a single draw. */
export function openMoments(kernel: Kernel, request: MomentRequest): MomentRunner {
  const table = openTable(kernel, request);
  const { layout, cross, sums } = table;
  const { exports: ops } = kernel;

  const clear = ({ pointer, size }: Sums) => ops.fill(pointer, 0, padded(size));
  const add = (batch: number, count: number) => {
    for (const block of blocks(count)) {
      request.draws.draw(batch, block.first, block.count);
      addBlock(table, block.count);
    }
  };

  return {
    run(batch, count) {
      for (const own of sums) clear(own);
      cross.clear();
      add(batch, count);
      cross.finish();
      return new Moments(layout, columnsOf(kernel, sums), count);
    },
    runAll(batches, count, see) {
      const totals = sums.map((own, a) => (OF_BATCH.includes(a) ? openSums(kernel, own.size) : own));
      for (const own of totals) clear(own);
      cross.clear();
      for (let b = 0; b < batches; b++) {
        for (const a of OF_BATCH) clear(sums[a]!);
        add(b, count);
        see(new Moments(layout, viewsOf(kernel, sums), count), b);
        for (const a of OF_BATCH) {
          const [total, own] = [totals[a]!, sums[a]!];
          ops.add(total.pointer, total.pointer, own.pointer, padded(own.size));
        }
      }
      cross.finish();
      return new Moments(layout, columnsOf(kernel, totals), count * batches);
    },
    join(moments) {
      const totals = sums.map(({ size }) => new Float64Array(size));
      let draws = 0;
      for (const own of moments) {
        draws += own.draws;
        for (const [a, total] of totals.entries()) {
          const sum = own.sums[a]!;
          for (let i = 0; i < total.length; i++) total[i]! += sum[i]!;
        }
      }
      return new Moments(layout, totals, draws);
    },
  };
}

/** A kernel's columns for the moments of a block, and the sums over blocks that they add to. */
interface Table {
  readonly kernel: Kernel;
  readonly request: MomentRequest;
  readonly layout: Layout;
  /** Controls in the order of `distinct`, after a column of ones whose row of the Gram matrix holds their means. */
  readonly controlColumns: Pointer;
  readonly rows: Pointer;
  readonly cross: CrossMoments;
  /** |W|, W² and W⁴, which meet |f|, f² and f⁴. */
  readonly sizeColumns: Pointer;
  readonly tileRows: Pointer;
  /** The Gram matrix of the controls, f times W, f times products, sizes of f times sizes of W. */
  readonly sums: readonly [Sums, Sums, Sums, Sums];
}

interface Sums {
  readonly pointer: Pointer;
  readonly size: number;
}

function openTable(kernel: Kernel, request: MomentRequest): Table {
  const trades = request.tiles.reduce((sum, tile) => sum + tile.rows, 0);
  const layout = layoutOf(request, trades);
  const { distinct, products, count, width } = layout;
  const { draws, powers } = request;
  const columns = (n: number) => kernel.allocate(n * COLUMN_BYTES);
  const controlColumns = columns(width);
  const rows = columns(request.controlRows.rows);
  const crossSums = openSums(kernel, trades * products.length);
  const ofCross: CrossRequest = {
    products,
    controls: distinct,
    rows: trades,
    sums: crossSums.pointer,
    weightColumns: draws.weights,
    controlColumns: controlColumns + COLUMN_BYTES,
    controlRowColumns: rows,
  };
  const table: Table = {
    kernel,
    request,
    layout,
    controlColumns,
    rows,
    cross:
      powers === undefined ? new ProductMoments(kernel, ofCross) : new PowerMoments(kernel, ofCross, powers),
    sizeColumns: columns(SIZES * count),
    tileRows: columns(TILE_ROWS),
    sums: [
      openSums(kernel, square(width)),
      openSums(kernel, trades * count),
      crossSums,
      openSums(kernel, trades * SIZES * count),
    ],
  };
  kernel.exports.fill(table.controlColumns, 1, BLOCK);
  return table;
}

function openSums(kernel: Kernel, size: number): Sums {
  return { pointer: kernel.allocate(padded(size) * 8), size };
}

/** As they are now, until the kernel goes on. */
function viewsOf(kernel: Kernel, sums: readonly Sums[]): Moments["sums"] {
  return sums.map(({ pointer, size }) => kernel.column(pointer, size));
}

function columnsOf(kernel: Kernel, sums: readonly Sums[]): Moments["sums"] {
  return viewsOf(kernel, sums).map((view) => view.slice());
}

// Functions of the module and methods of a class, not functions of a run: what V8 has compiled for those is lost with the run.

/** Adds what the draws of a block have, n of them. */
function addBlock(
  {
    kernel: { exports: ops },
    request: { draws, controlRows, tiles },
    layout: { distinct, count, trades, width },
    controlColumns,
    rows,
    cross,
    sizeColumns,
    tileRows,
    sums: [gram, means, , sizes],
  }: Table,
  n: number,
): void {
  const { weights } = draws;
  controlRows.evaluate(rows, n);
  for (let c = 0; c < distinct.length; c++) {
    const { row, column } = distinct[c]!;
    const out = controlColumns + (1 + c) * COLUMN_BYTES;
    ops.multiply(out, rows + row * COLUMN_BYTES, weights + column * COLUMN_BYTES, n);
  }
  cross.begin(n);
  const sizeBytes = count * COLUMN_BYTES;
  for (let g = 0; g < count; g++) {
    const [out, weight] = [sizeColumns + g * COLUMN_BYTES, weights + g * COLUMN_BYTES];
    ops.abs(out, weight, n);
    ops.multiply(out + sizeBytes, weight, weight, n);
    ops.multiply(out + 2 * sizeBytes, out + sizeBytes, out + sizeBytes, n);
  }
  ops.product(controlColumns, controlColumns, gram.pointer, width, width, n);
  let row = 0;
  for (const tile of tiles) {
    tile.evaluate(tileRows, n);
    const end = tileRows + tile.rows * COLUMN_BYTES;
    ops.product(tileRows, weights, means.pointer + row * count * 8, tile.rows, count, n);
    cross.add(tileRows, row, tile.rows, n);
    for (let values = tileRows; values < end; values += COLUMN_BYTES) ops.abs(values, values, n);
    for (let size = 0; size < SIZES; size++) {
      const out = sizes.pointer + (size * trades + row) * count * 8;
      ops.product(tileRows, sizeColumns + size * sizeBytes, out, tile.rows, count, n);
      if (size === SIZES - 1) break;
      for (let values = tileRows; values < end; values += COLUMN_BYTES)
        ops.multiply(values, values, values, n);
    }
    row += tile.rows;
  }
}

interface Layout {
  readonly trades: number;
  readonly count: number;
  /** Columns of the Gram matrix: a column of ones, and the controls. */
  readonly width: number;
  /** Every control that some column uses, once. */
  readonly distinct: readonly Control[];
  /** W_g times each of its controls (indices into `distinct`). */
  readonly products: readonly { readonly column: number; readonly control: number }[];
  readonly firstProduct: readonly number[];
  readonly indices: readonly (readonly number[])[];
}

function layoutOf({ controls }: MomentRequest, trades: number): Layout {
  const distinct: Control[] = [];
  const indices = controls.map((ofColumn) =>
    ofColumn.map(({ row, column }) => {
      const known = distinct.findIndex((control) => control.row === row && control.column === column);
      return known >= 0 ? known : distinct.push({ row, column }) - 1;
    }),
  );
  const products: { column: number; control: number }[] = [];
  const firstProduct = indices.map((ofColumn, column) => {
    const first = products.length;
    for (const control of ofColumn) products.push({ column, control });
    return first;
  });
  const width = 1 + distinct.length;
  return { trades, count: controls.length, width, distinct, products, firstProduct, indices };
}

/** Means over the draws of what control variates and error bars need; t is a row, g a column, c and d its controls. */
export class Moments {
  readonly #layout: Layout;
  /** Sums over so many draws. */
  readonly sums: readonly Float64Array<ArrayBuffer>[];
  readonly draws: number;

  constructor(layout: Layout, sums: readonly Float64Array<ArrayBuffer>[], draws: number) {
    this.#layout = layout;
    this.sums = sums;
    this.draws = draws;
  }

  /** E[f_t W_g]. */
  mean(t: number, g: number): number {
    return this.sums[MEAN]![t * this.#layout.count + g]! / this.draws;
  }

  /** E[|f_t W_g|]. */
  absolute(t: number, g: number): number {
    return this.#size(0, t, g);
  }

  /** E[(f_t W_g)²]. */
  square(t: number, g: number): number {
    return this.#size(1, t, g);
  }

  /** E[(f_t W_g)⁴]. */
  fourth(t: number, g: number): number {
    return this.#size(2, t, g);
  }

  #size(size: number, t: number, g: number): number {
    const { trades, count } = this.#layout;
    return this.sums[SIZE]![(size * trades + t) * count + g]! / this.draws;
  }

  /** E[f_t W_g] of all rows and columns, row by row. */
  means(into: Float64Array): void {
    const sums = this.sums[MEAN]!;
    for (let place = 0; place < into.length; place++) into[place] = sums[place]! / this.draws;
  }

  /** E[f_t W_g C_c]. */
  withControl(t: number, g: number, c: number): number {
    const { products, firstProduct } = this.#layout;
    return this.sums[CROSS]![t * products.length + firstProduct[g]! + c]! / this.draws;
  }

  /** E[C_c]. */
  control(g: number, c: number): number {
    return this.sums[GRAM]![1 + this.#layout.indices[g]![c]!]! / this.draws;
  }

  /** E[C_c C_d]. */
  controlProduct(g: number, c: number, d: number): number {
    const { indices, width } = this.#layout;
    return this.sums[GRAM]![(1 + indices[g]![c]!) * width + 1 + indices[g]![d]!]! / this.draws;
  }
}
