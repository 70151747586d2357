// Puts the program and its workers together into few files, dist/program: Node takes a millisecond to find each of some two hundred
// modules, in the program and again in every worker. After tsc.
import { readFileSync, writeFileSync } from "node:fs";
import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";

const built = (file) => fileURLToPath(new URL(`../dist/${file}`, import.meta.url));

/**
 * What packages load and nothing here needs: commander what starts other programs, ten milliseconds, for commands that are programs of
 * their own; seedrandom what it would take a seed from if it had none, five in every worker.
 */
const UNNEEDED = { commander: "node:child_process", seedrandom: "crypto" };
const isUnneeded = (id, importer) =>
  Object.entries(UNNEEDED).some(([name, own]) => id === own && importer?.includes(`/${name}/`));
const withoutUnneeded = {
  name: "without-unneeded",
  resolveId: (id, importer) => (isUnneeded(id, importer) ? "\0unneeded" : null),
  load: (id) => (id === "\0unneeded" ? "export {};" : null),
};

/** What every run needs comes along, so that Node need not look for it, with where its licence stands; other packages stay apart. */
const ALONG = {
  commander: "LICENSE",
  "csv-parse": "LICENSE",
  "decimal.js": "LICENCE.md",
  jsep: "LICENSE",
  seedrandom: "seedrandom.js",
};
const staysApart = (id, importer) =>
  !Object.hasOwn(ALONG, id) && !id.startsWith(".") && !isAbsolute(id) && !isUnneeded(id, importer);

await build({
  // The workers are found by these names, beside what starts them.
  input: {
    grecian: built("cli/bin.js"),
    "thread-worker": built("executors/thread-worker.js"),
    "queue-processor": built("executors/queue-processor.js"),
  },
  platform: "node",
  external: staysApart,
  plugins: [withoutUnneeded],
  output: { dir: built("program"), cleanDir: true, format: "cjs", chunkFileNames: "[name].js" },
});

// Their licences ask for their notices beside them.
const notices = Object.entries(ALONG).map(([name, notice]) => {
  const text = readFileSync(new URL(`../node_modules/${name}/${notice}`, import.meta.url), "utf8");
  return `${name}\n\n${notice.endsWith(".js") ? text.slice(0, text.indexOf("*/") + 2) : text}`;
});
writeFileSync(built("program/package.json"), '{ "type": "commonjs" }\n');
writeFileSync(built("program/licences.txt"), notices.join("\n\n"));
