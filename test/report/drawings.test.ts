import { expect, test } from "vitest";
import type { RunSummary, Total } from "../../src/analysis/result.js";
import { drawingsOf } from "../../src/report/drawings.js";

/** The totals of so many books, and of all. */
function drawnTotals(count: number) {
  const names = ["*", ...Array.from({ length: count }, (_, i) => `B${i}`)];
  const totals = names.map(
    (book): Total => ({
      ...{ book, underlying: "X", currency: "USD", greek: "price", unit: "USD", trades: 1 },
      ...{ value: "1", standardError: 0.1, low: 0.8, high: 1.2 },
    }),
  );
  return drawingsOf({ summary: { totals } as unknown as RunSummary })[0]!;
}

test("books have charts of their own where there are several, and it is told where there are too many", () => {
  const files = (count: number) => drawnTotals(count).books.map(({ file }) => file);
  expect(files(1)).toEqual(["report-totals.svg"]);
  expect(files(2)).toEqual(["report-totals.svg", "report-totals-1.svg", "report-totals-2.svg"]);
  expect(files(12)).toHaveLength(13);
  expect(drawnTotals(12).more).toBe("");
  expect(files(14)).toHaveLength(13);
  expect(drawnTotals(14).more).toBe("Charts of 12 books are shown, of 2 more they are not.");
});

test("a run without totals has no charts and no images", () => {
  const drawings = drawingsOf({ summary: { totals: [] } as unknown as RunSummary });
  expect(drawings.map(({ books }) => books)).toEqual([[], [], []]);
});
