#!/usr/bin/env node
import { availableParallelism } from "node:os";
import { packageVersion } from "./package-files.js";

// A reader that closes the pipe has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

/** The command line, once the program is loaded. */
async function run(argv: readonly string[]): Promise<number> {
  const { main } = await import("./main.js");
  return main(argv, {
    stdin: process.stdin,
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    cwd: process.cwd(),
    env: process.env,
    threads: {
      most: availableParallelism(),
      open: async (count) => (await import("../executors/threads.js")).openThreads(count),
    },
    isTerminal: process.stderr.isTTY === true,
    onInterrupt(handler) {
      let asked = false;
      const listener = () => {
        if (asked) process.exit(130);
        asked = true;
        handler();
      };
      // A cluster asks with SIGTERM.
      const signals = ["SIGINT", "SIGTERM"] as const;
      for (const signal of signals) process.on(signal, listener);
      return () => {
        for (const signal of signals) process.off(signal, listener);
      };
    },
  });
}

const argv = process.argv.slice(2);
// Who asks for the version waits for Node, and not for the program.
if (argv.length === 1 && argv[0] === "--version") process.stdout.write(`${packageVersion()}\n`);
else
  void run(argv).then((code) => {
    process.exitCode = code;
  });
