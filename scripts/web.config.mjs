// Builds src/web into dist/web/index.html: one file that is served as it is, or opened from disk. A page from disk may load
// no other file, and Chrome lets it start classic workers only: they are bundled as scripts, and the page carries their text.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, defineConfig } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

const root = fileURLToPath(new URL("..", import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const MOST_KB = 250;

const shared = {
  define: { VERSION: JSON.stringify(version) },
  // csv-parse's own build for browsers, which it does not choose by itself.
  resolve: { alias: { "csv-parse": "csv-parse/browser/esm" } },
};

/** `import code from "./x.js?worker-text"`: the module x.ts with all it imports, as text. */
const workerText = {
  name: "worker-text",
  enforce: "pre",
  async resolveId(source, importer) {
    if (!source.endsWith("?worker-text")) return null;
    const { id } = await this.resolve(source.replace("?worker-text", ""), importer);
    return `\0${id}?worker-text`;
  },
  async load(id) {
    if (!id.startsWith("\0") || !id.endsWith("?worker-text")) return null;
    const entry = id.slice(1, -"?worker-text".length);
    this.addWatchFile(entry);
    const [{ output }] = [
      await build({
        ...shared,
        configFile: false,
        logLevel: "warn",
        build: {
          ...{ write: false, target: "es2022", modulePreload: false, reportCompressedSize: false },
          rolldownOptions: { input: entry, output: { format: "iife", codeSplitting: false } },
        },
      }),
    ].flat();
    return `export default ${JSON.stringify(output[0].code)};`;
  },
};

// vite-plugin-singlefile warns of a policy against inline code: it reads that of report.html, which the page carries as text.
const weight = {
  name: "page-weight",
  enforce: "post",
  writeBundle({ dir }) {
    const kilobytes = gzipSync(readFileSync(join(dir, "index.html"))).length / 1000;
    console.log(`the page weighs ${kilobytes.toFixed(0)} kB gzipped (at most ${MOST_KB})`);
    if (kilobytes > MOST_KB) throw new Error(`the page must weigh at most ${MOST_KB} kB gzipped`);
  },
};

export default defineConfig({
  ...shared,
  root: join(root, "src/web"),
  base: "./",
  plugins: [workerText, viteSingleFile({ removeViteModuleLoader: true }), weight],
  build: { target: "es2022", outDir: join(root, "dist/web"), emptyOutDir: true, reportCompressedSize: false },
});
