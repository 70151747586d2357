import { type CsvError, type Info, parse } from "csv-parse";

/** Text or bytes (UTF-8) of a file, whole or in pieces of any size. */
export type Chunks = string | Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/** One record of a CSV file; lines count from 1. A quoted cell may run over several lines. */
export interface CsvRecord {
  readonly firstLine: number;
  readonly lastLine: number;
  readonly cells: readonly string[];
  /** Index of the cell whose quote is never closed; such a record has no cells and is the last one. */
  readonly unclosedCell?: number;
}

const PIECE = 65_536;
/** A record longer than this many characters is taken for an unclosed quote, so that memory stays bounded. */
const MAX_RECORD = 2 ** 26;

/**
 * The records of a CSV file (RFC 4180; also LF or CR line ends; lines starting with `#` are comments), in batches as
 * they come. Only a quote that is never closed ends the file early; a quote out of place is an ordinary character.
 */
export async function* csvRecords(chunks: Chunks): AsyncGenerator<readonly CsvRecord[]> {
  let unclosed: CsvError | undefined;
  const parser = parse({
    bom: true,
    comment: "#",
    comment_no_infix: true,
    info: true,
    record_delimiter: "\n",
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error) => {
      unclosed = error;
      return undefined;
    },
  });

  let last: Counts = { lines: 0, comment_lines: 0, empty_lines: 0 };
  // Comments and empty lines never stand inside a record, so all that were counted came before it.
  const firstLine = (now: Counts) =>
    last.lines + 1 + (now.comment_lines - last.comment_lines) + (now.empty_lines - last.empty_lines);

  function unclosedRecord(at: Counts, unclosedCell: number): CsvRecord {
    return { firstLine: firstLine(at), lastLine: at.lines, cells: [], unclosedCell };
  }

  function toRecord({ record, info }: Parsed): CsvRecord {
    const line = firstLine(info);
    last = info;
    return { firstLine: line, lastLine: info.lines, cells: record };
  }

  let empty = true;
  let unparsed = 0;
  for await (const piece of pieces(chunks)) {
    empty = false;
    // The parser works while it is written to; emptied after every piece, it never holds more than one.
    parser.write(piece);
    const records: CsvRecord[] = [];
    for (let next = parser.read(); next !== null; next = parser.read()) records.push(toRecord(next));
    yield records;
    unparsed = records.length > 0 ? 0 : unparsed + piece.length;
    if (unparsed > MAX_RECORD) {
      yield [unclosedRecord(parser.info, 0)];
      return;
    }
  }
  // The parser's build for browsers cannot end a stream that never began.
  if (empty) return;
  const rest: CsvRecord[] = [];
  await new Promise((resolve, reject) => {
    parser.on("data", (next) => rest.push(toRecord(next)));
    parser.on("end", resolve).on("error", reject);
    parser.end();
  });
  yield rest;
  if (unclosed !== undefined) yield [unclosedRecord(parser.info, unclosed.index as number)];
}

type Counts = Pick<Info, "lines" | "comment_lines" | "empty_lines">;

interface Parsed {
  readonly record: string[];
  readonly info: Info;
}

/** The text in pieces of bounded size, every line end made LF. Bytes that are not UTF-8 become U+FFFD. */
async function* pieces(chunks: Chunks): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let heldBack = "";
  for await (const chunk of typeof chunks === "string" ? [chunks] : chunks) {
    const text = heldBack + (typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true }));
    // A final CR may be half of CRLF, a final high surrogate half of a character: both wait for what follows.
    heldBack = /[\r\uD800-\uDBFF]$/.exec(text)?.[0] ?? "";
    yield* slices(text.slice(0, text.length - heldBack.length));
  }
  yield* slices(heldBack + decoder.decode());
}

function* slices(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = start + PIECE;
    // Not between the halves of CRLF or of a surrogate pair.
    const last = text[end - 1] ?? "";
    const next = end + (/[\r\uD800-\uDBFF]/.test(last) ? 1 : 0);
    yield text.slice(start, next).replace(/\r\n?/g, "\n");
    start = next;
  }
}
