import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";

const { version } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));
const source = (file: string) => new URL(`./src/${file}`, import.meta.url).pathname;

export default defineConfig({
  define: { VERSION: JSON.stringify(version) },
  // Examples and tests import the package by its name, as its users do, from the sources.
  resolve: { alias: { "grecian/gradients": source("gradients/index.ts"), grecian: source("index.ts") } },
  test: {
    include: ["test/**/*.test.ts"],
    // These drive servers of their own, and want the machine to themselves: npm run test:companions.
    exclude: process.env.COMPANIONS ? [] : ["test/cli/queue*.test.ts"],
    testTimeout: 60_000,
  },
});
