import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";

const { version } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));
const source = (file: string) => new URL(`./src/${file}`, import.meta.url).pathname;

/** Tests of processes, servers and browsers want the machine to themselves: one file after the other, when all others are done. */
const alone = ["test/cli/queue*.test.ts", "test/web/page.test.ts"];

export default defineConfig({
  define: { VERSION: JSON.stringify(version) },
  // Examples and tests import the package by its name, as its users do, from the sources.
  resolve: { alias: { "grecian/gradients": source("gradients/index.ts"), grecian: source("index.ts") } },
  test: {
    testTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "together",
          include: ["test/**/*.test.ts"],
          exclude: alone,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "alone",
          include: alone,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
