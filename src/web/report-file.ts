import type { GreeksOfBook, RunOptions } from "../index.js";
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

/** One of the files that the command line writes. */
export async function reportFile(name: string, run: FinishedRun): Promise<Blob> {
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
    manifest: {
      command: commandOf(run),
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

/** The command that gives the same bits. */
function commandOf({ options, book, market }: FinishedRun): string {
  const { greeks, estimator, paths, precision, sampler, profile, seed } = options;
  return commandLine([
    ...["grecian", "greeks", book.name, "--market", market.name, "--greeks", greeks],
    ...["--estimator", estimator, "--paths", String(paths), "--sampler", sampler, "--seed", seed],
    ...["--profile", profile],
    ...(precision === null ? [] : ["--precision", String(precision)]),
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
