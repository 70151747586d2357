import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";

const file = (name: string) => new URL(`../examples/${name}`, import.meta.url).pathname;

test("the Kubernetes example is an indexed job whose pods each run the shard of their index", () => {
  const text = readFileSync(file("kubernetes.yaml"), "utf8");
  const job = parse(text, { strict: true, uniqueKeys: true });
  expect([job.apiVersion, job.kind, job.spec.completionMode]).toEqual(["batch/v1", "Job", "Indexed"]);
  expect(job.spec.completions).toBe(Number(/--shards (\d+)/.exec(text)?.[1]));
  expect(job.spec.parallelism).toBeLessThanOrEqual(job.spec.completions);
  const { containers, volumes, restartPolicy } = job.spec.template.spec;
  // A job's pods may not be restarted always.
  expect(["OnFailure", "Never"]).toContain(restartPolicy);
  const [{ command, args, volumeMounts }] = containers;
  expect(command).toEqual(["sh", "-c"]);
  expect(args[0]).toContain("grecian run /work/plan.json --out /work/parts/$JOB_COMPLETION_INDEX.json");
  expect(spawnSync("bash", ["-n", "-c", args[0]]).status).toBe(0);
  expect(volumes.map(({ name }: { name: string }) => name)).toEqual(
    volumeMounts.map(({ name }: { name: string }) => name),
  );
});

test("the Slurm example is a script, and its array has the shards of its plan", () => {
  const text = readFileSync(file("slurm.sh"), "utf8");
  expect(spawnSync("bash", ["-n", file("slurm.sh")], { encoding: "utf8" }).stderr).toBe("");
  const [, last] = /--array=0-(\d+)/.exec(text) ?? [];
  expect(Number(last) + 1).toBe(Number(/--shards (\d+)/.exec(text)?.[1]));
  expect(text).toContain('grecian run plan.json --out "parts/$SLURM_ARRAY_TASK_ID.json"');
});
