import { describeFailure } from "../index.js";
import { type BookText, readBook, withCell, withoutRow, withTrade } from "./book-text.js";
import type { InputsView, RowView } from "./desk-views.js";
import {
  type ModelFiles,
  type NumberPath,
  readMarketText,
  viewMarket,
  withNamedModel,
  withNumber,
} from "./market-text.js";

const MB = 1_000_000;
/** A book that is edited is held in memory as text and as rows. */
const MOST_BYTES = 20 * MB;
const SHOWN_FAULTS = 20;

export interface NamedFile {
  readonly name: string;
  readonly file: Blob | string;
}

/** A file that is not taken, in words. */
class Refusal extends Error {}

/** The book and the market as they stand: opened, edited, read anew after every change. */
export function openInputs(bundled: ModelFiles) {
  const models = new Map(bundled);
  let market = readMarketText("", "{}", models);
  let book: BookText = { name: "", text: "", columns: [], rows: [], items: [], faults: [] };

  function view(refused: readonly string[] = []): InputsView {
    const { underlyings, rest } = viewMarket(market, models);
    return {
      book: {
        name: book.name,
        columns: book.columns,
        rows: book.rows.length,
        trades: book.items.filter(({ kind }) => kind === "trade").length,
        faultyRows: book.rows.filter(({ faults }) => faults.length > 0).length,
        faults: book.faults.map(describeFailure),
      },
      market: {
        name: market.name,
        text: market.text,
        underlyings,
        faults: rest.slice(0, SHOWN_FAULTS).map(describeFailure),
        models: [...models.keys()].sort(),
      },
      refused,
    };
  }

  async function setBook(text: string, name = book.name): Promise<InputsView> {
    book = await readBook(name, text, market.reading);
    return view();
  }

  async function setMarket(text: string, name = market.name): Promise<InputsView> {
    market = readMarketText(name, text, models);
    return setBook(book.text);
  }

  async function take({ name, file }: NamedFile): Promise<void> {
    const size = typeof file === "string" ? file.length : file.size;
    if (size > MOST_BYTES) {
      const limit = `a file must have at most ${MOST_BYTES / MB} MB here, got ${(size / MB).toFixed(1)} MB`;
      throw new Refusal(`${limit}; the program on the command line reads any size: grecian greeks ${name}`);
    }
    const text = typeof file === "string" ? file : await file.text();
    const zero = text.indexOf("\0");
    if (zero >= 0) throw new Refusal(`a file must be text, got a byte 0 at position ${zero + 1}`);
    if (/^\s*\{\s*("\$schema"\s*:[^,]*,\s*)?"dynamics"/.test(text)) {
      models.set(name.replace(/\.json$/i, ""), text);
      await setMarket(market.text);
    } else if (isJson(name) || /^\s*\{/.test(text)) {
      const { reading } = readMarketText(name, text, models);
      if (reading.market === undefined)
        throw new Refusal(reading.failures.slice(0, 3).map(describeFailure).join("; "));
      await setMarket(text, name);
    } else {
      const read = await readBook(name, text, market.reading);
      const isBook =
        read.items.some(({ kind }) => kind === "trade") || read.rows.some(({ faults }) => faults.length > 0);
      // Without a row that can be read there is nothing to edit either.
      if (read.rows.length === 0 || (read.faults.length > 0 && !isBook))
        throw new Refusal(read.faults.map(describeFailure).join("; "));
      await setBook(text, name);
    }
  }

  return {
    book: () => book,
    market: () => market,
    /** Takes files for what they are: a book, a market, or a model that a market names. */
    async open(files: readonly NamedFile[]): Promise<InputsView> {
      const refused: string[] = [];
      // A market first, so that the book beside it finds its underlyings.
      for (const each of [...files].sort((a, b) => Number(isJson(b.name)) - Number(isJson(a.name)))) {
        try {
          await take(each);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          refused.push(`${each.name} was not taken: ${error.message}`);
        }
      }
      return view(refused);
    },
    /** Rows of the book with their faults, to be edited. */
    rows(first: number, count: number, onlyFaulty: boolean) {
      const rows = book.rows
        .map(({ firstLine, cells, faults }, row): RowView => {
          const told = faults.map(({ where, message }) => ({ column: String(where?.column ?? ""), message }));
          return { row, line: firstLine, cells, faults: told };
        })
        .filter(({ faults }) => !onlyFaulty || faults.length > 0);
      return { count: rows.length, rows: rows.slice(first, first + count) };
    },
    editCell: (row: number, column: number, cell: string) => setBook(withCell(book, row, column, cell)),
    removeRow: (row: number) => setBook(withoutRow(book, row)),
    addTrade: (trade: Readonly<Record<string, string>>) => setBook(withTrade(book, trade)),
    editNumber: (path: NumberPath, typed: string) => setMarket(withNumber(market, models, path, typed)),
    chooseModel: (underlying: string, model: string) =>
      setMarket(withNamedModel(market.text, underlying, model)),
    editMarketText: (text: string) => setMarket(text),
  };
}

export type Inputs = ReturnType<typeof openInputs>;

function isJson(name: string): boolean {
  return /\.json$/i.test(name);
}
