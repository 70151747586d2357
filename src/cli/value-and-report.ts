import { join, resolve } from "node:path";
import { withoutCredentials } from "../executors/queue-broker.js";
import {
  describeFailure,
  type Executor,
  type Failure,
  LADDER_TRADES,
  ladderAndPasses,
  type PortfolioItem,
  type RunOptions,
  type RunSummary,
  runBook,
} from "../index.js";
import { openHighlights } from "../report/highlights.js";
import { commandLine, type Manifest } from "../report/manifest.js";
import { terminalSummary } from "../report/terminal.js";
import type { Format } from "../report/writer.js";
import { type Inputs, NO_MARKET } from "./inputs.js";
import { EXIT, type Io } from "./io.js";
import { choice } from "./option-values.js";
import { type Output, openFiles, openJson } from "./output.js";
import { packageVersion } from "./package-files.js";
import { openProgress } from "./progress.js";

const FORMATS: readonly Format[] = ["csv", "markdown", "html", "json"];
/** Failures told on the terminal; all of them are in errors.csv. */
const TOLD = 20;

/** Where results go, and in which form. */
export interface ReportArguments {
  readonly argv: readonly string[];
  readonly out?: string;
  readonly format: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly ladder?: boolean;
}

/** Values what was read, and writes the results as they come. */
export async function valueAndReport(
  { reading, items, hashes }: Inputs,
  options: RunOptions & { readonly seed: string },
  {
    args,
    io,
    executor,
    extras,
  }: {
    readonly args: ReportArguments;
    readonly io: Io;
    readonly executor: Executor | undefined;
    /** What carries out the extra runs of a ladder; undefined is the calling thread. */
    readonly extras: Executor | undefined;
  },
): Promise<number> {
  const formats = readFormats(args.format);
  const startedAt = new Date();
  const abort = new AbortController();
  const release = io.onInterrupt(() => abort.abort());
  const progress = openProgress(io, args.quiet === true || args.json === true);
  const highlights = openHighlights();
  const outputs: Output[] = [];
  if (args.json) outputs.push(openJson(io.stdout));
  if (!args.json || args.out !== undefined) {
    outputs.push(openFiles(resolve(io.cwd, args.out ?? "reports"), formats, options.seed));
  }

  let failures = 0;
  const tell = async (failure: Failure) => {
    failures++;
    highlights.failure(failure);
    if (failures <= TOLD) {
      progress.clear();
      io.stderr(`${describeFailure(failure)}\n`);
    }
    for (const output of outputs) await output.failure(failure);
  };

  try {
    for (const failure of reading.failures) await tell(failure);
    const market = reading.market ?? NO_MARKET;
    const isPage = outputs.some(({ names }) => names.includes("report.html"));
    const unlessTold = isPage ? LADDER_TRADES : 0;
    const most = args.ladder === undefined ? unlessTold : args.ladder ? Number.POSITIVE_INFINITY : 0;
    const held: PortfolioItem[] = [];
    const summary = await runBook(
      holding(items(), held, most),
      market,
      { ...options, signal: abort.signal, onProgress: progress.show },
      {
        async trade(result) {
          highlights.trade(result);
          for (const output of outputs) await output.trade(result);
        },
        failure: tell,
      },
      executor,
    );
    const ladder =
      held.length > 0 && !summary.interrupted
        ? await ladderAndPasses(held, market, { ...options, signal: abort.signal }, extras)
        : undefined;
    progress.clear();
    if (failures > TOLD) {
      io.stderr(
        `and ${failures - TOLD} more${outputs.some(({ names }) => names.length > 0) ? ", see errors.csv" : ""}\n`,
      );
    }

    const manifest: Manifest = {
      command: commandLine(["grecian", ...args.argv.map(withoutCredentials)]),
      version: packageVersion(),
      runtime: `Node ${process.version}`,
      inputs: hashes(),
      options: { ...options },
      startedAt: startedAt.toISOString(),
      seconds: (Date.now() - startedAt.getTime()) / 1000,
    };
    const run = { summary, highlights: highlights.read(), manifest, ...(ladder && { ladder }) };
    for (const output of outputs) await output.finish(run);
    if (!args.quiet && !args.json) {
      io.stdout(terminalSummary(run));
      io.stdout(
        `\n${outputs
          .flatMap(({ names }) => names)
          .map((name) => `wrote ${join(args.out ?? "reports", name)}\n`)
          .join("")}`,
      );
    }
    return exitCode(summary, failures);
  } catch (error) {
    for (const output of outputs) output.discard();
    throw error;
  } finally {
    progress.clear();
    release();
  }
}

/** Passes items on and keeps them; none where there are more than so many. */
async function* holding(
  items: Iterable<PortfolioItem> | AsyncIterable<PortfolioItem>,
  held: PortfolioItem[],
  most: number,
): AsyncGenerator<PortfolioItem> {
  let count = 0;
  for await (const item of items) {
    if (++count <= most) held.push(item);
    else held.length = 0;
    yield item;
  }
}

function exitCode(summary: RunSummary, failures: number): number {
  if (summary.interrupted) return EXIT.interrupted;
  if (summary.valuedTrades === 0) return EXIT.nothing;
  return failures > 0 ? EXIT.partial : EXIT.ok;
}

/** Throws UsageError for a format that is none. */
export function readFormats(list: string): readonly Format[] {
  return list.split(",").map((name) => choice("--format", name.trim(), FORMATS));
}
