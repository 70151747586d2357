import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { openParts, openShard, type ShardRun } from "../executors/shards.js";
import { type Failure, type RunOptions, runBook } from "../index.js";
import { type GreeksArguments, readOptions, valueAndReport } from "./greeks.js";
import { type Inputs, inputsOf, modelFolders, NO_MARKET, readInput, sha256Of } from "./inputs.js";
import { EXIT, type Io, UsageError } from "./io.js";
import { wholeNumber } from "./option-values.js";
import { findModel, modelNames, packageVersion } from "./package-files.js";
import { openProgress } from "./progress.js";

const FORMAT = "grecian plan 1";
const MOST_SHARDS = 65_536;
/** Where clusters put the number of a shard: Kubernetes, AWS Batch, Slurm. */
const INDEX_VARIABLES = ["JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX", "SLURM_ARRAY_TASK_ID"];

/** Everything a run needs, in one file: inputs, options, and the version that must run it. */
interface Plan {
  readonly format: typeof FORMAT;
  readonly version: string;
  readonly shards: number;
  readonly options: RunOptions & { readonly seed: string };
  readonly portfolio: { readonly name: string; readonly text: string };
  readonly market: { readonly name: string; readonly text: string };
  readonly models: Readonly<Record<string, { readonly text: string; readonly file: string }>>;
}

/** What a shard has run: batch means as base64 of little-endian doubles. */
interface Part {
  /** SHA-256 of the plan file. */
  readonly plan: string;
  readonly shard: number;
  readonly runs: readonly Readonly<Record<string, string>>[];
  /** SHA-256 of `runs`, so that a part that was cut or changed is known. */
  readonly sha256: string;
}

type Common = Pick<GreeksArguments, "market" | "models"> & Omit<GreeksArguments, "threads" | "json">;

/** `grecian plan`: writes the plan of a run in shards. */
export async function writePlan(
  portfolio: string,
  args: Common & { readonly shards: string; readonly out: string },
  io: Io,
): Promise<number> {
  const shards = wholeNumber("--shards", args.shards, 1);
  const options = readOptions(args as unknown as GreeksArguments);
  const batches = options.batches ?? 128;
  if (shards > Math.min(MOST_SHARDS, batches))
    throw new UsageError(`--shards must be at most the number of batches ${batches}, got ${shards}`);
  if (args.market === undefined) throw new UsageError("--market must name the market file");
  const marketPath = resolve(io.cwd, args.market);
  const marketText = readInput(marketPath, args.market);
  const folders = modelFolders(args, marketPath, io);
  const models: Record<string, { text: string; file: string }> = {};
  for (const name of modelNames(folders)) {
    const found = findModel(folders, name);
    if (found !== undefined && marketText.includes(`"${name}"`))
      models[name] = { text: found.text, file: basename(found.file) };
  }
  const text = portfolio === "-" ? await textOf(io.stdin) : readInput(resolve(io.cwd, portfolio), portfolio);
  const plan: Plan = {
    format: FORMAT,
    version: packageVersion(),
    shards,
    options,
    portfolio: { name: portfolio, text },
    market: { name: args.market, text: marketText },
    models,
  };
  writeWhole(resolve(io.cwd, args.out), `${JSON.stringify(plan, null, 1)}\n`);
  if (!args.quiet) io.stdout(`wrote ${args.out}: ${shards} shards, ${batches} batches\n`);
  return EXIT.ok;
}

/** `grecian run`: one shard of a plan. */
export async function runShard(
  file: string,
  args: { readonly shard?: string; readonly out: string; readonly quiet?: boolean },
  io: Io,
): Promise<number> {
  const { plan, hash } = readPlan(file, io);
  const shard = shardIndex(args.shard, plan, io);
  const abort = new AbortController();
  const release = io.onInterrupt(() => abort.abort());
  const progress = openProgress(io, args.quiet === true);
  const executor = openShard(shard, plan.shards);
  const { reading, items } = inputsFrom(plan);
  const calculation: Failure[] = [];
  try {
    const summary = await runBook(
      items(),
      reading.market ?? NO_MARKET,
      { ...plan.options, signal: abort.signal, onProgress: progress.show },
      {
        trade: () => undefined,
        // Faults of the inputs are told by the merge; one of the calculation would be missing from it.
        failure: (failure) => void (failure.reason === "calculation-failed" && calculation.push(failure)),
      },
      executor,
    );
    progress.clear();
    if (summary.interrupted) {
      io.stderr("interrupted: no part was written\n");
      return EXIT.interrupted;
    }
    const broken = calculation.find(({ message }) => message.startsWith("the simulation failed"));
    if (broken !== undefined) throw new UsageError(`${broken.tradeId ?? ""}: ${broken.message}`);
    const runs = executor.runs.map(({ batches }) =>
      Object.fromEntries([...batches].map(([batch, means]) => [batch, base64Of(means)])),
    );
    const part: Part = { plan: hash, shard, runs, sha256: sha256Of(JSON.stringify(runs)) };
    writeWhole(resolve(io.cwd, args.out), `${JSON.stringify(part)}\n`);
    if (!args.quiet) io.stdout(`wrote ${args.out}: shard ${shard} of ${plan.shards}\n`);
    return EXIT.ok;
  } finally {
    progress.clear();
    release();
  }
}

/** `grecian merge`: the files that one machine would have written. */
export async function mergeParts(
  file: string,
  folder: string,
  args: Pick<GreeksArguments, "argv" | "out" | "format" | "json" | "quiet">,
  io: Io,
): Promise<number> {
  const { plan, hash } = readPlan(file, io);
  const parts = readParts(folder, plan, hash, io);
  return valueAndReport(inputsFrom(plan), plan.options, { args, io, executor: openParts(parts) });
}

function readPlan(file: string, io: Io): { readonly plan: Plan; readonly hash: string } {
  const text = readInput(resolve(io.cwd, file), file);
  const plan = parsed(text, file) as Plan;
  if (plan?.format !== FORMAT) throw new UsageError(`${file} must be a plan that grecian plan wrote`);
  if (plan.version !== packageVersion())
    throw new UsageError(`${file} must be run by version ${plan.version}, this is ${packageVersion()}`);
  return { plan, hash: sha256Of(text) };
}

/** The parts, each checked; throws a UsageError that names those that are wrong, missing or there twice. */
function readParts(folder: string, plan: Plan, hash: string, io: Io) {
  const path = resolve(io.cwd, folder);
  let names: string[];
  try {
    names = readdirSync(path)
      .filter((name) => name.endsWith(".json"))
      .sort();
  } catch {
    throw new UsageError(`${folder} must be a folder of parts`);
  }
  const byShard = new Map<number, { name: string; runs: readonly ShardRun[] }>();
  const faults: string[] = [];
  for (const name of names) {
    const part = partOf(join(path, name), name, plan, hash);
    if (typeof part === "string") faults.push(part);
    else if (byShard.has(part.shard))
      faults.push(`${name}: shard ${part.shard} is in ${byShard.get(part.shard)!.name} too`);
    else byShard.set(part.shard, { name, runs: part.runs });
  }
  const missing = Array.from({ length: plan.shards }, (_, shard) => shard).filter(
    (shard) => !byShard.has(shard),
  );
  if (missing.length > 0) faults.push(`no part of shard ${missing.join(", ")}`);
  if (faults.length > 0) throw new UsageError(`the parts cannot be merged: ${faults.join("; ")}`);
  return [...byShard.values()];
}

function partOf(path: string, name: string, plan: Plan, hash: string) {
  let part: Part;
  try {
    part = parsed(readFileSync(path, "utf8"), name) as Part;
  } catch (error) {
    return error instanceof UsageError ? error.message : `${name}: it cannot be read`;
  }
  if (part?.plan === undefined || !Array.isArray(part.runs)) return `${name}: it is not a part`;
  if (part.plan !== hash) return `${name}: it belongs to another plan`;
  if (!Number.isInteger(part.shard) || part.shard < 0 || part.shard >= plan.shards)
    return `${name}: shard must be from 0 to ${plan.shards - 1}, got ${part.shard}`;
  if (sha256Of(JSON.stringify(part.runs)) !== part.sha256) return `${name}: it was changed or cut`;
  const runs = part.runs.map(
    (run): ShardRun => ({
      batches: new Map(Object.entries(run).map(([batch, text]) => [Number(batch), doublesOf(String(text))])),
    }),
  );
  return { shard: part.shard, runs };
}

function shardIndex(given: string | undefined, plan: Plan, io: Io): number {
  const variable = INDEX_VARIABLES.find((name) => io.env?.[name] !== undefined);
  const text = given ?? (variable === undefined ? undefined : io.env?.[variable]);
  if (text === undefined)
    throw new UsageError(`--shard must be given, or one of ${INDEX_VARIABLES.join(", ")} be set`);
  const shard = wholeNumber(given === undefined ? variable! : "--shard", text, 0);
  if (shard >= plan.shards)
    throw new UsageError(`--shard must be from 0 to ${plan.shards - 1}, got ${shard}`);
  return shard;
}

function inputsFrom({ portfolio, market, models }: Plan): Inputs {
  async function* chunks() {
    yield new TextEncoder().encode(portfolio.text);
  }
  return inputsOf({
    portfolio: { name: portfolio.name, chunks: chunks() },
    sha256: () => sha256Of(portfolio.text),
    market,
    models: {
      find: (name) => (Object.hasOwn(models, name) ? models[name] : undefined),
      names: Object.keys(models),
    },
  });
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${name}: it is not whole JSON`);
  }
}

/** Beside its name and then moved there: a file of that name is whole. */
function writeWhole(path: string, text: string): void {
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}`);
  try {
    writeFileSync(beside, text);
    renameSync(beside, path);
  } catch (error) {
    throw new UsageError(`${path} cannot be written: ${(error as Error).message}`);
  }
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function base64Of(numbers: Float64Array): string {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString("base64");
}

function doublesOf(text: string): Float64Array<ArrayBuffer> {
  const bytes = Buffer.from(text, "base64");
  const numbers = new Float64Array(Math.floor(bytes.length / 8));
  new Uint8Array(numbers.buffer).set(bytes.subarray(0, numbers.byteLength));
  return numbers;
}
