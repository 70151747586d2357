import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { endAll, start } from "./processes.js";
import { root, run } from "./run.js";

afterAll(endAll);

const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };

test("the program tells its version, before it is loaded and after", async () => {
  const process = start(["--version"]);
  expect(await process.ended).toBe(0);
  expect(process.output()).toBe(`${version}\n`);
  const { code, stdout } = await run(["--version"]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: `${version}\n` });
});

test("the program ends with the code of its command", async () => {
  const process = start(["greeks", "nowhere.csv", "--market", "nowhere.json"]);
  const { code, stderr } = await run(["greeks", "nowhere.csv", "--market", "nowhere.json"]);
  expect(await process.ended).toBe(code);
  expect(code).toBeGreaterThan(0);
  expect(process.output()).toBe(stderr);
});
