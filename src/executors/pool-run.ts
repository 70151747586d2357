import type { Control, EstimateRequest } from "../analysis/executor.js";
import type { Pilot } from "../estimators/pilot.js";
import { pathCost } from "../simulation/paths.js";
import { inOrder, nextBatches, storedBatches } from "./batch-ranges.js";
import { type FromWorker, type PortableRequest, portable } from "./worker-messages.js";

/** Long enough that messages cost nothing, short enough to stop within a tenth of a second. */
const TASK_MS = 40;
/** Less is not worth a message. */
const LEAST_TASK_MS = 4;
/** The pilot and the first batch take about this share of a run. */
const FIRST_SHARE = 0.08;
/** A task that takes its worker down this often does so everywhere. */
const MOST_DEATHS = 3;

/** What one worker does next for a run. */
export type Task =
  | { readonly kind: "pilot" }
  | { readonly kind: "batches"; readonly first: number; readonly count: number };

interface Outcome {
  readonly batches: ReturnType<typeof inOrder>;
  readonly pilots: readonly Pilot[];
}

/** A request that workers share: what is left to do of it, and what has come back. */
export interface PoolRun {
  readonly id: number;
  readonly message: PortableRequest;
  /** Workers that have it open. */
  servers: number;
  /** Whether there is a task that nobody has taken. */
  hasTask(): boolean;
  take(): Task;
  /** Milliseconds of work that a further worker may take: what nobody has taken, or before the first answer what would pass until it. */
  left(): number;
  keep(answer: FromWorker): void;
  /** A worker died over the task: it is run again, or is the end. */
  died(task: Task, reason: string): void;
  /** Takes no more tasks. */
  stop(): void;
  /** Ends it with an error. */
  fail(error: unknown): void;
  readonly isStopped: boolean;
  /** The batches in their order, when all are there; null when it was stopped. */
  readonly outcome: Promise<Outcome | null>;
}

export function openPoolRun(
  id: number,
  request: EstimateRequest,
  { onBatch, store }: Pick<Control, "onBatch" | "store">,
  workers: number,
): PoolRun {
  const means = storedBatches(request, { onBatch, store });
  const again: Task[] = [{ kind: "pilot" }];
  // The parts share the latent path.
  const derivatives = request.parts.flatMap((part) => part.derivatives);
  const untilFirst = (FIRST_SHARE * pathCost(request.schedule, derivatives) * request.paths) / 1e6;
  let received = means.size;
  let pilots: readonly Pilot[] | undefined;
  let next = 0;
  let each = 0;
  let deaths = 0;
  let inFlight = 0;
  let stopped = false as boolean;
  let settle!: (outcome: Outcome | null) => void;
  let reject!: (error: unknown) => void;
  const outcome = new Promise<Outcome | null>((resolved, rejected) => {
    settle = resolved;
    reject = rejected;
  });
  const following = () => {
    // Towards the end shorter ones, so that all workers end together.
    const fair = Math.max((request.batches - next) / (2 * workers), LEAST_TASK_MS / each);
    const size = each === 0 ? 1 : Math.max(1, Math.floor(Math.min(TASK_MS / each, fair)));
    return nextBatches(means, { from: next, size, batches: request.batches });
  };
  /** Ends it when nothing is under way any more. */
  const settled = () => {
    if (inFlight > 0) return;
    if (pilots !== undefined && received === request.batches)
      settle({ batches: inOrder(means, request.batches), pilots });
    else if (stopped) settle(null);
  };
  const fail = (error: unknown) => {
    stopped = true;
    reject(error);
  };

  return {
    id,
    message: portable(request),
    servers: 0,
    hasTask: () => !stopped && (again.length > 0 || following() !== undefined),
    take() {
      inFlight++;
      const repeated = again.shift();
      if (repeated !== undefined) return repeated;
      const range = following()!;
      next = range.first + range.count;
      return { kind: "batches", ...range };
    },
    left: () => (each === 0 ? untilFirst : each * (request.batches - next)),
    keep(answer) {
      inFlight--;
      if (answer.kind === "failed") fail(new Error(answer.message));
      else if (answer.kind === "pilot") pilots = answer.pilots;
      else {
        each = answer.milliseconds / answer.means.length;
        for (const [i, batch] of answer.means.entries()) {
          means.set(answer.first + i, batch);
          store?.keep(answer.first + i, batch);
          received++;
          onBatch();
        }
      }
      settled();
    },
    died(task, reason) {
      inFlight--;
      if (!stopped && ++deaths === MOST_DEATHS)
        fail(new Error(`a worker died ${deaths} times over the same work: ${reason}`));
      else again.push(task);
      settled();
    },
    stop() {
      stopped = true;
      settled();
    },
    fail,
    get isStopped() {
      return stopped;
    },
    outcome,
  };
}
