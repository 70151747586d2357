import { Worker } from "node:worker_threads";
import { openPool, type PoolWorker, type WorkerPool } from "./pool.js";
import type { FromWorker } from "./worker-messages.js";

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
  return {
    post: (message) => thread.postMessage(message),
    listen({ answer, died }) {
      const onMessage = (message: FromWorker) => answer(message);
      const onError = (error: Error) => died(error.message);
      const onExit = (code: number) => died(`it ended with code ${code}`);
      thread.on("message", onMessage).on("error", onError).on("exit", onExit);
      return () => thread.off("message", onMessage).off("error", onError).off("exit", onExit);
    },
    terminate: () => thread.terminate(),
  };
}
