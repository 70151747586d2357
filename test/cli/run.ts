import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "csv-parse/sync";
import type { Io } from "../../src/cli/io.js";
import { main } from "../../src/cli/main.js";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const market = join(root, "data/market.json");
export const book = join(root, "data/book.csv");

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly folder: string;
  read(file: string): string;
  rows(file: string): Record<string, string>[];
}

/** Runs the program in a folder of its own. */
export async function run(
  argv: readonly string[],
  {
    stdin = "",
    interrupt = false,
    env = {},
    threads,
    onProgress,
  }: {
    readonly stdin?: string;
    readonly interrupt?: boolean;
    /** Told how far the run is, in percent. */
    readonly onProgress?: (percent: number) => void;
    readonly env?: Readonly<Record<string, string>>;
    readonly threads?: Io["threads"];
  } = {},
): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "grecian-"));
  let stdout = "";
  let stderr = "";
  const code = await main(argv, {
    stdin: (async function* () {
      yield new TextEncoder().encode(stdin);
    })(),
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      const percent = /^(\d+) % of/.exec(text)?.[1];
      if (onProgress !== undefined && percent !== undefined) onProgress(Number(percent));
      else stderr += text;
    },
    cwd: folder,
    env,
    ...(threads !== undefined && { threads }),
    isTerminal: onProgress !== undefined,
    onInterrupt(handler) {
      if (interrupt) setTimeout(handler, 200);
      return () => undefined;
    },
  });
  const read = (file: string) => readFileSync(join(folder, file), "utf8");
  return { code, stdout, stderr, folder, read, rows: (file) => parse(read(file), { columns: true }) };
}
