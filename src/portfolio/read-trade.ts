import { closestName } from "../numerics/closest-name.js";
import type { Failure } from "../numerics/failure.js";
import { quoted } from "../numerics/quoted.js";
import type { Term, TermTable, TermValues } from "../numerics/terms.js";
import type { Payoff } from "../payoffs/payoff.js";
import { type Product, TermsError } from "../payoffs/product.js";
import type { Book } from "./book.js";
import {
  type Horizon,
  type Report,
  readChoice,
  readExpiry,
  readNumber,
  readObservations,
  readQuantity,
} from "./cells.js";
import type { CsvRecord } from "./csv-records.js";
import type { Header } from "./header.js";
import { openRow, type Row } from "./row.js";
import type { Trade } from "./trade.js";

type TermValue = TermValues<TermTable>[string];

/** More names than this are not listed in a message. */
const MAX_LISTED = 20;

/** A row as a trade, or a failure for every fault it has. */
export function readTrade(record: CsvRecord, header: Header, book: Book): Trade | readonly Failure[] {
  const row = openRow(record, header, book);
  if (row.failures.length > 0) return row.failures;
  const id = required(row, "trade_id", (text, report) => {
    const earlier = book.linesOfIds.get(text);
    if (earlier !== undefined) {
      return report(
        "invalid",
        `trade_id must be unique, got ${quoted(text)} again, first on line ${earlier}`,
      );
    }
    book.linesOfIds.set(text, record.firstLine);
    return text;
  });
  const underlying = required(row, "underlying", (name, report) => readUnderlying(name, book, report));
  const product = required(row, "product", (name, report) => readProduct(name, book, report));
  const quantity = required(row, "quantity", readQuantity);
  const expiry = required(row, "expiry", (text, report) => readExpiry(text, book.today, report));
  const payoff = product && readPayoff(row, header, book, product, expiry);
  // Each part that is missing here has left a failure.
  if (id === undefined || underlying === undefined || quantity === undefined) return row.failures;
  if (product === undefined || payoff === undefined) return row.failures;
  const tags = Object.fromEntries(header.tags.map((tag) => [tag, row.cell(tag)]));
  const { where } = row;
  return { id, book: row.cell("book"), underlying, product: product.name, quantity, payoff, tags, where };
}

function required<T>(
  row: Row,
  column: string,
  read: (text: string, report: Report) => T | undefined,
): T | undefined {
  const text = row.cell(column);
  return text === ""
    ? row.report(column, "missing-data", `${column} must be given`)
    : read(text, row.reportIn(column));
}

function readUnderlying(name: string, book: Book, report: Report): string | undefined {
  if (book.underlyings === undefined || book.underlyings.has(name)) return name;
  const reason = book.unusable?.get(name);
  return reason === undefined
    ? report("invalid", unknownName("underlying", name, [...book.underlyings.keys()]))
    : report("missing-data", `underlying ${name} is not usable: ${reason}`);
}

function readProduct(name: string, { products }: Book, report: Report): Product | undefined {
  return products.get(name) ?? report("invalid", unknownName("product", name, [...products.keys()]));
}

function unknownName(column: string, name: string, known: readonly string[]): string {
  const meant = closestName(name, known);
  if (meant !== undefined) return `${column} ${quoted(name)} is not known; did you mean "${meant}"?`;
  const rule =
    known.length > MAX_LISTED ? `one of ${known.length} known names` : `one of ${known.join(", ")}`;
  return `${column} must be ${rule}, got ${quoted(name)}`;
}

/** Reads the product's terms and builds its payoff; without an expiry the terms are only checked. */
function readPayoff(
  row: Row,
  header: Header,
  book: Book,
  product: Product,
  expiry: number | undefined,
): Payoff | undefined {
  const before = row.failures.length;
  const horizon: Horizon = { expiry: expiry ?? Number.POSITIVE_INFINITY, today: book.today };
  const terms: Record<string, TermValue> = {};
  for (const [name, term] of Object.entries(product.terms)) {
    const value = readTerm(row, header, product, name, term, horizon);
    if (value !== undefined) terms[name] = value;
  }
  for (const name of header.terms) {
    if (row.cell(name) === "" || Object.hasOwn(product.terms, name)) continue;
    const others = [...book.products.values()].filter(({ terms }) => Object.hasOwn(terms, name));
    const message = `${product.name} has no term ${name}: leave the cell empty, or use ${others.map((other) => other.name).join(", ")}`;
    row.report(name, "invalid", message);
  }
  if (expiry === undefined || row.failures.length > before) return undefined;
  try {
    return product.payoff(terms, expiry);
  } catch (error) {
    if (error instanceof TermsError) return row.report(error.term, "invalid", error.message);
    throw error;
  }
}

function readTerm(
  row: Row,
  header: Header,
  product: Product,
  name: string,
  term: Term,
  horizon: Horizon,
): TermValue | undefined {
  const misspelt = header.misspelt.get(name);
  if (misspelt !== undefined && row.cell(misspelt) !== "") {
    const message = `column ${quoted(misspelt)} is not known; did you mean "${name}", a term of ${product.name}?`;
    return row.report(misspelt, "invalid", message);
  }
  const text = row.cell(name);
  if (text === "") {
    const usual = "default" in term ? term.default : undefined;
    const message = `${name} must be given for ${product.name}: ${term.meaning}`;
    return usual ?? row.report(name, "missing-data", message);
  }
  const report = row.reportIn(name);
  switch (term.kind) {
    case "number":
      return readNumber(name, text, term, report);
    case "choice":
      return readChoice(name, text, term.choices, report);
    case "observations":
      return readObservations(text, horizon, term, report);
    case "formula":
      return text;
  }
}
