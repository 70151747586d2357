import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { book, market, run } from "./run.js";

const folder = mkdtempSync(join(tmpdir(), "grecian-shards-"));
const plan = join(folder, "plan.json");
const parts = join(folder, "parts");
const options = ["--market", market, "--paths", "4096", "--batches", "32", "--seed", "shards"];

/** A folder with these parts. */
function partsOf(files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(tmpdir(), "grecian-parts-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}
const part = (shard: number) => readFileSync(join(parts, `${shard}.json`), "utf8");

beforeAll(async () => {
  mkdirSync(parts);
  expect((await run(["plan", book, ...options, "--shards", "3", "--out", plan])).code).toBe(0);
  // A shard's number, where each cluster puts it.
  const variables = ["JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX", "SLURM_ARRAY_TASK_ID"];
  for (const [shard, variable] of variables.entries()) {
    const env = { [variable]: `${shard}` };
    expect((await run(["run", plan, "--out", join(parts, `${shard}.json`)], { env })).code).toBe(0);
  }
}, 120_000);

describe("shards", () => {
  test("merge into the files of one machine, bit for bit", async () => {
    const formats = ["--format", "csv,html"];
    const merged = await run(["merge", plan, parts, ...formats]);
    const whole = await run(["greeks", book, ...options, ...formats]);
    expect([merged.code, whole.code]).toEqual([0, 0]);
    for (const file of ["greeks.csv", "totals.csv", "errors.csv"])
      expect(merged.read(`reports/${file}`), file).toBe(whole.read(`reports/${file}`));
    // All of the page but how it was called.
    const page = ({ read }: typeof merged) => read("reports/report.html").split("<h2>To reproduce")[0];
    expect(page(merged)).toBe(page(whole));
    expect(page(merged)).toContain("<h2>Against the spot");
  });

  test.each([
    ["missing", () => ({ "0.json": part(0), "2.json": part(2) }), "no part of shard 1"],
    [
      "there twice",
      () => ({ "0.json": part(0), "1.json": part(1), "2.json": part(2), "copy.json": part(2) }),
      "copy.json: shard 2 is in 2.json too",
    ],
    [
      "cut",
      () => ({ "0.json": part(0), "1.json": part(1).slice(0, 9000), "2.json": part(2) }),
      "1.json: it was changed or cut",
    ],
    [
      "changed",
      () => ({ "0.json": part(0), "1.json": part(1).replace("AAA", "AAB"), "2.json": part(2) }),
      "1.json: it was changed or cut",
    ],
    [
      "cut after a line",
      () => ({
        "0.json": part(0),
        "1.json": part(1).slice(0, part(1).lastIndexOf("\n", part(1).length - 2) + 1),
        "2.json": part(2),
      }),
      "1.json: it was changed or cut",
    ],
    [
      "of another plan",
      () => ({ "0.json": part(0).replace(/"plan":"./, '"plan":"x'), "1.json": part(1), "2.json": part(2) }),
      "0.json: it belongs to another plan",
    ],
    ["no part", () => ({ "0.json": "{}", "1.json": part(1), "2.json": part(2) }), "0.json: it is not a part"],
  ])("a part that is %s is named, and nothing is merged", async (_, files, message) => {
    const { code, stderr, stdout } = await run(["merge", plan, partsOf(files())]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stdout).toBe("");
  });

  test.each([
    [["--shard", "3"], {}, "--shard must be from 0 to 2, got 3"],
    [[], {}, "--shard must be given, or one of JOB_COMPLETION_INDEX"],
    [[], { SLURM_ARRAY_TASK_ID: "x" }, "SLURM_ARRAY_TASK_ID must be a whole number >= 0, got x"],
  ])("a shard that is none is refused: %j %j", async (args, env, message) => {
    const { code, stderr } = await run(["run", plan, ...args, "--out", join(folder, "no.json")], { env });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test("a plan of another version is refused, and so is a file that is no plan", async () => {
    const other = join(folder, "other.json");
    writeFileSync(other, readFileSync(plan, "utf8").replace(/"engine": "[^"]*"/, '"engine": "9.9.9"'));
    const refused = await run(["run", other, "--shard", "0", "--out", join(folder, "no.json")]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("must be run by version 9.9.9");
    const none = await run(["merge", market, parts]);
    expect(none.code).toBe(2);
    expect(none.stderr).toContain("must be a plan that grecian plan wrote");
  });

  test("more shards than batches are refused", async () => {
    const { code, stderr } = await run(["plan", book, ...options, "--shards", "33", "--out", plan]);
    expect(code).toBe(2);
    expect(stderr).toContain("--shards must be at most the number of batches 32, got 33");
  });
});
