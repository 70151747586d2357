import { BLOCK, type Kernel, type Pointer } from "../kernel/kernel.js";
import { square } from "../numerics/elementary.js";
import { type RowTile, TILE_ROWS } from "./batch-means.js";
import type { Draws } from "./distribution.js";
import { blocks } from "./noise.js";

/** A quantity of known mean: a control row times a weight. */
export interface Control {
  readonly row: number;
  readonly column: number;
}

export interface MomentRequest {
  readonly draws: Draws;
  /** How many weights the draws have; a column of the result for each of the first `controls.length`. */
  readonly columns: number;
  readonly tiles: readonly RowTile[];
  readonly controlRows: RowTile;
  /** The possible controls of each column. */
  readonly controls: readonly (readonly Control[])[];
}

/** Means over the draws of what control variates and error bars need; t is a row, g a column, c and d its controls. */
export interface Moments {
  /** Sums over so many draws. */
  readonly sums: readonly Float64Array<ArrayBuffer>[];
  readonly draws: number;
  /** E[f_t W_g], E[|f_t W_g|], E[(f_t W_g)²], E[(f_t W_g)⁴]. */
  mean(t: number, g: number): number;
  absolute(t: number, g: number): number;
  square(t: number, g: number): number;
  fourth(t: number, g: number): number;
  /** E[f_t W_g C_c]. */
  withControl(t: number, g: number, c: number): number;
  /** E[C_c] and E[C_c C_d]. */
  control(g: number, c: number): number;
  controlProduct(g: number, c: number, d: number): number;
}

export interface MomentRunner {
  run(batch: number, count: number): Moments;
  /** Of batches 0 … batches − 1 together; each may be looked at by `see`, and is gone after that. */
  runAll(batches: number, count: number, see: (batch: Moments, b: number) => void): Moments;
  /** Of several batches together. */
  join(moments: readonly Moments[]): Moments;
}

/** The sizes of f W that are averaged: its absolute value, its square, its fourth power. */
const SIZES = 3;

/** F·W with second moments: for pilots, and for estimates that state the variance of a single draw. */
export function openMoments(kernel: Kernel, request: MomentRequest): MomentRunner {
  const { exports: ops } = kernel;
  const { draws, tiles, controlRows, controls } = request;
  const columnBytes = BLOCK * 8;
  const trades = tiles.reduce((sum, tile) => sum + tile.rows, 0);
  const layout = layoutOf(request, trades);
  const { distinct, products } = layout;
  const count = controls.length;
  const columns = (n: number) => {
    const first = kernel.allocate(n * columnBytes);
    return (j: number) => first + j * columnBytes;
  };
  // Controls in the order of `distinct`, after a column of ones whose row of the Gram matrix holds their means.
  const width = 1 + distinct.length;
  const controlColumns = columns(width);
  ops.fill(controlColumns(0), 1, BLOCK);
  const rows = columns(controlRows.rows);
  const productColumns = columns(products.length);
  // |W|, W² and W⁴, which meet |f|, f² and f⁴.
  const sizeColumns = columns(SIZES * count);
  const tileRows = kernel.allocate(TILE_ROWS * columnBytes);

  const sumsOf = (size: number) => ({ pointer: kernel.allocate(size * 8), size });
  const gram = sumsOf(square(width));
  const cross = sumsOf(trades * products.length);
  const sizes = sumsOf(trades * SIZES * count);
  const all = [gram, cross, sizes];

  const add = (n: number) => {
    const weight = (g: number) => draws.weights + g * columnBytes;
    controlRows.evaluate(rows(0), n);
    for (const [c, { row, column }] of distinct.entries()) {
      ops.multiply(controlColumns(1 + c), rows(row), weight(column), n);
    }
    for (const [p, { column, control }] of products.entries()) {
      if (control === null) ops.copy(productColumns(p), weight(column), n);
      else ops.multiply(productColumns(p), weight(column), controlColumns(1 + control), n);
    }
    for (let g = 0; g < count; g++) {
      ops.abs(sizeColumns(g), weight(g), n);
      ops.multiply(sizeColumns(count + g), weight(g), weight(g), n);
      ops.multiply(sizeColumns(2 * count + g), sizeColumns(count + g), sizeColumns(count + g), n);
    }
    ops.product(controlColumns(0), controlColumns(0), gram.pointer, width, width, n, BLOCK);
    let row = 0;
    for (const tile of tiles) {
      tile.evaluate(tileRows, n);
      const crossRow = cross.pointer + row * products.length * 8;
      ops.product(tileRows, productColumns(0), crossRow, tile.rows, products.length, n, BLOCK);
      const each = (apply: (values: Pointer) => void) => {
        for (let t = 0; t < tile.rows; t++) apply(tileRows + t * columnBytes);
      };
      each((values) => ops.abs(values, values, n));
      for (let size = 0; size < SIZES; size++) {
        const out = sizes.pointer + (size * trades + row) * count * 8;
        ops.product(tileRows, sizeColumns(size * count), out, tile.rows, count, n, BLOCK);
        if (size < SIZES - 1) each((values) => ops.multiply(values, values, values, n));
      }
      row += tile.rows;
    }
  };

  /** What a batch has in kernel memory, until the next. */
  const fill = (batch: number, total: number): Moments => {
    for (const { pointer, size } of all) kernel.column(pointer, size).fill(0);
    for (const block of blocks(total)) {
      draws.draw(batch, block.first, block.count);
      add(block.count);
    }
    const sums = all.map(({ pointer, size }) => kernel.column(pointer, size));
    return momentsOf(layout, sums, total);
  };
  const openTotal = () => {
    const totals = all.map(({ size }) => new Float64Array(size));
    let drawn = 0;
    return {
      add({ sums, draws: own }: Moments) {
        drawn += own;
        for (const [a, total] of totals.entries()) {
          const sum = sums[a]!;
          for (let i = 0; i < total.length; i++) total[i]! += sum[i]!;
        }
      },
      read: () => momentsOf(layout, totals, drawn),
    };
  };

  return {
    run(batch, count) {
      const { sums, draws: own } = fill(batch, count);
      return momentsOf(
        layout,
        sums.map((sum) => sum.slice()),
        own,
      );
    },
    runAll(batches, count, see) {
      const total = openTotal();
      for (let b = 0; b < batches; b++) {
        const batch = fill(b, count);
        see(batch, b);
        total.add(batch);
      }
      return total.read();
    },
    join(moments) {
      const total = openTotal();
      for (const own of moments) total.add(own);
      return total.read();
    },
  };
}

interface Layout {
  readonly trades: number;
  readonly count: number;
  /** Every control that some column uses, once. */
  readonly distinct: readonly Control[];
  /** What each row is multiplied with: W_g, then W_g times each of its controls (indices into `distinct`). */
  readonly products: readonly { readonly column: number; readonly control: number | null }[];
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
  const products: { column: number; control: number | null }[] = [];
  const firstProduct = indices.map((ofColumn, column) => {
    const first = products.push({ column, control: null }) - 1;
    for (const control of ofColumn) products.push({ column, control });
    return first;
  });
  return { trades, count: controls.length, distinct, products, firstProduct, indices };
}

function momentsOf(
  { trades, count, distinct, products, firstProduct, indices }: Layout,
  sums: readonly Float64Array<ArrayBuffer>[],
  draws: number,
): Moments {
  const [gram, cross, sizes] = sums as [Float64Array, Float64Array, Float64Array];
  const width = 1 + distinct.length;
  return {
    sums,
    draws,
    mean: (t, g) => cross[t * products.length + firstProduct[g]!]! / draws,
    absolute: (t, g) => sizes[t * count + g]! / draws,
    square: (t, g) => sizes[(trades + t) * count + g]! / draws,
    fourth: (t, g) => sizes[(2 * trades + t) * count + g]! / draws,
    withControl: (t, g, c) => cross[t * products.length + firstProduct[g]! + 1 + c]! / draws,
    control: (g, c) => gram[1 + indices[g]![c]!]! / draws,
    controlProduct: (g, c, d) => gram[(1 + indices[g]![c]!) * width + 1 + indices[g]![d]!]! / draws,
  };
}
