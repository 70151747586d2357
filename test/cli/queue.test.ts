import { describe, expect, test } from "vitest";
import { copyOfProgram, start } from "./processes.js";
import { valued } from "./queue-cases.js";
import { run } from "./run.js";

describe("a queue that cannot be used", () => {
  test.each([
    ["amqp://127.0.0.1", "a queue must be redis://host:6379 or postgres://host:5432/database"],
    ["redis://me:secret@127.0.0.1:1/0?x=secret", "redis://127.0.0.1:1/0 cannot be used: "],
    ["postgres://me:secret@127.0.0.1:1/db", "postgres://127.0.0.1:1/db cannot be used: "],
    ["postgres://me:sec%ret@127.0.0.1:1/db", "name and password percent-encoded"],
    ["redis://me:12/secret@127.0.0.1:1", "name and password percent-encoded"],
  ])("is told in a line, without its password: %s", async (url, message) => {
    const outcome = await run([...valued, "--queue", url]);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain(message);
    expect(outcome.stderr).not.toContain("secret");
  });

  test.each([
    "greeks book.csv --qeue=redis://me:secret@host",
    "redis://me:secret@host",
    "worker --threads redis://me:secret@host",
  ])("is told without its password where it should not be: %s", async (line) => {
    const { code, stderr } = await run(line.split(" "));
    expect([code, stderr]).toEqual([2, expect.stringContaining("redis://host")]);
    expect(stderr).not.toContain("secret");
  });

  test("is told with the packages it needs when they are not installed", async () => {
    const packages = ["commander", "csv-parse", "decimal.js", "jsep", "jsonc-parser", "seedrandom"];
    const bin = copyOfProgram({ packages });
    for (const [url, driver] of [
      ["redis://127.0.0.1:6379", "ioredis"],
      ["postgres://127.0.0.1/db", "pg"],
    ]) {
      const worker = start(["worker", "--queue", url!], { bin });
      expect(await worker.ended).toBe(2);
      expect(worker.output()).toContain(`npm install bullmq ${driver}`);
    }
  });

  test("needs an address, and goes without options of threads", async () => {
    expect((await run(["worker"])).stderr).toContain("or GRECIAN_QUEUE be set");
    const both = await run([...valued, "--queue", "redis://127.0.0.1:1", "--threads", "2"]);
    expect([both.code, both.stderr]).toEqual([
      2,
      expect.stringContaining("--threads must go without --queue"),
    ]);
    const alone = await run([...valued, "--task-seconds", "2"]);
    expect([alone.code, alone.stderr]).toEqual([
      2,
      expect.stringContaining("--task-seconds must come with --queue"),
    ]);
  });
});
