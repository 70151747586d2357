import { readFileSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";

const root = new URL("../", import.meta.url);
const read = (file: string) => readFileSync(new URL(file, root), "utf8");
const readme = read("README.md");

describe("the README", () => {
  test("shows the library example as it is, and what it prints", async () => {
    expect(readme).toContain(read("examples/library.ts").trim());
    const lines: string[] = [];
    const log = vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
    await import("../examples/library.js");
    log.mockRestore();
    expect(lines.length).toBeGreaterThan(0);
    expect(readme).toContain(lines.join("\n"));
  });
});
