import type { RunSummary } from "../analysis/result.js";
import type { Ladder } from "../executors/extra-runs.js";
import type { Chart } from "./chart.js";
import { convergenceCharts, ladderCharts } from "./curves.js";
import { totalsCharts } from "./totals-charts.js";

/** Books that have charts of their own. */
const MOST_BOOKS = 12;

/** Charts of one kind: of everything, then of the books where there are several. */
export interface Drawings {
  readonly kind: keyof typeof TITLES;
  readonly books: readonly BookCharts[];
  /** Of books without charts, "" when every book has them. */
  readonly more: string;
}

export interface BookCharts {
  /** "*": all of them. */
  readonly book: string;
  /** What they show, in words. */
  readonly title: string;
  readonly charts: readonly Chart[];
  /** The name of the image beside report.md. */
  readonly file: string;
}

const TITLES = {
  totals: "totals by underlying, with 95 % intervals",
  spot: "price, delta and gamma against the spot, with 95 % intervals",
  paths: "price, delta and gamma against the number of paths, with 95 % intervals",
};

export function drawingsOf({
  summary,
  ladder,
}: {
  readonly summary: RunSummary;
  readonly ladder?: Ladder;
}): readonly Drawings[] {
  return [
    drawings("totals", summary.totals, totalsCharts),
    drawings("spot", ladder?.rows ?? [], ladderCharts),
    drawings("paths", ladder?.passes ?? [], convergenceCharts),
  ];
}

/** Those of the whole book, and of the books it has charts of. */
export function ofDrawnBooks<Row extends { readonly book: string }>(rows: readonly Row[]): readonly Row[] {
  const drawn = booksOf(rows);
  return rows.filter(({ book }) => drawn.includes(book));
}

function booksOf(rows: readonly { readonly book: string }[]): readonly string[] {
  const books = namesOf(rows);
  return books.length < 2 ? ["*"] : ["*", ...books.slice(0, MOST_BOOKS)];
}

function namesOf(rows: readonly { readonly book: string }[]): readonly string[] {
  return [...new Set(rows.map(({ book }) => book))].filter((book) => book !== "*");
}

function drawings<Row extends { readonly book: string }>(
  kind: Drawings["kind"],
  rows: readonly Row[],
  chartsOf: (rows: readonly Row[]) => readonly Chart[],
): Drawings {
  const books = booksOf(rows).map((book, i) => ({
    book,
    title: `${book === "*" ? "All books" : `Book ${bookName(book)}`}: ${TITLES[kind]}`,
    charts: chartsOf(rows.filter((row) => row.book === book)),
    file: i === 0 ? `report-${kind}.svg` : `report-${kind}-${i}.svg`,
  }));
  const others = namesOf(rows).length - MOST_BOOKS;
  return {
    kind,
    books: books.filter(({ charts }) => charts.length > 0),
    more: others > 0 ? `Charts of ${MOST_BOOKS} books are shown, of ${others} more they are not.` : "",
  };
}

/** A book's name as it is shown. */
export function bookName(book: string): string {
  return book === "*" ? "(all)" : book || "(none)";
}
