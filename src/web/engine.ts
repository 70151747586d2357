import * as Comlink from "comlink";
import { serveRuns } from "../executors/serve-runs.js";
import { openBrowserWorkers } from "./browser-workers.js";
import { openDesk } from "./desk.js";

// The one script of all workers: the desk, which the page talks to, starts as many for computing as there are cores.

if (self.name === "compute") {
  const serve = serveRuns((message, transfer) => self.postMessage(message, { transfer }));
  self.addEventListener("message", ({ data }) => serve(data));
} else {
  // Its own text comes first: a page from disk has no address to start others from.
  self.addEventListener("message", ({ data }) => openFor(URL.createObjectURL(new Blob([data]))), {
    once: true,
  });
}

function openFor(script: string): void {
  const open = () => new Worker(script, { name: "compute" });
  const pool = openBrowserWorkers(navigator.hardwareConcurrency || 2, open);
  const files = import.meta.glob<string>("../../models/*.json", {
    query: "?raw",
    import: "default",
    eager: true,
  });
  const models = new Map(
    Object.entries(files).map(([path, text]) => [path.replace(/^.*\/|\.json$/g, ""), text]),
  );
  Comlink.expose(openDesk(pool, models));
}
