// Puts the program and its workers together into few files, dist/program: Node takes a millisecond to find each of some two hundred
// modules, in the program and again in every worker. Packages stay where they are. After tsc.
import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";

const built = (file) => fileURLToPath(new URL(`../dist/${file}`, import.meta.url));

await build({
  // The workers are found by these names, beside what starts them.
  input: {
    grecian: built("cli/bin.js"),
    "thread-worker": built("executors/thread-worker.js"),
    "queue-processor": built("executors/queue-processor.js"),
  },
  platform: "node",
  external: (id) => !id.startsWith(".") && !isAbsolute(id),
  output: { dir: built("program"), cleanDir: true, format: "esm", chunkFileNames: "[name].js" },
});
