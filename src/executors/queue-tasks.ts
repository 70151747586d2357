import type { Job } from "bullmq";
import { atMost } from "./at-most.js";
import type { QueueOptions } from "./queue.js";
import type { Broker } from "./queue-broker.js";
import {
  type Answer,
  type Outcome,
  outcomeOf,
  type Simulation,
  type Task,
  taskName,
} from "./queue-messages.js";
import { areInputsGone, ENGINES, INPUTS, tasksOf } from "./queue-names.js";
import { openRoom } from "./room.js";
import { pack } from "./wire.js";

/** How often tasks are looked at when no event tells of them: events are lost while a server is away. */
const SWEEP_MS = 1000;
/** Runs of a task that fails before its failure is final, and the pause between them. */
const ATTEMPTS = 3;
const PAUSE_MS = 200;
/** Times that what the queue has lost is sent again, so that a queue that keeps nothing does not go on for ever. */
const MOST_RESENDS = 20;
/** How long a server that may be away is waited for when things are cleared up. */
const LEAVE_MS = 2000;
/** Seconds of silence that are worth a word. */
const SILENCE = 30;
/** What a run that was killed left behind stays so long. */
const LEFTOVERS_MS = 24 * 3600 * 1000;

export interface TaskBoard {
  /** Puts a task into the queue when there is room, and waits for its answer. Rejects with the reason when it has failed for good. */
  run(task: Task, simulation: Simulation, signal: AbortSignal): Promise<Outcome>;
  /** Takes a simulation's inputs out of the queue. */
  forget(simulation: Simulation): Promise<void>;
  close(): Promise<void>;
}

interface Waiting {
  readonly task: Task;
  readonly simulation: Simulation;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (reason: Error) => void;
  resends: number;
  /** Whether it is being sent or looked at: once at a time. */
  looking: boolean;
}

export async function openTaskBoard(
  broker: Broker,
  { engine, inFlight, patience = 600, onTrouble }: QueueOptions & { readonly inFlight: number },
): Promise<TaskBoard> {
  const tasks = broker.queue(tasksOf(engine));
  const inputs = broker.queue(INPUTS);
  const engines = broker.queue(ENGINES);
  const events = broker.events(tasksOf(engine));
  const waiting = new Map<string, Waiting>();
  const sent = new Map<string, Promise<void>>();
  /** Tasks that are being sent or taken back. */
  const unfinished = new Set<Promise<void>>();
  const room = openRoom(inFlight);
  let lastAnswer = Date.now();
  let isTold = false;
  let closed = false;

  const trouble = (message: string) => {
    if (!isTold && !closed) onTrouble?.(message);
    isTold = true;
  };
  const outOfReach = (error: Error) =>
    trouble(`${broker.where} is out of reach, trying again: ${error.message || "no connection"}`);
  for (const queue of [tasks, inputs, engines]) queue.on("error", outOfReach);
  events.on("error", outOfReach);
  events.on("completed", ({ jobId }) => void look(jobId));
  events.on("failed", ({ jobId }) => void look(jobId));
  await inputs.clean(LEFTOVERS_MS, 1000, "wait");

  /** Until it succeeds, or nobody waits for it any more. */
  async function persist<T>(act: () => Promise<T>, name: string): Promise<T | undefined> {
    while (waiting.has(name) && !closed) {
      try {
        return await act();
      } catch (error) {
        outOfReach(error as Error);
        await new Promise((resolve) => setTimeout(resolve, SWEEP_MS));
      }
    }
    return undefined;
  }

  async function send(name: string, { task, simulation }: Waiting): Promise<void> {
    let inputsSent = sent.get(simulation.key);
    if (inputsSent === undefined) {
      inputsSent = inputs
        .add("inputs", { packed: pack(simulation.text) }, { jobId: simulation.key })
        .then(() => undefined);
      sent.set(simulation.key, inputsSent);
      inputsSent.catch(() => sent.delete(simulation.key));
    }
    await inputsSent;
    await tasks.add("batches", task, {
      jobId: name,
      attempts: ATTEMPTS,
      backoff: { type: "fixed", delay: PAUSE_MS },
      removeOnComplete: { age: LEFTOVERS_MS / 1000 },
      removeOnFail: { age: LEFTOVERS_MS / 1000 },
    });
  }

  /** What has become of a task. */
  async function look(name: string): Promise<void> {
    const entry = waiting.get(name);
    if (entry === undefined || entry.looking) return;
    entry.looking = true;
    try {
      const job = (await tasks.getJob(name)) as Job<Task, Answer> | undefined;
      if (!job || (hasFailed(job) && areInputsGone(job.failedReason))) {
        await resend(name, entry, job);
      } else if (hasFailed(job)) {
        settle(name, () => entry.reject(failure(entry, job)));
        await job.remove();
      } else if (job.finishedOn) {
        const answer = job.returnvalue;
        settle(name, () => entry.resolve(outcomeOf(answer, entry.task)));
        await job.remove();
      }
    } catch (error) {
      outOfReach(error as Error);
    } finally {
      entry.looking = false;
    }
  }

  async function resend(name: string, entry: Waiting, failed: Job | undefined): Promise<void> {
    if (entry.resends++ === MOST_RESENDS)
      return settle(name, () => {
        throw new Error(
          `it was sent again ${MOST_RESENDS} times: ${failed?.failedReason ?? "the queue lost it"}`,
        );
      });
    sent.delete(entry.simulation.key);
    await failed?.remove();
    await send(name, entry);
  }

  function settle(name: string, act: () => void): void {
    const entry = waiting.get(name);
    if (entry === undefined) return;
    waiting.delete(name);
    lastAnswer = Date.now();
    isTold = false;
    try {
      act();
    } catch (error) {
      entry.reject(new Error(`${describe(entry)}: ${(error as Error).message}`));
    }
  }

  const sweep = setInterval(() => {
    if (waiting.size === 0) lastAnswer = Date.now();
    const silence = (Date.now() - lastAnswer) / 1000;
    if (silence > patience) void giveUp();
    else if (silence > Math.min(SILENCE, patience / 2)) void who().then(trouble, () => undefined);
    for (const name of waiting.keys()) void look(name);
  }, SWEEP_MS);

  async function giveUp(): Promise<void> {
    const reasons = who().catch(() => undefined);
    const message = (await atMost(LEAVE_MS, reasons)) ?? `${broker.where} is out of reach`;
    for (const [name, entry] of [...waiting]) {
      waiting.delete(name);
      entry.reject(new Error(`no answer in ${patience} s: ${message}`));
    }
  }

  /** Nobody waits for it any more. */
  function withdraw(name: string, entry: Waiting): void {
    if (waiting.get(name) !== entry) return;
    waiting.delete(name);
    finishBeforeClosing(takeBack(name));
    entry.reject(new Error("stopped"));
  }

  /** One that is being run stays; its answer will be of use to whoever runs the same. */
  async function takeBack(name: string): Promise<void> {
    await tasks.remove(name).catch(() => undefined);
  }

  function finishBeforeClosing(work: Promise<void>): void {
    unfinished.add(work);
    void work.finally(() => unfinished.delete(work));
  }

  /** Why nobody may be answering. */
  async function who(): Promise<string> {
    const seen = (await engines.getJobs(["wait"])).map(({ data }) => String(data?.engine).slice(0, 100));
    const others = seen.filter((name) => name !== engine);
    const refused = others.length === 0 ? "" : `; workers of ${others.join(", ")} were seen and are refused`;
    return seen.includes(engine)
      ? `the workers of ${broker.where} are busy or gone${refused}`
      : `no worker of grecian ${engine} has come to ${broker.where}${refused}`;
  }

  return {
    async run(task, simulation, signal) {
      const release = await room.enter(signal);
      let name = taskName(task);
      while (waiting.has(name)) name += "-again";
      try {
        return await new Promise<Outcome>((resolve, reject) => {
          const entry = { task, simulation, resolve, reject, resends: 0, looking: true };
          waiting.set(name, entry);
          signal.addEventListener("abort", () => withdraw(name, entry), { once: true });
          const start = async () => {
            // A failure of an earlier run is none of this one.
            const old = await tasks.getJob(name);
            if (old && hasFailed(old)) await old.remove();
            await send(name, entry);
          };
          const sending = persist(start, name).then(async () => {
            entry.looking = false;
            if (waiting.get(name) === entry) await look(name);
            else if (signal.aborted) await takeBack(name);
          });
          finishBeforeClosing(sending);
        });
      } finally {
        release();
      }
    },
    async forget({ key }) {
      if (!sent.delete(key)) return;
      const removal = inputs.remove(key).catch(() => undefined);
      await atMost(LEAVE_MS, removal);
    },
    async close() {
      closed = true;
      clearInterval(sweep);
      await atMost(LEAVE_MS, Promise.all(unfinished));
      await Promise.allSettled([tasks, inputs, engines, events].map((source) => source.close()));
    },
  };
}

/** For good; attempts before the last leave their reason behind even when the last succeeds. */
function hasFailed(job: Job<Task, Answer>): boolean {
  return Boolean(job.finishedOn && job.failedReason && !job.returnvalue);
}

function describe({ simulation, task }: Waiting): string {
  const last = task.first + task.count - 1;
  const batches = task.count === 1 ? `batch ${task.first}` : `batches ${task.first} to ${last}`;
  return `${simulation.title}, ${batches}`;
}

function failure(entry: Waiting, { failedReason, attemptsMade }: Job): Error {
  const times = attemptsMade > 1 ? ` (${attemptsMade} attempts)` : "";
  return new Error(`${describe(entry)}: ${failedReason}${times}`);
}
