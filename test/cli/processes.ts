import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./run.js";

/** The program as users start it. `npm run build` makes it. */
export const program = join(root, "dist/program/grecian.js");

export interface Process {
  readonly child: ChildProcess;
  /** Resolves when the text has come, rejects when the process ends without it. */
  said(text: string): Promise<void>;
  /** What it wrote, of either kind. */
  output(): string;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

const running = new Set<ChildProcess>();
process.once("exit", endAll);

/** Ends, by their ids, the processes that a test has left. */
export function endAll(): void {
  for (const child of running) child.kill("SIGKILL");
}

export function start(argv: readonly string[], { bin = program, env = {} } = {}): Process {
  const child = spawn(process.execPath, [bin, ...argv], {
    env: { ...process.env, NODE_ENV: "production", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let output = "";
  const listeners = new Set<() => void>();
  const hear = (chunk: Buffer) => {
    output += chunk;
    for (const listener of listeners) listener();
  };
  child.stdout?.on("data", hear);
  child.stderr?.on("data", hear);
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once("close", (code, signal) => {
      running.delete(child);
      resolve(code ?? signal!);
    });
  });
  return {
    child,
    output: () => output,
    ended,
    said: (text) =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (!output.includes(text)) return;
          listeners.delete(check);
          resolve();
        };
        listeners.add(check);
        check();
        void ended.then((how) => reject(new Error(`it ended (${how}) without "${text}": ${output}`)));
      }),
  };
}

/** A worker that is ready. */
export async function startWorker(url: string, bin: string = program): Promise<Process> {
  const worker = start(["worker", "--queue", url, "--threads", "1"], { bin });
  await worker.said("working for");
  return worker;
}

/** The built program elsewhere: under another version, or without some packages. Gives the path of its command. */
export function copyOfProgram({
  version,
  packages,
}: {
  readonly version?: string;
  readonly packages?: readonly string[];
}): string {
  const folder = mkdtempSync(join(tmpdir(), "grecian-copy-"));
  cpSync(join(root, "dist"), join(folder, "dist"), { recursive: true });
  const described = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ ...described, version: version ?? described.version }),
  );
  if (packages === undefined) symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  else {
    for (const name of packages) {
      cpSync(join(root, "node_modules", name), join(folder, "node_modules", name), { recursive: true });
    }
  }
  return join(folder, "dist/program/grecian.js");
}
