import {
  type CsvRecord,
  csvRecords,
  type Failure,
  type MarketReading,
  type PortfolioItem,
  products,
  readPortfolio,
} from "../index.js";

/** A book as its file's text, and what was read of it. Editing changes the text, so that comments and line numbers stay. */
export interface BookText {
  readonly name: string;
  readonly text: string;
  readonly columns: readonly string[];
  readonly rows: readonly BookRow[];
  /** Trades and faults, as the program reads them; empty without a market. */
  readonly items: readonly PortfolioItem[];
  /** What is wrong with the file as a whole. */
  readonly faults: readonly Failure[];
}

export interface BookRow {
  readonly firstLine: number;
  readonly lastLine: number;
  readonly cells: readonly string[];
  readonly faults: readonly Failure[];
}

/** Stands in for a day when there is no market to say it; nothing is valued then. */
const NO_DAY = "1970-01-01";

export async function readBook(name: string, text: string, reading: MarketReading): Promise<BookText> {
  const records: CsvRecord[] = [];
  for await (const some of csvRecords(text)) records.push(...some);
  const [header, ...rows] = records;
  const items: PortfolioItem[] = [];
  const faults: Failure[] = [];
  const byLine = new Map<number, Failure[]>();
  const { market, unusable } = reading;
  for await (const item of readPortfolio(text, {
    file: name,
    valuationDate: market?.valuationDate ?? NO_DAY,
    products,
    ...(market !== undefined && { underlyings: market.underlyings, unusable }),
  })) {
    items.push(item);
    if (item.kind === "trade") continue;
    const { failure } = item;
    const line = failure.where?.line;
    if (item.of === "file" || line === undefined) faults.push(failure);
    else byLine.set(line, [...(byLine.get(line) ?? []), failure]);
  }
  return {
    name,
    text,
    columns: header?.cells.map((cell) => cell.trim()) ?? [],
    rows: rows.map(({ firstLine, lastLine, cells }) => ({
      ...{ firstLine, lastLine, cells },
      faults: market === undefined ? [] : (byLine.get(firstLine) ?? []),
    })),
    items: market === undefined ? [] : items,
    faults,
  };
}

/** The text with one cell changed; a row that was short is filled up. */
export function withCell(book: BookText, row: number, column: number, cell: string): string {
  const cells = book.columns.map((_, c) => (c === column ? cell : (book.rows[row]!.cells[c] ?? "")));
  return withRow(book, row, csvLine(cells));
}

export function withoutRow(book: BookText, row: number): string {
  return withRow(book, row);
}

/** The text with a trade at its end; columns that the file lacks are added to every row. */
export function withTrade(book: BookText, trade: Readonly<Record<string, string>>): string {
  const missing = Object.keys(trade).filter((name) => trade[name] !== "" && !book.columns.includes(name));
  const columns = [...book.columns, ...missing];
  const lines =
    missing.length === 0
      ? [book.text.replace(/\r?\n?$/, "")]
      : [csvLine(columns), ...book.rows.map(({ cells }) => csvLine(columns.map((_, c) => cells[c] ?? "")))];
  return `${[...lines, csvLine(columns.map((name) => trade[name] ?? ""))].join("\n")}\n`;
}

function withRow({ text, rows }: BookText, row: number, ...replacement: readonly string[]): string {
  const { firstLine, lastLine } = rows[row]!;
  const lines = text.split(/\r\n|\r|\n/);
  lines.splice(firstLine - 1, lastLine - firstLine + 1, ...replacement);
  return lines.join("\n");
}

/** RFC 4180, and no first cell that would make the line a comment. */
function csvLine(cells: readonly string[]): string {
  return cells
    .map((cell) => (/[",\n\r]|^\s|\s$|^#/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(",");
}
