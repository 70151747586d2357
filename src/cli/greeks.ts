import { createHash } from "node:crypto";
import { createReadStream, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import {
  availableGreeks,
  describeFailure,
  dynamics,
  ESTIMATORS,
  type Failure,
  GREEK_SETS,
  type PortfolioItem,
  PROFILES,
  products,
  type RunOptions,
  type RunSummary,
  readMarket,
  readPortfolio,
  runBook,
  SAMPLERS,
} from "../index.js";
import { openHighlights } from "../report/highlights.js";
import type { Manifest } from "../report/manifest.js";
import { terminalSummary } from "../report/terminal.js";
import { EXIT, type Io, UsageError } from "./io.js";
import { choice, wholeNumber } from "./option-values.js";
import { type Format, type Output, openFiles, openJson } from "./output.js";
import { findModel, modelNames, ownModels, packageVersion } from "./package-files.js";
import { openProgress } from "./progress.js";

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
  readonly threads: string;
  readonly precision?: string;
  readonly maxPaths?: string;
  readonly maxSeconds?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const FORMATS: readonly Format[] = ["csv", "markdown", "json"];
/** Failures told on the terminal; all of them are in errors.csv. */
const TOLD = 20;

/** Values a book: the main job. */
export async function runGreeks(
  portfolio: string | undefined,
  args: GreeksArguments,
  io: Io,
): Promise<number> {
  if (portfolio === undefined)
    throw new UsageError("a portfolio must be named: a CSV file, or - for standard input");
  if (args.market === undefined) throw new UsageError("--market must name the market file");
  refuseWhatIsToCome(args);
  const options = readOptions(args);
  const formats = readFormats(args.format);

  const startedAt = new Date();
  const marketPath = resolve(io.cwd, args.market);
  const marketText = readInput(marketPath, args.market);
  const book = openBook(portfolio, io);
  const folders = modelFolders(args, marketPath, io);
  const reading = readMarket(marketText, {
    file: args.market,
    dynamics,
    models: (name) => findModel(folders, name),
    modelNames: modelNames(folders),
  });

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
    const { market } = reading;
    const items: AsyncIterable<PortfolioItem> | PortfolioItem[] =
      market === undefined
        ? []
        : readPortfolio(book.chunks, {
            file: portfolio === "-" ? "standard input" : portfolio,
            valuationDate: market.valuationDate,
            underlyings: market.underlyings,
            unusable: reading.unusable,
            products,
          });
    const noMarket = { valuationDate: "1970-01-01", dayCount: "act/365f", underlyings: new Map() } as const;
    const summary = await runBook(
      items,
      market ?? noMarket,
      { ...options, signal: abort.signal, onProgress: progress.show },
      {
        async trade(result) {
          highlights.trade(result);
          for (const output of outputs) await output.trade(result);
        },
        failure: tell,
      },
    );
    progress.clear();
    if (failures > TOLD) {
      io.stderr(
        `and ${failures - TOLD} more${outputs.some(({ names }) => names.length > 0) ? ", see errors.csv" : ""}\n`,
      );
    }

    const manifest: Manifest = {
      command: ["grecian", ...args.argv].map(shellWord).join(" "),
      version: packageVersion(),
      runtime: `Node ${process.version}`,
      inputs: [
        { file: portfolio, sha256: book.sha256() },
        { file: args.market, sha256: createHash("sha256").update(marketText).digest("hex") },
      ],
      options: { ...options },
      startedAt: startedAt.toISOString(),
      seconds: (Date.now() - startedAt.getTime()) / 1000,
    };
    const run = { summary, highlights: highlights.read(), manifest };
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

function refuseWhatIsToCome(args: GreeksArguments): void {
  for (const [name, value] of [
    ["--precision", args.precision],
    ["--max-paths", args.maxPaths],
    ["--max-seconds", args.maxSeconds],
  ]) {
    if (value !== undefined) throw new UsageError(`${name} is not available in this version`);
  }
  if (args.threads !== "1") throw new UsageError(`--threads must be 1 in this version, got ${args.threads}`);
}

function readOptions(args: GreeksArguments): RunOptions & { readonly seed: string } {
  const names = args.greeks.split(",").map((name) => name.trim());
  const greeks = GREEK_SETS.find((set) => set === args.greeks);
  const known = availableGreeks(Object.values(dynamics)).map(({ name }) => name);
  if (greeks === undefined) for (const name of names) choice("--greeks", name, [...GREEK_SETS, ...known]);
  return {
    greeks: greeks ?? names,
    estimator: choice("--estimator", args.estimator, ESTIMATORS),
    sampler: choice("--sampler", args.sampler, SAMPLERS),
    profile: choice("--profile", args.profile, PROFILES),
    paths: wholeNumber("--paths", args.paths, 1),
    batches: wholeNumber("--batches", args.batches, 2),
    seed: args.seed,
  };
}

function readFormats(list: string): readonly Format[] {
  return list.split(",").map((name) => choice("--format", name.trim(), FORMATS));
}

/** `models` beside the market file, then the package's own; or the folder that was named, then the package's own. */
function modelFolders(args: GreeksArguments, marketPath: string, io: Io): readonly string[] {
  const first =
    args.models === undefined ? join(dirname(marketPath), "models") : resolve(io.cwd, args.models);
  return [first, ownModels];
}

function readInput(path: string, name: string): string {
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

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EACCES") return "permission denied";
  return code === "EISDIR" ? "it is a folder" : message;
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
