import type { Control, EstimateRequest, Executor, ScheduleEstimates } from "../analysis/executor.js";
import type { PilotEstimate } from "../estimators/control-variates.js";
import { inOrder, nextBatches, storedBatches } from "./batch-ranges.js";
import { openInlineExecutor } from "./inline.js";
import { openMerger } from "./merger.js";
import { type FromWorker, isPortable, portable, type ToWorker } from "./worker-messages.js";

/** Long enough that messages cost nothing, short enough to stop within a tenth of a second. */
const TASK_MS = 40;
/** How often a running estimate asks whether it should stop. */
const WATCH_MS = 50;
/** A task that takes its worker down this often does so everywhere. */
const MOST_DEATHS = 3;

/** A thread of Node or a worker of a browser, as the pool sees it. */
export interface PoolWorker {
  post(message: ToWorker): void;
  /** Hears answers until it is told not to, by what it gives back; `died` when there will be none. */
  listen(hear: {
    readonly answer: (answer: FromWorker) => void;
    readonly died: (reason: string) => void;
  }): () => void;
  terminate(): unknown;
}

export interface WorkerPool extends Executor {
  /** Ends the workers; nothing can be estimated after. */
  close(): Promise<void>;
}

/** What one worker does next for a run. */
type Task =
  | { readonly kind: "pilot" }
  | { readonly kind: "batches"; readonly first: number; readonly count: number };

/**
 * Spreads the batches of each request over workers that are started once. Numbers do not depend on how many there are: a batch is the
 * same wherever it runs, and batches are merged in their order. A worker that dies is replaced, and its task run again. Payoffs
 * given as code cannot leave the calling thread, and are estimated there.
 */
export function openPool(size: number, openWorker: () => PoolWorker): WorkerPool {
  const inline = openInlineExecutor();
  const merge = openMerger();
  let runs = 0;
  let closed = false;
  const pool: (PoolWorker | null)[] = Array.from({ length: size }, () => null);
  const workerAt = (i: number): PoolWorker => {
    pool[i] ??= openWorker();
    return pool[i]!;
  };

  async function estimate(
    request: EstimateRequest,
    { cancelled, onBatch, store }: Control,
  ): Promise<ScheduleEstimates | null> {
    const run = ++runs;
    const means = storedBatches(request, { onBatch, store });
    let received = means.size;
    let pilot: readonly (readonly PilotEstimate[])[] | undefined;
    let next = 0;
    let stopped = false as boolean;
    const again: Task[] = [{ kind: "pilot" }];
    const take = (most: number): Task | undefined => {
      if (stopped || cancelled()) return undefined;
      const repeated = again.shift();
      if (repeated !== undefined) return repeated;
      const range = nextBatches(means, { from: next, size: most, batches: request.batches });
      if (range === undefined) return undefined;
      next = range.first + range.count;
      return { kind: "batches", ...range };
    };
    const keep = (message: FromWorker) => {
      if (message.kind === "pilot") pilot = message.pilot;
      else if (message.kind === "batches") {
        for (const [i, batch] of message.means.entries()) {
          means.set(message.first + i, batch);
          store?.keep(message.first + i, batch);
          received++;
          onBatch();
        }
      } else {
        stopped = true;
        throw new Error(message.message);
      }
    };

    const message = portable(request);
    const serve = async (i: number): Promise<void> => {
      let most = 1;
      let isOpen = false;
      let deaths = 0;
      for (let task = take(most); task !== undefined; task = take(most)) {
        const worker = workerAt(i);
        if (!isOpen) worker.post({ kind: "open", run, request: message });
        isOpen = true;
        try {
          const answer = await ask(worker, { ...task, run });
          keep(answer);
          if (answer.kind === "batches") {
            const each = answer.milliseconds / answer.means.length;
            most = Math.max(1, Math.min(Math.floor(TASK_MS / each), Math.ceil(request.batches / (4 * size))));
          }
        } catch (error) {
          if (!(error instanceof WorkerDied)) throw error;
          pool[i] = null;
          isOpen = false;
          if (stopped) return;
          if (closed || ++deaths === MOST_DEATHS) {
            stopped = true;
            throw new Error(`a worker died ${deaths} times over the same work: ${error.message}`);
          }
          again.push(task);
        }
      }
      if (isOpen) pool[i]?.post({ kind: "close", run });
    };
    // A batch may take long: who stops does not wait for it. Short ones are let finish, as a new worker has to start first.
    const watch = setInterval(() => {
      if (!stopped) {
        stopped = cancelled();
        return;
      }
      for (const i of pool.keys()) {
        void pool[i]?.terminate();
        pool[i] = null;
      }
    }, WATCH_MS);
    const outcomes = await Promise.allSettled(pool.map((_, i) => serve(i)));
    clearInterval(watch);
    const failed = outcomes.find((outcome) => outcome.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    if (pilot === undefined || received < request.batches) return null;
    return merge(request, inOrder(means, request.batches), pilot);
  }

  return {
    estimate: (request, control) =>
      isPortable(request) ? estimate(request, control) : inline.estimate(request, control),
    async close() {
      closed = true;
      await Promise.all(pool.map((worker) => worker?.terminate()));
    },
  };
}

class WorkerDied extends Error {}

/** The answer to a task; rejects with WorkerDied when the worker ends before it. */
function ask(worker: PoolWorker, message: ToWorker): Promise<FromWorker> {
  return new Promise((resolve, reject) => {
    const unlisten = worker.listen({
      // What a run that failed left behind is not for this one.
      answer(answer) {
        if (answer.run !== message.run) return;
        unlisten();
        resolve(answer);
      },
      died(reason) {
        unlisten();
        reject(new WorkerDied(reason));
      },
    });
    worker.post(message);
  });
}
