import { engineOf } from "../executors/engine.js";
import { QueueUnavailable } from "../executors/queue-broker.js";
import { EXIT, type Io, UsageError } from "./io.js";
import { wholeNumber } from "./option-values.js";
import { packageVersion } from "./package-files.js";

/** Where the address of a queue may stand, so that its password is in no list of processes. */
const VARIABLE = "GRECIAN_QUEUE";

/** The address that was given, or that of the environment. */
export function queueAddress(given: string | true | undefined, io: Io): string {
  const url = given === true ? undefined : given;
  const address = url ?? io.env?.[VARIABLE];
  if (address === undefined)
    throw new UsageError(`--queue must be redis://… or postgres://…, or ${VARIABLE} be set`);
  return address;
}

/** A queue that cannot be used is the user's matter. */
export async function usingQueue<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof QueueUnavailable) throw new UsageError(error.message);
    throw error;
  }
}

/** `grecian worker`: takes tasks from a queue until it is asked to stop. */
export async function runWorker(
  args: { readonly queue?: string | true; readonly threads?: string; readonly quiet?: boolean },
  io: Io,
): Promise<number> {
  const threads =
    args.threads === undefined ? (io.threads?.most ?? 1) : wholeNumber("--threads", args.threads, 1);
  const engine = engineOf(packageVersion());
  const { openQueueWorker } = await import("../executors/queue-worker.js");
  const worker = await usingQueue(() =>
    openQueueWorker(queueAddress(args.queue, io), {
      engine,
      threads,
      onTrouble: (message) => io.stderr(`${message}\n`),
    }),
  );
  const tell = (text: string) => args.quiet !== true && io.stdout(`${text}\n`);
  tell(`working for ${worker.where}: ${threads} threads, grecian ${engine}`);
  await new Promise<void>((resolve) => {
    const release = io.onInterrupt(() => {
      release();
      resolve();
    });
  });
  tell("stopping: what is being run is finished first");
  await worker.close();
  tell(`stopped after ${worker.done()} tasks`);
  return EXIT.ok;
}
