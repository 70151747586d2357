import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { program } from "./cli/processes.js";
import { root } from "./cli/run.js";

const example = (name: string) => readFileSync(join(root, "examples", name), "utf8");
const slurm = example("slurm.sh");
const kubernetes = example("kubernetes.yaml");
const job = parse(kubernetes, { strict: true, uniqueKeys: true });
const [container] = job.spec.template.spec.containers;

const book = join(root, "test/cli/many-tasks.csv");
const market = join(root, "data/market.json");
/** Enough to see shards come together, and quick: the examples say 40. */
const SHARDS = 3;
/** A folder of commands that has `grecian`. */
const commands = mkdtempSync(join(tmpdir(), "grecian-commands-"));
writeFileSync(join(commands, "grecian"), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, {
  mode: 0o755,
});

function shell(text: string, folder: string, env: Readonly<Record<string, string>> = {}): void {
  const path = `${commands}:${process.env.PATH}`;
  const { status, stderr } = spawnSync("sh", ["-c", text], {
    cwd: folder,
    env: { HOME: folder, PATH: path, NODE_ENV: "production", ...env },
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
}

/** Does what an example says, step by step, and gives the results. */
function results(text: string, runShard: (shard: string, folder: string) => void): string {
  const step = (name: string) => new RegExp(`grecian ${name} .*`).exec(text)![0];
  const folder = mkdtempSync(join(tmpdir(), "grecian-job-"));
  copyFileSync(book, join(folder, "book.csv"));
  copyFileSync(market, join(folder, "market.json"));
  shell(step("plan").replace(/--shards \d+/, `--shards ${SHARDS} --paths 1024`), folder);
  for (let shard = 0; shard < SHARDS; shard++) runShard(`${shard}`, folder);
  shell(step("merge"), folder);
  return readFileSync(join(folder, "reports/greeks.csv"), "utf8");
}

describe("the job files", () => {
  let expected: string;
  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), "grecian-job-"));
    shell(`grecian greeks ${book} --market ${market} --paths 1024 --threads 1`, folder);
    expected = readFileSync(join(folder, "reports/greeks.csv"), "utf8");
  }, 60_000);

  test("of Slurm gives the bits of one machine, and its array has the shards of its plan", () => {
    const [, last] = /--array=0-(\d+)/.exec(slurm) ?? [];
    expect(Number(last) + 1).toBe(Number(/--shards (\d+)/.exec(slurm)?.[1]));
    expect(results(slurm, (shard, folder) => shell(slurm, folder, { SLURM_ARRAY_TASK_ID: shard }))).toBe(
      expected,
    );
  });

  test("of Kubernetes gives the bits of one machine", () => {
    expect(container.command).toEqual(["sh", "-c"]);
    const [{ mountPath }] = container.volumeMounts;
    expect(
      results(kubernetes, (shard, folder) =>
        shell(container.args[0].replaceAll(mountPath, folder), folder, { JOB_COMPLETION_INDEX: shard }),
      ),
    ).toBe(expected);
  });

  test("of Kubernetes is an indexed job with as many pods as its plan has shards", () => {
    expect([job.apiVersion, job.kind, job.spec.completionMode]).toEqual(["batch/v1", "Job", "Indexed"]);
    expect(job.spec.completions).toBe(Number(/--shards (\d+)/.exec(kubernetes)?.[1]));
    expect(job.spec.parallelism).toBeLessThanOrEqual(job.spec.completions);
    // What failed by a wrong command or version fails again: only without restarts of its own a job can tell, by the exit code.
    const { restartPolicy, volumes } = job.spec.template.spec;
    expect(restartPolicy).toBe("Never");
    expect(job.spec.podFailurePolicy.rules).toEqual([
      { action: "FailJob", onExitCodes: { operator: "In", values: [2] } },
    ]);
    expect(volumes.map(({ name }: { name: string }) => name)).toEqual(
      container.volumeMounts.map(({ name }: { name: string }) => name),
    );
  });
});
