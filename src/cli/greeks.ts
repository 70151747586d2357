import { join, resolve } from "node:path";
import { type Checkpoint, CheckpointUnusable, openCheckpoint } from "../executors/checkpoint.js";
import { engineOf } from "../executors/engine.js";
import { openInlineExecutor } from "../executors/inline.js";
import { withoutCredentials } from "../executors/queue-broker.js";
import { sha256Of } from "../executors/wire.js";
import {
  availableGreeks,
  describeFailure,
  dynamics,
  ESTIMATORS,
  type Executor,
  type Failure,
  GREEK_SETS,
  ladder,
  type PortfolioItem,
  PROFILES,
  passes,
  type RunOptions,
  type RunSummary,
  runBook,
  SAMPLERS,
} from "../index.js";
import { openHighlights } from "../report/highlights.js";
import { commandLine, type Manifest } from "../report/manifest.js";
import { terminalSummary } from "../report/terminal.js";
import type { Format } from "../report/writer.js";
import { hashOfBook, type Inputs, NO_MARKET, openInputs, readInput } from "./inputs.js";
import { EXIT, type Io, UsageError } from "./io.js";
import { choice, greekNames, positiveNumber, share, wholeNumber } from "./option-values.js";
import { type Output, openFiles, openJson } from "./output.js";
import { packageVersion } from "./package-files.js";
import { openProgress } from "./progress.js";
import { queueAddress, usingQueue } from "./worker.js";

/** The options as commander gives them. */
export interface GreeksArguments {
  readonly argv: readonly string[];
  readonly market?: string;
  readonly out?: string;
  readonly models?: string;
  readonly greeks: string;
  readonly estimator: string;
  readonly paths: string;
  readonly batches: string;
  readonly sampler: string;
  readonly seed: string;
  readonly profile: string;
  readonly format: string;
  readonly ladder?: boolean;
  readonly threads?: string;
  readonly queue?: string | true;
  readonly taskSeconds?: string;
  readonly inFlight?: string;
  readonly patience?: string;
  readonly checkpoint?: string;
  readonly precision?: string;
  readonly maxPaths?: string;
  readonly maxSeconds?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const FORMATS: readonly Format[] = ["csv", "markdown", "html", "json"];
/** A ladder shows where a book turns, not the third digit. */
const LADDER_PATHS = 16_384;
/** Failures told on the terminal; all of them are in errors.csv. */
const TOLD = 20;

/** Values a book: the main job. */
export async function runGreeks(
  portfolio: string | undefined,
  args: GreeksArguments,
  io: Io,
): Promise<number> {
  const options = readOptions(args);
  readFormats(args.format);
  const inputs = openInputs(portfolio, args, io);
  const place = await openExecutor(args, io);
  try {
    const checkpoint = await openKept(portfolio, { args, options, executor: place, io });
    try {
      return await valueAndReport(inputs, options, { args, io, executor: checkpoint ?? place });
    } finally {
      checkpoint?.close();
    }
  } finally {
    await place?.close();
  }
}

/** Where the work is done: on a queue's workers, on threads, or, undefined, on the calling thread. */
async function openExecutor(
  args: GreeksArguments,
  io: Io,
): Promise<(Executor & { close(): Promise<void> }) | undefined> {
  const { queue, threads, taskSeconds, inFlight, patience } = args;
  if (queue !== undefined) {
    if (threads !== undefined)
      throw new UsageError("--threads must go without --queue: its workers have threads of their own");
    const { openQueue } = await import("../executors/queue.js");
    return usingQueue(() =>
      openQueue(queueAddress(queue, io), {
        engine: engineOf(packageVersion()),
        ...(taskSeconds !== undefined && { taskSeconds: positiveNumber("--task-seconds", taskSeconds) }),
        ...(inFlight !== undefined && { inFlight: wholeNumber("--in-flight", inFlight, 1) }),
        ...(patience !== undefined && { patience: positiveNumber("--patience", patience) }),
        onTrouble: (message) => io.stderr(`${message}\n`),
      }),
    );
  }
  for (const [option, value] of Object.entries({
    "--task-seconds": taskSeconds,
    "--in-flight": inFlight,
    "--patience": patience,
  }))
    if (value !== undefined) throw new UsageError(`${option} must come with --queue`);
  const count = threads === undefined ? io.threads?.most : wholeNumber("--threads", threads, 1);
  return count === undefined || count === 1 ? undefined : io.threads?.open(count);
}

/** The executor with a checkpoint, where one was asked for. */
async function openKept(
  portfolio: string | undefined,
  {
    args,
    options,
    executor,
    io,
  }: {
    readonly args: GreeksArguments;
    readonly options: RunOptions;
    readonly executor: Executor | undefined;
    readonly io: Io;
  },
): Promise<Checkpoint | undefined> {
  if (args.checkpoint === undefined) return undefined;
  const tell = (message: string) => io.stderr(`${message}\n`);
  const run = sha256Of(
    JSON.stringify({
      engine: engineOf(packageVersion()),
      options,
      market: readInput(resolve(io.cwd, args.market!), args.market!),
      portfolio: await hashOfBook(portfolio!, io),
    }),
  );
  try {
    const checkpoint = openCheckpoint(resolve(io.cwd, args.checkpoint), executor ?? openInlineExecutor(), {
      run,
      onTrouble: tell,
    });
    if (checkpoint.found > 0 && args.quiet !== true)
      tell(`${checkpoint.found} batches of an earlier run are taken from ${args.checkpoint}`);
    return checkpoint;
  } catch (error) {
    if (error instanceof CheckpointUnusable) throw new UsageError(error.message);
    throw error;
  }
}

/** Where results go, and in which form. */
export type ReportArguments = Pick<GreeksArguments, "argv" | "out" | "format" | "json" | "quiet" | "ladder">;

/** Values what was read, and writes the results as they come. */
export async function valueAndReport(
  { reading, items, hashes }: Inputs,
  options: RunOptions & { readonly seed: string },
  {
    args,
    io,
    executor,
  }: { readonly args: ReportArguments; readonly io: Io; readonly executor: Executor | undefined },
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
    const held: PortfolioItem[] = [];
    const summary = await runBook(
      args.ladder ? holding(items(), held) : items(),
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
    const paths = Math.min(options.paths ?? LADDER_PATHS, LADDER_PATHS);
    const few = { ...options, paths, signal: abort.signal };
    const curves =
      args.ladder && !summary.interrupted
        ? {
            paths,
            rows: await ladder(held, market, few, executor),
            passes: await passes(held, market, few, executor),
          }
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
    const run = { summary, highlights: highlights.read(), manifest, ...(curves && { ladder: curves }) };
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

/** Passes items on and keeps them. */
async function* holding(
  items: Iterable<PortfolioItem> | AsyncIterable<PortfolioItem>,
  held: PortfolioItem[],
): AsyncGenerator<PortfolioItem> {
  for await (const item of items) {
    held.push(item);
    yield item;
  }
}

function exitCode(summary: RunSummary, failures: number): number {
  if (summary.interrupted) return EXIT.interrupted;
  if (summary.valuedTrades === 0) return EXIT.nothing;
  return failures > 0 ? EXIT.partial : EXIT.ok;
}

/** The Greeks there are, with their units and the models that give them. */
export function listGreeks(args: { readonly json?: boolean }, io: Io): number {
  const list = availableGreeks(Object.values(dynamics));
  if (args.json) {
    const rows = list.map(({ name, meaning, unit, models }) => ({
      name,
      meaning,
      unit: `currency ${unit}`.trim(),
      models,
    }));
    io.stdout(`${JSON.stringify(rows, null, 2)}\n`);
  } else {
    for (const { name, meaning, unit, models } of list) {
      io.stdout(`${name}: ${meaning} [${`currency ${unit}`.trim()}]; ${models.join(", ")}\n`);
    }
  }
  return EXIT.ok;
}

export function readOptions(args: GreeksArguments): RunOptions & { readonly seed: string } {
  const known = availableGreeks(Object.values(dynamics)).map(({ name }) => name);
  return {
    greeks: greekNames(args.greeks, GREEK_SETS, known),
    estimator: choice("--estimator", args.estimator, ESTIMATORS),
    sampler: choice("--sampler", args.sampler, SAMPLERS),
    profile: choice("--profile", args.profile, PROFILES),
    paths: wholeNumber("--paths", args.paths, 1),
    batches: wholeNumber("--batches", args.batches, 2),
    seed: args.seed,
    ...readPrecision(args),
  };
}

function readPrecision({ precision, maxPaths, maxSeconds }: GreeksArguments) {
  if (precision === undefined && (maxPaths ?? maxSeconds) !== undefined)
    throw new UsageError(
      `${maxPaths === undefined ? "--max-seconds" : "--max-paths"} must come with --precision`,
    );
  return {
    ...(precision !== undefined && { precision: share("--precision", precision) }),
    ...(maxPaths !== undefined && { maxPaths: wholeNumber("--max-paths", maxPaths, 1) }),
    ...(maxSeconds !== undefined && { maxSeconds: positiveNumber("--max-seconds", maxSeconds) }),
  };
}

function readFormats(list: string): readonly Format[] {
  return list.split(",").map((name) => choice("--format", name.trim(), FORMATS));
}
