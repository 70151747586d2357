import { describe, expect, test } from "vitest";
import { readTable } from "../reference/read.js";
import { columnOf, kernel } from "./columns.js";

interface Row {
  readonly order: number;
  readonly y: number;
  readonly w: number;
  readonly by_order: number;
  readonly q: number;
}

/** Ratios of one order: a row for each y. */
function ratios(
  order: number,
  ys: readonly number[],
  wantsByOrder = true,
): readonly Omit<Row, "order" | "y">[] {
  const mark = kernel.mark();
  const { pointer: y, n } = columnOf(ys);
  const [w, byOrder, q] = [0, 1, 2].map(() => kernel.allocate(n * 8)) as [number, number, number];
  kernel.exports.besselRatios(w, byOrder, q, order, y, n, wantsByOrder);
  const column = (pointer: number) => kernel.column(pointer, n);
  const rows = ys.map((_, i) => ({ w: column(w)[i]!, by_order: column(byOrder)[i]!, q: column(q)[i]! }));
  kernel.release(mark);
  return rows;
}

const rows = readTable("bessel-ratio.csv") as unknown as readonly Row[];
const orders = [...new Set(rows.map(({ order }) => order))];

describe.each(orders)("the Bessel ratio of order %s", (order) => {
  const own = rows.filter((row) => row.order === order);
  const ys = own.map(({ y }) => y);

  // Each with its own as many terms as it needs, and beside others that need more, or go by the series.
  test.each([
    ["alone", ys.flatMap((y) => ratios(order, [y]))],
    ["beside others", ratios(order, ys)],
  ])("and its slopes are right, %s", (_, values) => {
    expect(own.length).toBe(20);
    for (const [i, { y, w, by_order, q }] of own.entries()) {
      const value = values[i]!;
      expect(Math.abs(value.w / w - 1), `w at ${y}`).toBeLessThan(4e-15);
      expect(Math.abs(value.by_order / by_order - 1), `by order at ${y}`).toBeLessThan(1e-12);
      const terms = y + w * w + 2 * Math.abs(order) * w;
      expect(Math.abs(value.q - q) / terms, `q at ${y}`).toBeLessThan(4e-15);
    }
  });

  test("is the same without its slope in the order", () => {
    const of = (wantsByOrder: boolean) => ratios(order, ys, wantsByOrder).map(({ w, q }) => [w, q]);
    expect(of(false)).toEqual(of(true));
  });
});
