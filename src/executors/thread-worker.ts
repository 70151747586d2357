import { parentPort } from "node:worker_threads";
import { serveRuns } from "./serve-runs.js";

const port = parentPort!;
port.on(
  "message",
  serveRuns((message, buffers) => port.postMessage(message, buffers)),
);
