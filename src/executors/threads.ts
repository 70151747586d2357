import { Worker } from "node:worker_threads";
import { openHearing } from "./hearing.js";
import { openPool, type PoolWorker, type WorkerPool } from "./pool.js";

export type ThreadPool = WorkerPool;

/** A pool of threads. Numbers do not depend on how many there are. */
export function openThreads(
  threads: number,
  worker: URL = new URL("./thread-worker.js", import.meta.url),
): ThreadPool {
  return openPool(threads, () => openThread(worker));
}

function openThread(file: URL): PoolWorker {
  const thread = new Worker(file);
  const { answer, died, listen } = openHearing();
  thread
    .on("message", answer)
    .on("error", (error: Error) => died(error.message))
    .on("exit", (code: number) => died(`it ended with code ${code}`));
  return { post: (message) => thread.postMessage(message), listen, terminate: () => thread.terminate() };
}
