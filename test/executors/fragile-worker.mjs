// A thread that dies at its second task, in half of its lives.
import { parentPort, threadId } from "node:worker_threads";
import "../../dist/executors/thread-worker.js";

let tasks = 0;
parentPort.on("message", ({ kind }) => {
  if (kind === "batches" && ++tasks === 2 && threadId % 2 === 0) process.exit(9);
});
