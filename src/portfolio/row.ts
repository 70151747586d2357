import type { Failure, Reason, Where } from "../numerics/failure.js";
import { quoted } from "../numerics/quoted.js";
import { type Book, fileOf } from "./book.js";
import type { Report } from "./cells.js";
import type { CsvRecord } from "./csv-records.js";
import type { Header } from "./header.js";

const MAX_CELL = 10_000;

/** A row under the header: its cells by column, and the faults found in it so far. */
export interface Row {
  readonly where: Where;
  readonly failures: readonly Failure[];
  /** The cell without the blanks around it; empty when the file has no such column. */
  cell(column: string): string;
  report(column: string | undefined, reason: Reason, message: string): undefined;
  /** Reports faults of one column. */
  reportIn(column: string): Report;
}

/** Opens a row, reporting whatever keeps its cells from being read: an unclosed quote, cells too few, too long or not UTF-8. */
export function openRow(record: CsvRecord, header: Header, book: Book): Row {
  const where: Where = { ...fileOf(book), line: record.firstLine };
  const failures: Failure[] = [];
  const cell = (column: string) => (record.cells[header.positions.get(column) ?? -1] ?? "").trim();
  const id = cell("trade_id");
  const tradeId = id !== "" && id.length <= MAX_CELL ? { tradeId: id } : {};

  function report(column: string | undefined, reason: Reason, message: string): undefined {
    failures.push({ reason, message, where: column ? { ...where, column } : where, ...tradeId });
    return undefined;
  }

  function checkCell(text: string, index: number): void {
    const name = header.names[index] ?? "";
    if (text.length > MAX_CELL) {
      const length = text.length.toLocaleString("en");
      report(name, "parsing", `a cell must have at most 10,000 characters, got ${length}`);
    } else if (text.includes("\uFFFD")) {
      report(name, "parsing", `a cell must be UTF-8, got bytes that are not in ${quoted(text)}`);
    } else if (name === "" && text !== "") {
      report(
        name,
        "parsing",
        `cell ${index + 1} must be empty, as its column has no name, got ${quoted(text)}`,
      );
    }
  }

  if (record.unclosedCell !== undefined) {
    const column = header.names[record.unclosedCell];
    const lost = `the rest of the file, to line ${record.lastLine}, was not read`;
    report(column, "parsing", `a quote that opens a cell must be closed; ${lost}`);
  } else if (record.cells.length !== header.names.length) {
    const came = `${record.cells.length}${linesSpanned(record)}`;
    report(undefined, "parsing", `a row must have ${header.names.length} cells, as the header, got ${came}`);
  } else {
    record.cells.forEach(checkCell);
  }
  return {
    where,
    failures,
    cell,
    report,
    reportIn: (column) => (reason, message) => report(column, reason, message),
  };
}

/** Rows swallowed by a quote show in the lines a record spans. */
function linesSpanned({ firstLine, lastLine }: CsvRecord): string {
  return firstLine === lastLine ? "" : ` over lines ${firstLine} to ${lastLine}: is a closing quote missing?`;
}
