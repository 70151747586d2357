import { Worker } from "node:worker_threads";
import type { Control, EstimateRequest, Executor, ScheduleEstimates } from "../analysis/executor.js";
import type { PilotEstimate } from "../estimators/control-variates.js";
import { type Kernel, loadKernel } from "../kernel/kernel.js";
import { inOrder, nextBatches, storedBatches } from "./batch-ranges.js";
import { openInlineExecutor } from "./inline.js";
import { openRun } from "./open-run.js";
import { type FromWorker, isPortable, portable, type ToWorker } from "./thread-messages.js";

/** Long enough that messages cost nothing, short enough to stop within a tenth of a second. */
const TASK_MS = 40;
/** How often a running estimate asks whether it should stop. */
const WATCH_MS = 50;
/** A task that takes its thread down this often does so everywhere. */
const MOST_DEATHS = 3;

export interface ThreadPool extends Executor {
  /** Ends the threads; nothing can be estimated after. */
  close(): Promise<void>;
}

/** What one thread does next for a run. */
type Task =
  | { readonly kind: "pilot" }
  | { readonly kind: "batches"; readonly first: number; readonly count: number };

/**
 * Spreads the batches of each request over threads that are started once. Numbers do not depend on how many there are: a batch is the
 * same wherever it runs, and batches are merged in their order. A thread that dies is replaced, and its task run again. Payoffs
 * given as code cannot leave the calling thread, and are estimated there.
 */
export function openThreads(
  threads: number,
  worker: URL = new URL("./thread-worker.js", import.meta.url),
): ThreadPool {
  const inline = openInlineExecutor();
  let kernel: Promise<Kernel> | undefined;
  let runs = 0;
  let closed = false;
  const pool: (Worker | null)[] = Array.from({ length: threads }, () => null);
  const workerAt = (i: number): Worker => {
    pool[i] ??= new Worker(worker);
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
    const take = (size: number): Task | undefined => {
      if (stopped || cancelled()) return undefined;
      const repeated = again.shift();
      if (repeated !== undefined) return repeated;
      const range = nextBatches(means, { from: next, size, batches: request.batches });
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
      let size = 1;
      let isOpen = false;
      let deaths = 0;
      for (let task = take(size); task !== undefined; task = take(size)) {
        const thread = workerAt(i);
        if (!isOpen) post(thread, { kind: "open", run, request: message });
        isOpen = true;
        try {
          const answer = await ask(thread, { ...task, run });
          keep(answer);
          if (answer.kind === "batches") {
            const each = answer.milliseconds / answer.means.length;
            size = Math.max(
              1,
              Math.min(Math.floor(TASK_MS / each), Math.ceil(request.batches / (4 * threads))),
            );
          }
        } catch (error) {
          if (!(error instanceof ThreadDied)) throw error;
          pool[i] = null;
          isOpen = false;
          if (stopped) return;
          if (closed || ++deaths === MOST_DEATHS) {
            stopped = true;
            throw new Error(`a thread died ${deaths} times over the same work: ${error.message}`);
          }
          again.push(task);
        }
      }
      if (isOpen) post(workerAt(i), { kind: "close", run });
    };
    // A batch may take long: who stops does not wait for it.
    const watch = setInterval(() => {
      if (stopped || !cancelled()) return;
      stopped = true;
      for (const thread of pool) void thread?.terminate();
    }, WATCH_MS);
    const outcomes = await Promise.allSettled(pool.map((_, i) => serve(i)));
    clearInterval(watch);
    const failed = outcomes.find((outcome) => outcome.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    if (pilot === undefined || received < request.batches) return null;

    kernel ??= loadKernel();
    const here = openRun(await kernel, request);
    try {
      const batches = inOrder(means, request.batches);
      return { estimates: here.merge(batches, pilot), pilot, paths: here.pathsPerBatch * request.batches };
    } finally {
      here.close();
    }
  }

  return {
    estimate: (request, control) =>
      isPortable(request) ? estimate(request, control) : inline.estimate(request, control),
    async close() {
      closed = true;
      await Promise.all(pool.map((thread) => thread?.terminate()));
    },
  };
}

class ThreadDied extends Error {}

function post(thread: Worker, message: ToWorker): void {
  thread.postMessage(message);
}

/** The answer to a task; rejects with ThreadDied when the thread ends before it. */
function ask(thread: Worker, message: ToWorker): Promise<FromWorker> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      thread.off("message", onMessage);
      thread.off("error", onError);
      thread.off("exit", onExit);
      act();
    };
    // What a run that failed left behind is not for this one.
    const onMessage = (answer: FromWorker) => {
      if (answer.run === message.run) settle(() => resolve(answer));
    };
    const onError = (error: Error) => settle(() => reject(new ThreadDied(error.message)));
    const onExit = (code: number) => settle(() => reject(new ThreadDied(`it ended with code ${code}`)));
    thread.on("message", onMessage);
    thread.on("error", onError);
    thread.on("exit", onExit);
    post(thread, message);
  });
}
