import { closestName } from "../numerics/closest-name.js";
import type { Failure, Where } from "../numerics/failure.js";
import { quoted } from "../numerics/quoted.js";
import { type Book, fileOf } from "./book.js";
import type { CsvRecord } from "./csv-records.js";

const REQUIRED_COLUMNS = ["trade_id", "underlying", "product", "quantity", "expiry"];
/** Columns of every product; the other known ones are the products' terms. */
const TRADE_COLUMNS = [...REQUIRED_COLUMNS, "book"];

const MAX_COLUMNS = 1_000;
const MAX_NAME = 200;

/** What each column of the file is. */
export interface Header {
  /** As written, in order; empty where a column has no name. */
  readonly names: readonly string[];
  /** The position of each named column. */
  readonly positions: ReadonlyMap<string, number>;
  /** Columns that are terms of some product. */
  readonly terms: readonly string[];
  /** Unknown columns, carried through to the results. */
  readonly tags: readonly string[];
  /** Tags that look like a column which is not there, by the name that was probably meant. */
  readonly misspelt: ReadonlyMap<string, string>;
}

export interface HeaderReading {
  /** Absent when no trade can be read. */
  readonly header?: Header;
  readonly failures: readonly Failure[];
}

/**
 * Reads the header row. A required column that is missing, or a column that is there twice, leaves nothing to read.
 * A misspelt optional column is reported but kept as a tag: it does harm only in rows whose product would use it.
 */
export function readHeader(record: CsvRecord, book: Book): HeaderReading {
  const where: Where = { ...fileOf(book), line: record.firstLine };
  const names = record.cells.map((cell) => cell.trim());
  const unreadable = structureFault(record, names);
  if (unreadable !== undefined) return { failures: [{ reason: "parsing", message: unreadable, where }] };

  const named = names.filter((name) => name !== "");
  const known = [...TRADE_COLUMNS, ...book.terms];
  const absent = known.filter((name) => !named.includes(name));
  const tags = named.filter((name) => !known.includes(name));
  const meant = tags.map((tag) => [closestName(tag, absent), tag] as const);
  const misspelt = new Map(meant.filter((pair): pair is [string, string] => pair[0] !== undefined));

  const missing = REQUIRED_COLUMNS.filter((name) => absent.includes(name));
  const repeated = new Set(named.filter((name, index) => named.indexOf(name) < index));
  if (missing.length > 0 || repeated.size > 0) {
    const failures = [...repeated].map((name) => repeatedColumn(name, where));
    return {
      failures: missing.length === 0 ? failures : [missingColumns(missing, misspelt, where), ...failures],
    };
  }
  const positions = new Map(named.map((name) => [name, names.indexOf(name)]));
  const terms = book.terms.filter((name) => positions.has(name));
  const failures = [...misspelt].map(([column, tag]) => misspeltColumn(column, tag, where));
  return { header: { names, positions, terms, tags, misspelt }, failures };
}

function structureFault(record: CsvRecord, names: readonly string[]): string | undefined {
  if (record.unclosedCell !== undefined) return "a quote that opens a column name must be closed";
  if (names.length > MAX_COLUMNS) {
    return `a portfolio must have at most ${MAX_COLUMNS} columns, got ${names.length}`;
  }
  if (names.some((name) => name.includes("\uFFFD")))
    return "the file must be UTF-8, got other bytes in the header";
  if (names.some((name) => name.length > MAX_NAME)) {
    return `a column name must have at most ${MAX_NAME} characters, got a longer one`;
  }
  const separator = names.length === 1 && /[;\t|]/.exec(names[0] ?? "")?.[0];
  return separator ? `cells must be separated by commas, got ${quoted(separator)}` : undefined;
}

function missingColumns(
  missing: readonly string[],
  misspelt: ReadonlyMap<string, string>,
  where: Where,
): Failure {
  const named = missing.map((name) => {
    const tag = misspelt.get(name);
    return tag === undefined ? name : `${name} (is it ${quoted(tag)}?)`;
  });
  const message = `the header must have ${REQUIRED_COLUMNS.join(", ")}; missing: ${named.join(", ")}`;
  return { reason: "missing-data", message, where };
}

function repeatedColumn(column: string, where: Where): Failure {
  const message = `the header must name each column once, got ${quoted(column)} again`;
  return { reason: "invalid", message, where: { ...where, column } };
}

function misspeltColumn(column: string, tag: string, where: Where): Failure {
  const message = `${quoted(tag)} is not a known column and is carried through as a tag; did you mean "${column}"?`;
  return { reason: "invalid", message, where: { ...where, column: tag } };
}
