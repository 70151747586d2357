import { resolve } from "node:path";
import { type Checkpoint, CheckpointUnusable, openCheckpoint } from "../executors/checkpoint.js";
import { engineOf } from "../executors/engine.js";
import { openInlineExecutor } from "../executors/inline.js";
import { sha256Of } from "../executors/wire.js";
import type { Executor, RunOptions } from "../index.js";
import { hashOfBook, type InputArguments, readInput } from "./inputs.js";
import { type Io, UsageError } from "./io.js";
import { positiveNumber, wholeNumber } from "./option-values.js";
import { packageVersion } from "./package-files.js";
import { queueAddress, usingQueue } from "./worker.js";

/** The options that say where the work is done, and whether it is kept: they do not make the numbers. */
export interface ExecutorArguments {
  readonly threads?: string;
  readonly queue?: string | true;
  readonly taskSeconds?: string;
  readonly inFlight?: string;
  readonly patience?: string;
  readonly checkpoint?: string;
  readonly quiet?: boolean;
}

/** Where the work is done: on a queue's workers, on threads, or, undefined, on the calling thread. */
export async function openExecutor(
  args: ExecutorArguments,
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
export async function openKept(
  portfolio: string,
  {
    args,
    options,
    executor,
    io,
  }: {
    readonly args: ExecutorArguments & InputArguments;
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
      portfolio: await hashOfBook(portfolio, io),
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
