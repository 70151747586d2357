import { basename, resolve } from "node:path";
import { openParts, openShard } from "../executors/shards.js";
import { type Failure, runBook } from "../index.js";
import { type InputArguments, modelFolders, NO_MARKET, readInput } from "./inputs.js";
import { EXIT, type Io, UsageError } from "./io.js";
import { wholeNumber } from "./option-values.js";
import { findModel, modelNames } from "./package-files.js";
import { openPart, readParts } from "./part-files.js";
import { inputsFrom, keepPlan, type Plan, readPlan } from "./plan-file.js";
import { openProgress } from "./progress.js";
import { type RunArguments, readOptions } from "./run-options.js";
import { type ReportArguments, valueAndReport } from "./value-and-report.js";

const MOST_SHARDS = 65_536;
/** Where clusters put the number of a shard: Kubernetes, AWS Batch, Slurm. */
const INDEX_VARIABLES = ["JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX", "SLURM_ARRAY_TASK_ID"];

export interface PlanArguments extends InputArguments, RunArguments {
  readonly shards: string;
  readonly out: string;
  readonly quiet?: boolean;
}

/** `grecian plan`: writes the plan of a run in shards. */
export async function writePlan(portfolio: string, args: PlanArguments, io: Io): Promise<number> {
  const shards = wholeNumber("--shards", args.shards, 1);
  const options = readOptions(args);
  const { batches } = options;
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
  keepPlan(resolve(io.cwd, args.out), {
    shards,
    options,
    portfolio: { name: portfolio, text },
    market: { name: args.market, text: marketText },
    models,
  });
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
  args: ReportArguments,
  io: Io,
): Promise<number> {
  const { plan, hash } = readPlan(file, io);
  const parts = readParts(resolve(io.cwd, folder), folder, { hash, shards: plan.shards });
  return valueAndReport(inputsFrom(plan), plan.options, {
    ...{ args, io, executor: openParts(parts) },
    // No part has the runs of a ladder.
    extras: undefined,
  });
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

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
