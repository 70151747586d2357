import { createHash } from "node:crypto";
import { createReadStream, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { sha256Of } from "../executors/wire.js";
import {
  dynamics,
  type Market,
  type MarketReading,
  type PortfolioItem,
  products,
  readMarket,
  readPortfolio,
} from "../index.js";
import { type Io, UsageError } from "./io.js";
import { findModel, modelNames, ownModels } from "./package-files.js";

export interface InputArguments {
  readonly market?: string;
  readonly models?: string;
}

/** The files of a run. */
export interface Inputs {
  /** The market, or what is wrong with it. */
  readonly reading: MarketReading;
  /** The book, row by row as it streams; nothing without a market. To be read once. */
  items(): AsyncIterable<PortfolioItem> | readonly PortfolioItem[];
  /** What was read, once it has been. */
  hashes(): readonly { readonly file: string; readonly sha256: string }[];
}

/** Stands in for a market that could not be read: no trade finds its underlying there. */
export const NO_MARKET: Market = {
  valuationDate: "1970-01-01",
  dayCount: "act/365f",
  underlyings: new Map(),
};

/** Finds the files; throws UsageError for those that are not there. */
export function openInputs(portfolio: string | undefined, args: InputArguments, io: Io): Inputs {
  if (portfolio === undefined)
    throw new UsageError("a portfolio must be named: a CSV file, or - for standard input");
  const { market: marketFile } = args;
  if (marketFile === undefined) throw new UsageError("--market must name the market file");
  const marketPath = resolve(io.cwd, marketFile);
  const marketText = readInput(marketPath, marketFile);
  const book = openBook(portfolio, io);
  const folders = modelFolders(args, marketPath, io);
  return inputsOf({
    portfolio: { name: portfolio, chunks: book.chunks },
    sha256: book.sha256,
    market: { name: marketFile, text: marketText },
    models: { find: (name) => findModel(folders, name), names: modelNames(folders) },
  });
}

/** What a run reads, wherever it comes from. */
export interface Sources {
  readonly portfolio: { readonly name: string; readonly chunks: AsyncIterable<Uint8Array> };
  /** Of the portfolio, once it has been read. */
  sha256(): string;
  readonly market: { readonly name: string; readonly text: string };
  readonly models: {
    find(name: string): { text: string; file: string } | undefined;
    readonly names: readonly string[];
  };
}

export function inputsOf({ portfolio, sha256, market: file, models }: Sources): Inputs {
  const reading = readMarket(file.text, {
    file: file.name,
    dynamics,
    models: models.find,
    modelNames: models.names,
  });
  const { market } = reading;
  return {
    reading,
    items: () =>
      market === undefined
        ? []
        : readPortfolio(portfolio.chunks, {
            file: portfolio.name === "-" ? "standard input" : portfolio.name,
            valuationDate: market.valuationDate,
            underlyings: market.underlyings,
            unusable: reading.unusable,
            products,
          }),
    hashes: () => [
      { file: portfolio.name, sha256: sha256() },
      { file: file.name, sha256: sha256Of(file.text) },
    ],
  };
}

/** `models` beside the market file, then the package's own; or the folder that was named, then the package's own. */
export function modelFolders(args: InputArguments, marketPath: string, io: Io): readonly string[] {
  const first =
    args.models === undefined ? join(dirname(marketPath), "models") : resolve(io.cwd, args.models);
  return [first, ownModels];
}

export function readInput(path: string, name: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`${name} cannot be read: ${reasonOf(error)}`);
  }
}

/** The portfolio's bytes as they stream, and their hash once they are through. */
function openBook(
  portfolio: string,
  io: Io,
): { readonly chunks: AsyncIterable<Uint8Array>; sha256(): string } {
  const path = resolve(io.cwd, portfolio);
  if (portfolio !== "-") {
    try {
      if (statSync(path).isDirectory()) throw new Error("it is a folder");
    } catch (error) {
      throw new UsageError(`${portfolio} cannot be read: ${reasonOf(error)}`);
    }
  }
  const hash = createHash("sha256");
  const source: AsyncIterable<Uint8Array> = portfolio === "-" ? io.stdin : createReadStream(path);
  async function* hashed() {
    for await (const chunk of source) {
      hash.update(chunk);
      yield chunk;
    }
  }
  return { chunks: hashed(), sha256: () => hash.digest("hex") };
}

/** SHA-256 of a book that is a file; nothing of one that streams in. */
export async function hashOfBook(portfolio: string, io: Io): Promise<string | null> {
  if (portfolio === "-") return null;
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(resolve(io.cwd, portfolio))) hash.update(chunk);
  return hash.digest("hex");
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EACCES") return "permission denied";
  return code === "EISDIR" ? "it is a folder" : message;
}
