import type { Job } from "bullmq";
import { openBroker } from "./queue-broker.js";
import { ENGINES, tasksOf } from "./queue-names.js";

export interface QueueWorkerOptions {
  /** Whose tasks it takes; see `engineOf`. */
  readonly engine: string;
  readonly threads: number;
  /** Told of every attempt that failed, and of a queue out of reach. */
  readonly onTrouble: (message: string) => void;
  /** The file that runs a task; the program's own unless a test has another. */
  readonly processor?: URL;
}

export interface QueueWorker {
  /** The queue's address without credentials. */
  readonly where: string;
  /** Tasks finished so far. */
  done(): number;
  /** Takes no further task, finishes those it has, and leaves. */
  close(): Promise<void>;
}

/** Works off the tasks of a queue on threads, so that the locks of tasks are renewed however long they take. Throws QueueUnavailable. */
export async function openQueueWorker(
  url: string,
  {
    engine,
    threads,
    onTrouble,
    processor = new URL("./queue-processor.js", import.meta.url),
  }: QueueWorkerOptions,
): Promise<QueueWorker> {
  const broker = await openBroker(url);
  const engines = broker.queue(ENGINES);
  engines.on("error", () => undefined);
  await engines.add("engine", { engine }, { jobId: engine });
  await engines.close();
  const worker = broker.worker(tasksOf(engine), processor, { threads, workerData: { url, engine } });
  let done = 0;
  let last = "";
  worker.on("completed", () => {
    done++;
    last = "";
  });
  worker.on("failed", (job: Job | undefined, error) =>
    onTrouble(`task ${job?.id ?? "?"}, attempt ${job?.attemptsMade ?? "?"}: ${error.message}`),
  );
  worker.on("error", (error) => {
    const message = `${broker.where}: ${error.message || "no connection"}`;
    if (message !== last) onTrouble(message);
    last = message;
  });
  await worker.waitUntilReady();
  return { where: broker.where, done: () => done, close: () => worker.close() };
}
