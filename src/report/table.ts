/** A column of a report: its header, and the cell of a row. Every writer takes its tables from these. */
export interface Column<Row> {
  readonly header: string;
  readonly value: (row: Row) => string | number;
}

/** A number as text that reads back to the same number. */
export function cellText(value: string | number): string {
  return typeof value === "number" ? String(value) : value;
}
