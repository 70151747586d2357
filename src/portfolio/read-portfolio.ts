import { dayNumber } from "../numerics/dates.js";
import type { Failure } from "../numerics/failure.js";
import { quoted } from "../numerics/quoted.js";
import type { Product } from "../payoffs/product.js";
import { type Book, fileOf, type Names } from "./book.js";
import { type Chunks, csvRecords } from "./csv-records.js";
import { type Header, readHeader } from "./header.js";
import { readTrade } from "./read-trade.js";
import type { Trade } from "./trade.js";

export interface PortfolioOptions {
  /** The name of the file, for messages. */
  readonly file?: string;
  /** ISO date; times are counted from it by act/365f. */
  readonly valuationDate: string;
  /** The products a trade may name, by name. */
  readonly products: Readonly<Record<string, Product>>;
  /** The underlyings a trade may name (a Set, or a market's Map); absent: any. */
  readonly underlyings?: Names;
  /** Underlyings the market names but cannot offer, with the reason. */
  readonly unusable?: ReadonlyMap<string, string>;
}

export type PortfolioItem =
  | { readonly kind: "trade"; readonly trade: Trade }
  /** `of` says whether a row is lost, or something is wrong with the file as a whole. */
  | { readonly kind: "failure"; readonly of: "row" | "file"; readonly failure: Failure };

/**
 * Reads a portfolio (CSV, UTF-8), in the order of the file: every row gives a trade, or a failure for each of its faults.
 * Memory does not grow with the file, but for the trade ids. Throws RangeError when `valuationDate` is not an ISO date.
 */
export async function* readPortfolio(
  chunks: Chunks,
  options: PortfolioOptions,
): AsyncGenerator<PortfolioItem, void, undefined> {
  const book = openBook(options);
  let header: Header | undefined;
  let rows = 0;
  for await (const records of csvRecords(chunks)) {
    for (const record of records) {
      if (header === undefined) {
        const reading = readHeader(record, book);
        for (const failure of reading.failures) yield { kind: "failure", of: "file", failure };
        if (reading.header === undefined) return;
        header = reading.header;
      } else {
        rows++;
        const read = readTrade(record, header, book);
        if ("id" in read) yield { kind: "trade", trade: read };
        else for (const failure of read) yield { kind: "failure", of: "row", failure };
      }
    }
  }
  if (rows > 0) return;
  const came = header === undefined ? "an empty file" : "only a header";
  const message = `a portfolio must have a header row and at least one trade, got ${came}`;
  yield { kind: "failure", of: "file", failure: { reason: "missing-data", message, where: fileOf(book) } };
}

function openBook({ valuationDate, products, ...rest }: PortfolioOptions): Book {
  const number = dayNumber(valuationDate);
  if (number === null)
    throw new RangeError(`valuationDate must be an ISO date, got ${quoted(valuationDate)}`);
  return {
    ...rest,
    today: { date: valuationDate, number },
    products: new Map(Object.entries(products)),
    terms: [...new Set(Object.values(products).flatMap(({ terms }) => Object.keys(terms)))],
    linesOfIds: new Map(),
  };
}
