import { readFileSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { quoting } from "../bench/quote.mjs";
import { run } from "./cli/run.js";

const root = new URL("../", import.meta.url);
const readRoot = (file: string) => readFileSync(new URL(file, root), "utf8");
const readme = readRoot("README.md");

describe("the README", () => {
  test.each(["library", "gradients"])(
    "shows the %s example as it is, and what it prints",
    async (example) => {
      expect(readme).toContain(readRoot(`examples/${example}.ts`).trim());
      const lines: string[] = [];
      const log = vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
      await import(`../examples/${example}.ts`);
      log.mockRestore();
      expect(lines.length).toBeGreaterThan(0);
      expect(readme).toContain(lines.join("\n"));
    },
  );

  test("quotes the bench as it was written", () => {
    expect(quoting(readme, readRoot("bench/results.md"))).toBe(readme);
    expect(readme).toMatch(/\| 2 threads \| \d/);
  });

  test("shows what npm start prints, and the sample of results is what it writes, to the last bit", async () => {
    const { code, stdout, read } = await run([
      "greeks",
      new URL("data/book.csv", root).pathname,
      "--market",
      new URL("data/market.json", root).pathname,
    ]);
    expect(code).toBe(0);
    const lines = stdout.trim().split("\n");
    expect(readme).toContain(lines.slice(0, 14).join("\n"));
    expect(readme).toContain(lines.slice(lines.lastIndexOf("")).join("\n"));
    for (const file of ["greeks.csv", "totals.csv", "report-totals.svg"]) {
      expect(read(`reports/${file}`), file).toBe(readRoot(`reports/sample/${file}`));
    }
  });
});
