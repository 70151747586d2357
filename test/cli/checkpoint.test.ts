import { existsSync, mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { endAll, start } from "./processes.js";
import { hashOfOneThread, sha256, valued } from "./queue-cases.js";
import { run } from "./run.js";

const newFolder = () => mkdtempSync(join(tmpdir(), "grecian-kept-"));
afterEach(endAll);

/** Starts a run and ends it by a signal when the checkpoint has some hundred kilobytes. */
async function endedMidway(file: string, signal: NodeJS.Signals) {
  const driver = start([...valued, "--threads", "1", "--checkpoint", file, "--out", newFolder()]);
  const isUnderWay = () => existsSync(file) && statSync(file).size > 20_000;
  while (!isUnderWay() && driver.child.exitCode === null) await pause(5);
  driver.child.kill(signal);
  return driver.ended;
}

describe("greeks --checkpoint", { timeout: 60_000 }, () => {
  test.each([
    ["SIGKILL", "SIGKILL"],
    ["SIGTERM", 130],
  ] as const)("goes on after %s where it was, to the bits of one run", async (signal, how) => {
    const file = join(newFolder(), "run.checkpoint");
    expect(await endedMidway(file, signal)).toBe(how);
    const again = await run([...valued, "--checkpoint", file]);
    expect(again.code).toBe(0);
    expect(again.stderr).toMatch(/[1-9]\d* batches of an earlier run are taken from /);
    expect(sha256(again)).toBe(await hashOfOneThread());
  });

  test.skipIf(!existsSync("/dev/full"))("tells of a full disk and gives the bits all the same", async () => {
    const full = await run([...valued, "--checkpoint", "/dev/full"]);
    expect(full.code).toBe(0);
    expect(full.stderr).toBe(
      "/dev/full can keep no more: no space is left on the disk; the run goes on without it\n",
    );
    expect(sha256(full)).toBe(await hashOfOneThread());
  });

  test("refuses the file of other options, and one that cannot be", async () => {
    const file = join(newFolder(), "run.checkpoint");
    expect((await run([...valued, "--paths", "1024", "--checkpoint", file])).code).toBe(0);
    const before = readFileSync(file);
    const other = await run([...valued, "--paths", "2048", "--checkpoint", file]);
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining("belongs to another run")]);
    expect(readFileSync(file).equals(before)).toBe(true);
    const nowhere = await run([...valued, "--checkpoint", join(newFolder(), "no/such/file")]);
    expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining("its folder is not there")]);
  });
});
