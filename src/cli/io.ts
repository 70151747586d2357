import type { ThreadPool } from "../executors/threads.js";

/** What a command touches of the process, so that tests can stand in for it. */
export interface Io {
  readonly stdin: AsyncIterable<Uint8Array>;
  stdout(text: string): void;
  stderr(text: string): void;
  readonly cwd: string;
  /** Whether stderr is a terminal: only there is a progress line. */
  readonly isTerminal: boolean;
  /** The environment: where a cluster puts the number of a shard. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Threads to compute on; absent where there is only the calling one. */
  readonly threads?: { readonly most: number; open(count: number): Promise<ThreadPool> };
  /** Calls back when the user asks to stop; the returned function ends that. */
  onInterrupt(handler: () => void): () => void;
}

/** Exit codes of the program. */
export const EXIT = { ok: 0, internal: 1, usage: 2, partial: 3, nothing: 4, interrupted: 130 } as const;

/** Something the user asked that cannot be: told in one line, exit code 2. */
export class UsageError extends Error {}
