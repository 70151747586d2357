import type { RunSummary } from "../analysis/result.js";
import { summaryJson } from "./json.js";

/** What a run was: enough to do it again and get the same bits. */
export interface Manifest {
  readonly command: string;
  readonly version: string;
  readonly runtime: string;
  readonly inputs: readonly { readonly file: string; readonly sha256: string }[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly startedAt: string;
  readonly seconds: number;
}

/** run.json */
export function manifestJson(manifest: Manifest, summary: RunSummary) {
  const { startedAt, ...rest } = manifest;
  return { ...rest, started_at: startedAt, result: summaryJson(summary) };
}

/** Words as a shell takes them apart again. */
export function commandLine(words: readonly string[]): string {
  return words.map(shellWord).join(" ");
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
