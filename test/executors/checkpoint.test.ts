import { appendFileSync, mkdtempSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { CheckpointUnusable, openCheckpoint } from "../../src/executors/checkpoint.js";
import { openInlineExecutor } from "../../src/executors/inline.js";
import { openThreads } from "../../src/executors/threads.js";
import { computeGreeks, type Executor, type PortfolioItem, type RunOptions } from "../../src/index.js";
import { exampleBook, exampleMarket } from "../analysis/book.js";

const market = exampleMarket();
const options: RunOptions = { paths: 2048, batches: 16, seed: "checkpoint" };
const worker = new URL("../../dist/executors/thread-worker.js", import.meta.url);
let book: readonly PortfolioItem[];
let expected: Awaited<ReturnType<typeof computeGreeks>>;
let batches = 0;
beforeAll(async () => {
  book = (await exampleBook(market)).slice(0, 6);
  expected = await computeGreeks(book, market, options, counting(openInlineExecutor()));
});

/** Counts the batches that are asked for. */
function counting(executor: Executor): Executor {
  return {
    estimate: (request, control) => {
      batches += request.batches;
      return executor.estimate(request, control);
    },
  };
}

const newFile = () => join(mkdtempSync(join(tmpdir(), "grecian-checkpoint-")), "run.checkpoint");

/** One run with a checkpoint; aborts when so many batches are in the file. */
async function keptRun(
  path: string,
  {
    abortAt = Number.POSITIVE_INFINITY,
    run = "this",
    executor = openInlineExecutor(),
    append,
  }: {
    readonly abortAt?: number;
    readonly run?: string;
    readonly executor?: Executor;
    readonly append?: (file: number, text: string) => void;
  } = {},
) {
  const troubles: string[] = [];
  const signal = { aborted: false };
  let kept = -1; // The first line is the head.
  const checkpoint = openCheckpoint(path, executor, {
    run,
    onTrouble: (message) => troubles.push(message),
    append(file, text) {
      if (append !== undefined) append(file, text);
      else appendFileSync(file, text);
      if (++kept >= abortAt) signal.aborted = true;
    },
  });
  const outcome = await computeGreeks(book, market, { ...options, signal }, checkpoint);
  checkpoint.close();
  return { ...outcome, troubles, kept, found: checkpoint.found };
}

describe("a checkpoint", () => {
  test("lets a run that was stopped go on, to the bits of one that was not, and runs no batch twice", async () => {
    const path = newFile();
    const stopped = await keptRun(path, { abortAt: 40 });
    expect([stopped.summary.interrupted, stopped.kept]).toEqual([true, 40]);
    const again = await keptRun(path);
    expect(again.found).toBe(40);
    expect(again.kept + 1 + 40).toBe(batches);
    expect([again.results, again.summary]).toEqual([expected.results, expected.summary]);
    const third = await keptRun(path);
    expect([third.found, third.kept]).toEqual([batches, -1]);
    expect(third.results).toEqual(expected.results);
  });

  test("serves threads as well", async () => {
    const path = newFile();
    await keptRun(path, { abortAt: 40 });
    const pool = openThreads(2, worker);
    const again = await keptRun(path, { executor: pool });
    await pool.close();
    expect(again.found).toBe(40);
    expect(again.results).toEqual(expected.results);
  });

  test.each([
    ["torn in its last line", (path: string, size: number) => truncateSync(path, size - 100), 39],
    ["torn at the end of a line", (path: string, size: number) => truncateSync(path, size - 1), 39],
    ["followed by what is none", (path: string) => appendFileSync(path, "0123456789abcdef x\n"), 40],
    [
      "changed in a number",
      (path: string) => writeFileSync(path, readFileSync(path, "latin1").replace(/[A-Z]([^A-Z]*\n)$/, "_$1")),
      39,
    ],
  ])("that was %s is cut there, and the rest is run again", async (_, damage, found) => {
    const path = newFile();
    await keptRun(path, { abortAt: 40 });
    damage(path, readFileSync(path).length);
    const again = await keptRun(path);
    expect(again.found).toBe(found);
    expect(again.troubles).toEqual([expect.stringMatching(/run\.checkpoint was cut by \d+ bytes/)]);
    expect(again.results).toEqual(expected.results);
    expect((await keptRun(path)).found).toBe(batches);
  });

  test("torn in its first line begins anew", async () => {
    const path = newFile();
    await keptRun(path, { abortAt: 1 });
    truncateSync(path, 10);
    expect((await keptRun(path)).results).toEqual(expected.results);
    expect((await keptRun(path)).found).toBe(batches);
  });

  test("on a disk that is full ends the keeping, not the run, and says why; what was kept stays of use", async () => {
    const path = newFile();
    const whole = newFile();
    await keptRun(whole);
    let room = Math.floor(readFileSync(whole).length / 2);
    const full = await keptRun(path, {
      append(file, text) {
        // As disks do: what fits is written first.
        appendFileSync(file, text.slice(0, room));
        room -= text.length;
        if (room < 0) throw Object.assign(new Error("ENOSPC: write"), { code: "ENOSPC" });
      },
    });
    expect(full.troubles).toEqual([
      `${path} can keep no more: no space is left on the disk; the run goes on without it`,
    ]);
    expect(full.results).toEqual(expected.results);
    const again = await keptRun(path);
    expect(again.troubles).toEqual([]);
    expect(again.found).toBeGreaterThan(5);
    expect(again.results).toEqual(expected.results);
  });

  test("of another run is refused, and so is a file that is none", async () => {
    const path = newFile();
    await keptRun(path, { abortAt: 1 });
    await expect(keptRun(path, { run: "other" })).rejects.toThrow("belongs to another run");
    for (const text of ["a,b\n1,2\n", "no line at all"]) {
      const file = newFile();
      writeFileSync(file, text);
      await expect(keptRun(file)).rejects.toThrow(CheckpointUnusable);
      expect(readFileSync(file, "utf8")).toBe(text);
    }
  });
});
