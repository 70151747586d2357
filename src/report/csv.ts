import { type Column, cellText } from "./table.js";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** What a spreadsheet would run as a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/** The header line; every line ends with "\n". */
export function csvHeader(columns: readonly Column<never>[]): string {
  return csvLine(columns.map(({ header }) => header));
}

export function csvRow<Row>(columns: readonly Column<Row>[], row: Row): string {
  return csvLine(columns.map(({ value }) => cellText(value(row))));
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(",")}\n`;
}

/** RFC 4180 quoting; text that a spreadsheet would take for a formula is made text by an apostrophe, numbers stay numbers. */
function csvCell(text: string): string {
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
