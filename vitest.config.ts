import { defineConfig } from "vitest/config";

export default defineConfig({
  // Examples and tests import the package by its name, as its users do, from the sources.
  resolve: { alias: { grecian: new URL("./src/index.ts", import.meta.url).pathname } },
  test: { include: ["test/**/*.test.ts"], testTimeout: 60_000 },
});
