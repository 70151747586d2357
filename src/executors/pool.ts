import type { Control, EstimateRequest, Executor, PartEstimates } from "../analysis/executor.js";
import type { Hearer } from "./hearing.js";
import { openInlineExecutor } from "./inline.js";
import { openMerger } from "./merger.js";
import { openPoolRun, type PoolRun } from "./pool-run.js";
import { type FromWorker, isPortable, type ToWorker } from "./worker-messages.js";

/** How often a running estimate asks whether it should stop. */
const WATCH_MS = 25;
/** So many workers are started before there is work for them: they load while the book is read. */
const STARTED_AHEAD = 2;
/** A run is prepared by every worker that shares it: less than this is left to the one that has it. */
const WORTH_SHARING_MS = 40;

/** A thread of Node or a worker of a browser, as the pool sees it. */
export interface PoolWorker {
  post(message: ToWorker): void;
  /** Hears answers until it is told not to, by what this gives back. */
  listen(hearer: Hearer): () => void;
  terminate(): unknown;
}

export interface WorkerPool extends Executor {
  /** Ends the workers; nothing can be estimated after. */
  close(): Promise<void>;
}

/**
 * Spreads requests over workers that are started once: each request to a worker of its own as long as there are any, and the batches of
 * those that take long over all that are free. Numbers do not depend on how many there are: a batch is the same wherever it runs, and
 * batches are merged in their order. A worker that dies is replaced, and its task run again. Payoffs given as code cannot leave the
 * calling thread, and are estimated there.
 */
export function openPool(size: number, openWorker: () => PoolWorker): WorkerPool {
  const inline = openInlineExecutor();
  const merge = openMerger();
  const runs = new Set<PoolRun>();
  const workers = Array.from({ length: size }, (_, i) => (i < STARTED_AHEAD ? openWorker() : null));
  const isBusy = workers.map(() => false);
  /** What each has open. */
  const serving: (PoolRun | null)[] = workers.map(() => null);
  let count = 0;
  let closed = false;

  /** What a worker does next: go on with what it has open, take what nobody has, or share what takes long. */
  function choose(open: PoolRun | null): PoolRun | undefined {
    if (open?.hasTask()) return open;
    const withTasks = [...runs].filter((run) => run.hasTask());
    return (
      withTasks.find(({ servers }) => servers === 0) ?? withTasks.find((run) => run.left() > WORTH_SHARING_MS)
    );
  }

  async function work(i: number): Promise<void> {
    isBusy[i] = true;
    const close = () => {
      const open = serving[i] ?? null;
      if (open === null) return;
      open.servers--;
      workers[i]?.post({ kind: "close", run: open.id });
      serving[i] = null;
    };
    for (let run = choose(null); run !== undefined && !closed; run = choose(serving[i] ?? null)) {
      const task = run.take();
      try {
        workers[i] ??= openWorker();
        if (serving[i] !== run) {
          close();
          workers[i]!.post({ kind: "open", run: run.id, request: run.message });
          run.servers++;
          serving[i] = run;
        }
        run.keep(await ask(workers[i]!, { ...task, run: run.id }));
      } catch (error) {
        if (error instanceof WorkerDied) {
          workers[i] = null;
          run.servers--;
          serving[i] = null;
          run.died(task, error.message);
        } else run.fail(error);
      }
      wake();
    }
    close();
    isBusy[i] = false;
  }

  /** There may be work for those that rest. */
  function wake(): void {
    for (const i of workers.keys()) if (!isBusy[i] && choose(null) !== undefined) void work(i);
  }

  async function estimate(
    request: EstimateRequest,
    control: Control,
  ): Promise<readonly PartEstimates[] | null> {
    const run = openPoolRun(++count, request, control, size);
    runs.add(run);
    // A batch may take long: who stops does not wait for it, and ends the workers that are at it, but not those of other runs. Short
    // ones are let finish, as a new worker has to start first.
    const watch = setInterval(() => {
      if (!run.isStopped) {
        if (control.cancelled()) run.stop();
        return;
      }
      for (const i of workers.keys()) {
        if (serving[i] !== run) continue;
        void workers[i]?.terminate();
        workers[i] = null;
      }
    }, WATCH_MS);
    wake();
    try {
      const outcome = await run.outcome;
      return outcome === null ? null : merge(request, outcome.batches, outcome.pilots);
    } finally {
      clearInterval(watch);
      runs.delete(run);
    }
  }

  return {
    atOnce: 2 * size,
    estimate: (request, control) =>
      isPortable(request) ? estimate(request, control) : inline.estimate(request, control),
    async close() {
      closed = true;
      for (const run of runs) run.stop();
      await Promise.all(workers.map((worker) => worker?.terminate()));
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
