import {
  type Executor,
  type GreeksOfBook,
  LADDER_TRADES,
  ladderAndPasses,
  type RunOptions,
} from "../index.js";
import { drawingsOf } from "../report/drawings.js";
import { openHighlights } from "../report/highlights.js";
import { commandLine } from "../report/manifest.js";
import { openWriter } from "../report/writer.js";
import type { BookText } from "./book-text.js";
import type { DeskOptions } from "./desk-views.js";
import type { MarketText } from "./market-text.js";

/** A whole run of the book, with what it was made of. */
export interface FinishedRun extends GreeksOfBook {
  readonly options: DeskOptions;
  readonly startedAt: Date;
  readonly seconds: number;
  readonly book: BookText;
  readonly market: MarketText;
}

/** The options of a pass: precision is for the last one. */
export function runOptions(
  options: DeskOptions,
  paths: number,
  isLast: boolean,
): RunOptions & { seed: string } {
  const { precision, ...rest } = options;
  return { ...rest, paths, ...(isLast && precision !== null && { precision }) };
}

/** The images that the command line writes beside report.md. */
export function imagesOf({ summary }: FinishedRun): readonly string[] {
  return drawingsOf({ summary }).flatMap(({ books }) => books.map(({ file }) => file));
}

/** One of the files that the command line writes; the page among them has a ladder, from runs that it takes now. */
export async function reportFile(name: string, run: FinishedRun, executor: Executor): Promise<Blob> {
  const ladder = name === "report.html" ? await ladderOf(run, executor) : undefined;
  const pieces: string[] = [];
  const writer = openWriter(["csv", "markdown", "html", "json"], run.options.seed, (file, text) => {
    if (file === name) pieces.push(text);
  });
  const highlights = openHighlights();
  for (const failure of [...run.market.reading.failures, ...run.failures]) {
    highlights.failure(failure);
    writer.failure(failure);
  }
  for (const result of run.results) {
    highlights.trade(result);
    writer.trade(result);
  }
  writer.finish({
    summary: run.summary,
    highlights: highlights.read(),
    ...(ladder && { ladder }),
    manifest: {
      command: commandOf(run, name),
      version: VERSION,
      runtime: browserName(),
      inputs: [
        { file: run.book.name, sha256: await sha256(run.book.text) },
        { file: run.market.name, sha256: await sha256(run.market.text) },
      ],
      options: { ...runOptions(run.options, run.options.paths, true) },
      startedAt: run.startedAt.toISOString(),
      seconds: run.seconds,
    },
  });
  return new Blob(pieces);
}

/** None for a book for which the command line draws none either. */
async function ladderOf({ book, market, options }: FinishedRun, executor: Executor) {
  const { market: valued } = market.reading;
  if (valued === undefined || book.items.length > LADDER_TRADES) return undefined;
  return ladderAndPasses(book.items, valued, runOptions(options, options.paths, true), executor);
}

/** The command that gives the same bits. */
function commandOf({ options, book, market }: FinishedRun, file: string): string {
  const { greeks, estimator, paths, precision, sampler, profile, seed } = options;
  return commandLine([
    ...["grecian", "greeks", book.name, "--market", market.name, "--greeks", greeks],
    ...["--estimator", estimator, "--paths", String(paths), "--sampler", sampler, "--seed", seed],
    ...["--profile", profile],
    ...(precision === null ? [] : ["--precision", String(precision)]),
    ...(file === "report.html" ? ["--format", "html"] : file === "results.json" ? ["--format", "json"] : []),
  ]);
}

function browserName(): string {
  const [name] = /(Firefox|Edg|Chrome|Version)\/[\d.]+/.exec(globalThis.navigator?.userAgent ?? "") ?? [
    "a browser",
  ];
  return name.replace("/", " ").replace("Version", "Safari");
}

/** Where the page has no cryptography, the files go without their hash. */
async function sha256(text: string): Promise<string> {
  if (globalThis.crypto?.subtle === undefined) return "not computed";
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
