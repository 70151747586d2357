import { openHearing } from "../executors/hearing.js";
import { openPool, type PoolWorker, type WorkerPool } from "../executors/pool.js";
import type { FromWorker } from "../executors/worker-messages.js";

/** A pool of a browser's workers; `open` starts one. */
export function openBrowserWorkers(count: number, open: () => Worker): WorkerPool {
  return openPool(count, () => openWorker(open()));
}

function openWorker(worker: Worker): PoolWorker {
  const { answer, died, listen } = openHearing();
  worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => answer(data));
  worker.addEventListener("error", ({ message }: ErrorEvent) => {
    // A worker of a browser lives on after an error; this pool's does not.
    worker.terminate();
    died(message || "it could not be started");
  });
  return {
    post: (message) => worker.postMessage(message),
    listen,
    terminate() {
      worker.terminate();
      died("it was ended");
    },
  };
}
