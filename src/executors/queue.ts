import { setMaxListeners } from "node:events";
import type { Control, EstimateRequest, Executor, PartEstimates } from "../analysis/executor.js";
import { inOrder, nextBatches, storedBatches } from "./batch-ranges.js";
import { openInlineExecutor } from "./inline.js";
import { openMerger } from "./merger.js";
import { openBroker } from "./queue-broker.js";
import { type Outcome, simulationOf, type Task } from "./queue-messages.js";
import { openTaskBoard } from "./queue-tasks.js";
import { mostBatches, simulationFault } from "./task-bounds.js";
import { isPortable, portable } from "./worker-messages.js";

export interface QueueOptions {
  /** Whose workers may take part; see `engineOf`. */
  readonly engine: string;
  /** What a task should take, seconds; 2 where nothing is said. A task is at least one batch. */
  readonly taskSeconds?: number;
  /** Tasks in the queue at once, so that neither it nor this program holds a whole book; 256 where nothing is said. */
  readonly inFlight?: number;
  /** Seconds without any answer after which a run ends; 600 where nothing is said. */
  readonly patience?: number;
  /** Told when the queue is silent or out of reach, once per silence. */
  readonly onTrouble?: (message: string) => void;
}

export interface QueueExecutor extends Executor {
  close(): Promise<void>;
}

/** How often a run asks whether it should stop. */
const WATCH_MS = 100;

/**
 * Spreads the batches of each request over the workers of a queue, `redis://host:port` or `postgres://host:port/database`. Delivery
 * is at least once; a batch is the same whoever runs it, and merging takes each once and in order, so that the bits are those of
 * one thread. Throws QueueUnavailable for a queue that cannot be used.
 */
export async function openQueue(url: string, options: QueueOptions): Promise<QueueExecutor> {
  const { engine, taskSeconds = 2, inFlight = 256 } = options;
  const board = await openTaskBoard(await openBroker(url), { ...options, inFlight });
  const inline = openInlineExecutor();
  const merge = openMerger();

  async function estimate(
    request: EstimateRequest,
    { cancelled, onBatch, store }: Control,
  ): Promise<readonly PartEstimates[] | null> {
    const fault = simulationFault(portable(request));
    if (fault !== null) throw new Error(`it cannot be sent to a queue: ${fault}`);
    const simulation = simulationOf(request);
    const means = storedBatches(request, { onBatch, store });
    const stop = new AbortController();
    // One listener per task is meant.
    setMaxListeners(0, stop.signal);
    const watch = setInterval(() => cancelled() && stop.abort(), WATCH_MS);
    const run = async (task: Omit<Task, "engine" | "simulation">): Promise<Outcome> => {
      const outcome = await board.run(
        { engine, simulation: simulation.key, ...task },
        simulation,
        stop.signal,
      );
      for (const [i, batch] of outcome.means.entries()) {
        means.set(task.first + i, batch);
        store?.keep(task.first + i, batch);
        onBatch();
      }
      return outcome;
    };
    try {
      const known = new Set(means.keys());
      const next = (from: number, size: number) =>
        nextBatches(known, { from, size, batches: request.batches });
      // The first batch tells what the others will take.
      const probe = next(0, 1) ?? { first: 0, count: 0 };
      const { pilots, milliseconds } = await run({ ...probe, pilot: true });
      const inTime = Math.max(1, Math.floor((1000 * taskSeconds) / milliseconds));
      const size = Math.min(inTime, mostBatches(request));
      const tasks: Promise<Outcome>[] = [];
      for (
        let range = next(probe.first + probe.count, size);
        range !== undefined;
        range = next(range.first + range.count, size)
      )
        tasks.push(run({ ...range, pilot: false }));
      await Promise.all(tasks);
      return await merge(request, inOrder(means, request.batches), pilots);
    } catch (error) {
      if (stop.signal.aborted && cancelled()) return null;
      stop.abort();
      throw error;
    } finally {
      clearInterval(watch);
      await board.forget(simulation);
    }
  }

  return {
    // Small simulations fill the queue together, instead of waiting for each other's end.
    atOnce: inFlight,
    estimate: (request, control) =>
      isPortable(request) ? estimate(request, control) : inline.estimate(request, control),
    close: () => board.close(),
  };
}
