import { createHash } from "node:crypto";
import { closeSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { engineOf } from "../executors/engine.js";
import { openFileLines } from "../executors/file-lines.js";
import { openParts, openShard, type PartReader, type ShardRun } from "../executors/shards.js";
import { base64Of, doublesOf, sha256Of } from "../executors/wire.js";
import { type Failure, type RunOptions, runBook } from "../index.js";
import { type GreeksArguments, readOptions, valueAndReport } from "./greeks.js";
import { type Inputs, inputsOf, modelFolders, NO_MARKET, readInput } from "./inputs.js";
import { EXIT, type Io, UsageError } from "./io.js";
import { wholeNumber } from "./option-values.js";
import { findModel, modelNames, packageVersion } from "./package-files.js";
import { openProgress } from "./progress.js";

const FORMAT = "grecian plan 2";
const MOST_SHARDS = 65_536;
/** Where clusters put the number of a shard: Kubernetes, AWS Batch, Slurm. */
const INDEX_VARIABLES = ["JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX", "SLURM_ARRAY_TASK_ID"];

/** Everything a run needs, in one file: inputs, options, and the version that must run it. */
interface Plan {
  readonly format: typeof FORMAT;
  readonly engine: string;
  readonly shards: number;
  readonly options: RunOptions & { readonly seed: string };
  readonly portfolio: { readonly name: string; readonly text: string };
  readonly market: { readonly name: string; readonly text: string };
  readonly models: Readonly<Record<string, { readonly text: string; readonly file: string }>>;
}

/**
 * A part is lines of JSON, so that neither a shard nor the merge holds it whole: a head, a line per simulation (batch means under
 * their numbers, as base64 of little-endian doubles), and a foot with the SHA-256 of what is before it.
 */
interface PartHead {
  /** SHA-256 of the plan file. */
  readonly plan: string;
  readonly shard: number;
}

interface PartFoot {
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
    engine: engineOf(packageVersion()),
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
  const part = openPart(resolve(io.cwd, args.out), args.out, { plan: hash, shard });
  const executor = openShard(shard, plan.shards, part.write);
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
    part.keep();
    if (!args.quiet) io.stdout(`wrote ${args.out}: shard ${shard} of ${plan.shards}\n`);
    return EXIT.ok;
  } finally {
    part.discard();
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
  const engine = engineOf(packageVersion());
  if (plan.engine !== engine)
    throw new UsageError(`${file} must be run by version ${plan.engine}, this is ${engine}`);
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
  const byShard = new Map<number, PartReader>();
  const faults: string[] = [];
  for (const name of names) {
    const part = partOf(join(path, name), name, plan, hash);
    if (typeof part === "string") faults.push(part);
    else if (byShard.has(part.shard))
      faults.push(`${name}: shard ${part.shard} is in ${byShard.get(part.shard)!.name} too`);
    else byShard.set(part.shard, part);
  }
  const missing = Array.from({ length: plan.shards }, (_, shard) => shard).filter(
    (shard) => !byShard.has(shard),
  );
  if (missing.length > 0) faults.push(`no part of shard ${missing.join(", ")}`);
  if (faults.length > 0) throw new UsageError(`the parts cannot be merged: ${faults.join("; ")}`);
  return [...byShard.values()];
}

/** A part that is whole, or what is wrong with it. Reads it once, line by line, for its hash. */
function partOf(
  path: string,
  name: string,
  plan: Plan,
  hash: string,
): (PartReader & { readonly shard: number }) | string {
  try {
    const lines = openFileLines(path);
    const first = lines.next();
    const head = (first === null ? undefined : parsed(first, name)) as PartHead | undefined;
    if (typeof head?.plan !== "string") return `${name}: it is not a part`;
    if (head.plan !== hash) return `${name}: it belongs to another plan`;
    const { shard } = head;
    if (!Number.isInteger(shard) || shard < 0 || shard >= plan.shards)
      return `${name}: shard must be from 0 to ${plan.shards - 1}, got ${shard}`;
    const { offset } = lines;
    const seen = createHash("sha256").update(`${first}\n`);
    let foot: string | undefined;
    for (let line = lines.next(); line !== null; line = lines.next()) {
      if (foot !== undefined) seen.update(`${foot}\n`);
      foot = line;
    }
    if (foot !== JSON.stringify({ sha256: seen.digest("hex") } satisfies PartFoot))
      return `${name}: it was changed or cut`;
    const runs = openFileLines(path, offset);
    return { name, shard, next: () => runOf(runs.next()) };
  } catch (error) {
    return error instanceof UsageError ? error.message : `${name}: it cannot be read`;
  }
}

function runOf(line: string | null): ShardRun | undefined {
  const run = JSON.parse(line ?? "{}") as Record<string, string>;
  if (line === null || "sha256" in run) return undefined;
  return {
    batches: new Map(Object.entries(run).map(([batch, text]) => [Number(batch), doublesOf(text)])),
  };
}

/** Writes a part as its simulations end, beside its name, and moves it there when it is whole. */
function openPart(path: string, name: string, head: PartHead) {
  const beside = besideOf(path);
  const hash = createHash("sha256");
  const attempt = <T>(act: () => T): T => {
    try {
      return act();
    } catch (error) {
      throw new UsageError(`${name} cannot be written: ${(error as Error).message}`);
    }
  };
  const line = (data: object) => {
    const text = `${JSON.stringify(data)}\n`;
    hash.update(text);
    attempt(() => writeFileSync(file, text));
  };
  const file = attempt(() => openSync(beside, "w"));
  let isOpen = true;
  line(head);
  return {
    write: ({ batches }: ShardRun) =>
      line(Object.fromEntries([...batches].map(([batch, means]) => [batch, base64Of(means)]))),
    keep() {
      const foot: PartFoot = { sha256: hash.digest("hex") };
      attempt(() => {
        writeFileSync(file, `${JSON.stringify(foot)}\n`);
        closeSync(file);
        isOpen = false;
        renameSync(beside, path);
      });
    },
    /** Leaves nothing behind, unless it was kept. */
    discard() {
      if (isOpen) closeSync(file);
      isOpen = false;
      rmSync(beside, { force: true });
    },
  };
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
  const beside = besideOf(path);
  try {
    writeFileSync(beside, text);
    renameSync(beside, path);
  } catch (error) {
    throw new UsageError(`${path} cannot be written: ${(error as Error).message}`);
  }
}

function besideOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}`);
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
