import { openPool, type PoolWorker, type WorkerPool } from "../executors/pool.js";
import type { FromWorker } from "../executors/worker-messages.js";

/** A pool of a browser's workers; `open` starts one. */
export function openBrowserWorkers(count: number, open: () => Worker): WorkerPool {
  return openPool(count, () => openWorker(open()));
}

function openWorker(worker: Worker): PoolWorker {
  const ends = new EventTarget();
  return {
    post: (message) => worker.postMessage(message),
    listen({ answer, died }) {
      const onMessage = ({ data }: MessageEvent<FromWorker>) => answer(data);
      const onError = ({ message }: ErrorEvent) => {
        // A worker of a browser lives on after an error; this pool's does not.
        worker.terminate();
        died(message || "it could not be started");
      };
      const onEnd = () => died("it was ended");
      worker.addEventListener("message", onMessage);
      worker.addEventListener("error", onError);
      ends.addEventListener("end", onEnd);
      return () => {
        worker.removeEventListener("message", onMessage);
        worker.removeEventListener("error", onError);
        ends.removeEventListener("end", onEnd);
      };
    },
    terminate() {
      worker.terminate();
      ends.dispatchEvent(new Event("end"));
    },
  };
}
