import { createHash } from "node:crypto";
import { mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { SAMPLERS } from "../../src/analysis/settings.js";
import { packageVersion } from "../../src/cli/package-files.js";
import { engineOf } from "../../src/executors/engine.js";
import { type Broker, openBroker } from "../../src/executors/queue-broker.js";
import { INPUTS, tasksOf } from "../../src/executors/queue-names.js";
import { openQueueWorker } from "../../src/executors/queue-worker.js";
import { encode, pack, sha256Of } from "../../src/executors/wire.js";
import type { Server, ServerKind } from "../executors/servers.js";
import { copyOfProgram, endAll, type Process, start, startWorker } from "./processes.js";
import { market, type Outcome, run } from "./run.js";

// 4 simulations of 64 batches, one batch a task: 256 tasks of some milliseconds.
const book = fileURLToPath(new URL("many-tasks.csv", import.meta.url));
export const valued = ["greeks", book, "--market", market, "--batches", "64", "--paths", "131072"];
export const queued = (url: string) => [...valued, "--queue", url, "--task-seconds", "0.001"];
const engine = engineOf(packageVersion());

export const sha256 = (outcome: Outcome) =>
  createHash("sha256").update(outcome.read("reports/greeks.csv")).digest("hex");

/** The hash of what one thread gives. */
export async function hashOfOneThread(): Promise<string> {
  const one = await run([...valued, "--threads", "1"]);
  expect(one.code).toBe(0);
  return sha256(one);
}

const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** Acts once, when so many percent of a run are done. */
function midway(act: () => void, percent: number) {
  let isDone = false;
  return (now: number) => {
    if (isDone || now < percent) return;
    isDone = true;
    act();
  };
}

/** What must hold of a queue, whichever server keeps it. */
export function queueCases(kind: ServerKind): void {
  const because = kind.missing === null ? "" : `, skipped: ${kind.missing}`;
  describe.skipIf(kind.missing !== null)(`a queue on ${kind.name}${because}`, { timeout: 60_000 }, () => {
    let server: Server;
    let broker: Broker;
    let expected: string;
    beforeAll(async () => {
      server = await kind.start();
      broker = await openBroker(server.url);
      expected = await hashOfOneThread();
    }, 60_000);
    afterAll(() => server.stop());
    afterEach(endAll);

    const openQueue = (name: string) => broker.queue(name).on("error", () => undefined);

    /** A run of two workers. The second comes later, so that the first surely has tasks when `act` is done to it, midway. */
    async function runOfTwo(act: (first: Process) => void, beside?: () => Promise<Outcome>) {
      const first = await startWorker(server.url);
      let second: Promise<Process> | undefined;
      const join = midway(() => {
        second = startWorker(server.url);
      }, 10);
      const acting = midway(() => act(first), 40);
      const [outcome, other] = await Promise.all([
        run(queued(server.url), {
          onProgress: (percent) => {
            join(percent);
            acting(percent);
          },
        }),
        beside?.(),
      ]);
      await second;
      return { outcome, other, first };
    }

    test("gives the bits of one thread after a worker is killed midway, and leaves nothing behind", async () => {
      const { outcome, first } = await runOfTwo(({ child }) => child.kill("SIGKILL"));
      expect(await first.ended).toBe("SIGKILL");
      expect([outcome.code, sha256(outcome)]).toEqual([0, expected]);
      for (const name of [tasksOf(engine), INPUTS]) {
        const queue = openQueue(name);
        expect(await queue.getJobCounts("wait", "completed", "failed", "delayed"), name).toEqual({
          wait: 0,
          completed: 0,
          failed: 0,
          delayed: 0,
        });
        await queue.close();
      }
    });

    test("loses no task when a worker is asked to stop midway", async () => {
      const { outcome, first } = await runOfTwo(({ child }) => child.kill("SIGTERM"));
      expect(await first.ended).toBe(0);
      expect(first.output()).toMatch(/stopping: .*\nstopped after [1-9]\d* tasks/);
      expect([outcome.code, sha256(outcome)]).toEqual([0, expected]);
    });

    test("takes every batch once when a task is delivered twice", async () => {
      // A worker that stands still loses its lock: its task goes to another, and is answered again when it goes on. Two runs of
      // the same book share their tasks besides.
      const { outcome, other, first } = await runOfTwo(
        ({ child }) => child.kill("SIGSTOP"),
        () => run(queued(server.url)),
      );
      first.child.kill("SIGCONT");
      await first.said("moveToFinished");
      expect([outcome.code, other!.code]).toEqual([0, 0]);
      expect([sha256(outcome), sha256(other!)]).toEqual([expected, expected]);
    });

    test("may be killed midway: the run goes on when it is back, to the bits of one thread", async () => {
      const workers = [await startWorker(server.url), await startWorker(server.url)];
      let isBack: Promise<void> | undefined;
      const kill = midway(() => {
        isBack = server.kill().then(() => server.restart());
      }, 40);
      const outcome = await run(queued(server.url), { onProgress: kill });
      await isBack;
      expect([outcome.code, sha256(outcome)]).toEqual([0, expected]);
      expect(workers.map(({ child }) => child.exitCode)).toEqual([null, null]);
    });

    test("may be killed while a worker fetches its first inputs", async () => {
      const tasks = openQueue(tasksOf(engine));
      await startWorker(server.url);
      const running = run(queued(server.url));
      // The thread that runs the first task is started for it, and finds no server.
      await expect.poll(() => tasks.getActiveCount(), { interval: 5, timeout: 30_000 }).toBe(1);
      await server.kill();
      await pause(2000);
      await server.restart();
      const outcome = await running;
      expect([outcome.code, outcome.stderr, sha256(outcome)]).toEqual([0, expect.anything(), expected]);
      await tasks.close();
    });

    test("tells of a password that it refuses, without telling it", async () => {
      const url = server.url.replace("secret", "no-secret");
      for (const argv of [["worker", "--queue", url], queued(url)]) {
        const refused = start(argv);
        expect(await refused.ended).toBe(2);
        expect(refused.output()).toMatch(/ cannot be used: .*password/);
        expect(refused.output()).not.toContain("secret");
      }
    });

    test("refuses tasks that are none, or absurd, and goes on", async () => {
      const inputs = openQueue(INPUTS);
      const tasks = openQueue(tasksOf(engine));
      const bomb = encode({ paths: 2 ** 40 });
      // Each of its batches is modest.
      const endless = encode({
        schedule: {
          ...{ underlying: "X", spot: 1, carry: {}, dates: [1] },
          ...{ dynamics: "black-scholes", parameters: { volatility: 1 } },
        },
        ...{ sampler: "random", seed: "", paths: 1, batches: 65_536 },
        parts: [
          {
            ...{ estimator: "likelihood-ratio", derivatives: [[]] },
            amounts: Array(300).fill({ op: "constant", value: 1 }),
          },
        ],
      });
      for (const text of [bomb, endless])
        await inputs.add("inputs", { packed: pack(text) }, { jobId: sha256Of(text) });
      const whole = { engine, simulation: sha256Of(bomb), first: 0, count: 1, pilot: false };
      const poison = {
        code: { ...whole, count: "process.exit()" },
        absurd: whole,
        alien: { ...whole, engine: "9.9.9" },
        orphan: { ...whole, simulation: "0".repeat(64) },
        endless: { ...whole, simulation: sha256Of(endless), count: 65_536 },
      };
      for (const [name, data] of Object.entries(poison)) await tasks.add("batches", data, { jobId: name });
      const worker = await startWorker(server.url);
      const outcome = await run(queued(server.url));
      expect([outcome.code, sha256(outcome)]).toEqual([0, expected]);
      const reasons = [];
      for (const name of Object.keys(poison)) {
        const job = await tasks.getJob(name);
        reasons.push(job?.failedReason);
        await job?.remove();
      }
      expect(reasons).toEqual([
        "the task was refused: count must be a whole number from 1 to 65536, got process.exit()",
        `the task was refused: sampler must be one of ${SAMPLERS.join(", ")}, got undefined`,
        `the task was refused: it is for grecian 9.9.9, this worker is ${engine}`,
        "the inputs of the task could not be had: they are not in the queue",
        "the task was refused: count must be at most 55924 with so many numbers each, got 65536",
      ]);
      expect(worker.output()).toContain("the task was refused");
      await Promise.all([inputs.remove(sha256Of(bomb)), inputs.remove(sha256Of(endless)), tasks.close()]);
      await inputs.close();
    });

    test("names trade and simulation of a task that takes its workers down", async () => {
      const troubles: string[] = [];
      const worker = await openQueueWorker(server.url, {
        engine,
        threads: 1,
        onTrouble: (message) => troubles.push(message),
        processor: new URL("../executors/hopeless-processor.mjs", import.meta.url),
      });
      const outcome = await run([...queued(server.url), "--estimator", "likelihood-ratio"]);
      await worker.close();
      expect(outcome.code).toBe(4);
      expect(outcome.rows("reports/errors.csv").map((row) => row.trade_id)).toEqual([
        "ADG-1",
        "ADG-2",
        "ADG-3",
        "ADG-4",
      ]);
      expect(outcome.stderr).toContain(
        "the simulation failed: likelihood-ratio of ACME, 8 dates to 0.25 years, 1 payoff, batch 0: Unexpected exit code: 7 signal: null (3 attempts)",
      );
      expect(troubles.length).toBe(12);
    });

    test("refuses workers of another version, and says which were there", async () => {
      const stranger = await startWorker(server.url, copyOfProgram({ version: "9.9.9" }));
      const outcome = await run([...queued(server.url), "--patience", "3"]);
      expect(outcome.code).toBe(4);
      expect(outcome.stderr).toMatch(
        /no answer in 3 s: .*workers of 9\.9\.9-kernel-\w+ were seen and are refused/,
      );
      expect(outcome.stderr).not.toContain("secret");
      stranger.child.kill("SIGTERM");
      expect(await stranger.ended).toBe(0);
      expect(stranger.output()).toContain("stopped after 0 tasks");
    });

    test("stops within four seconds when it is asked to, and takes its tasks back", async () => {
      await startWorker(server.url);
      const out = mkdtempSync(join(tmpdir(), "grecian-out-"));
      const driver = start([...queued(server.url), "--out", out, "--paths", "16777216"]);
      const tasks = openQueue(tasksOf(engine));
      await expect.poll(() => tasks.getWaitingCount(), { timeout: 30_000 }).toBeGreaterThan(10);
      const asked = performance.now();
      driver.child.kill("SIGTERM");
      expect(await driver.ended).toBe(130);
      expect(performance.now() - asked).toBeLessThan(4000);
      expect(await tasks.getWaitingCount()).toBe(0);
      await tasks.close();
    });

    test("lets a run with a checkpoint be killed and go on, to the bits of one thread", async () => {
      await startWorker(server.url);
      const out = mkdtempSync(join(tmpdir(), "grecian-out-"));
      const kept = [...queued(server.url), "--checkpoint", join(out, "run.checkpoint")];
      const driver = start([...kept, "--out", out]);
      await expect
        .poll(() => sizeOf(join(out, "run.checkpoint")), { interval: 5, timeout: 30_000 })
        .toBeGreaterThan(20_000);
      driver.child.kill("SIGKILL");
      expect(await driver.ended).toBe("SIGKILL");
      const again = await run(kept);
      expect(again.stderr).toMatch(/[1-9]\d* batches of an earlier run are taken from /);
      expect([again.code, sha256(again)]).toEqual([0, expected]);
    });
  });
}
