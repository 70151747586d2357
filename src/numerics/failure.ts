/** Why a piece of user data could not be used. */
export type Reason =
  | "parsing"
  | "invalid"
  | "missing-data"
  | "not-applicable"
  | "unsupported"
  | "calculation-failed";

/** Where in the user's input it was found; lines and columns count from 1, a CSV column is its name. */
export interface Where {
  readonly file?: string;
  readonly line?: number;
  readonly column?: string | number;
}

/**
 * Bad user data as a value. A broken contract throws; a bad row, file or number becomes one of these,
 * is reported in its place, and never stops the rest of the book.
 * `message` says what must hold and what came: "strike must be > 0, got -5".
 */
export interface Failure {
  readonly reason: Reason;
  readonly message: string;
  readonly where?: Where;
  readonly tradeId?: string;
}

/** "portfolio.csv line 42, column strike: strike must be > 0, got -5" */
export function describeFailure(failure: Failure): string {
  const { file, line, column } = failure.where ?? {};
  const place = [
    file,
    line === undefined ? undefined : `line ${line}`,
    column === undefined ? undefined : `column ${column}`,
  ].filter((part) => part !== undefined);
  const where = place.length === 0 ? "" : `${place.join(", ").replace(/^([^,]*), line/, "$1 line")}: `;
  return `${where}${failure.message}`;
}
