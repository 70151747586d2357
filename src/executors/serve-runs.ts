import { loadKernel } from "../kernel/kernel.js";
import { openRun, type PartsRun } from "./open-run.js";
import { type FromWorker, type ToWorker, unpacked } from "./worker-messages.js";

/** Sends an answer, and hands the buffers over without a copy. */
type Reply = (message: FromWorker, buffers: ArrayBuffer[]) => void;

/** The other end of the pool: one worker with a kernel of its own, and one run open at a time. Gives what takes its messages. */
export function serveRuns(reply: Reply): (message: ToWorker) => void {
  // While the first request is on its way.
  const loading = loadKernel();
  loading.catch(() => {});
  let open: { readonly run: number; readonly pieces: PartsRun } | undefined;
  /** Messages wait for the ones before them. */
  let last = Promise.resolve();

  async function handle(message: ToWorker): Promise<void> {
    if (message.kind === "open") {
      const kernel = await loading;
      open?.pieces.close();
      open = undefined;
      open = { run: message.run, pieces: openRun(kernel, unpacked(message.request)) };
      return;
    }
    if (open?.run !== message.run) {
      if (message.kind !== "close") throw new Error("the run was not opened");
      return;
    }
    const { pieces } = open;
    if (message.kind === "close") {
      pieces.close();
      open = undefined;
    } else if (message.kind === "pilot") {
      reply({ run: message.run, kind: "pilot", pilots: pieces.pilots() }, []);
    } else {
      const start = performance.now();
      const means = Array.from({ length: message.count }, (_, i) => pieces.batch(message.first + i));
      const milliseconds = performance.now() - start;
      const buffers = means.map(({ buffer }) => buffer);
      reply({ run: message.run, kind: "batches", first: message.first, means, milliseconds }, buffers);
    }
  }

  return (message) => {
    last = last.then(async () => {
      try {
        await handle(message);
      } catch (error) {
        const told = error instanceof Error ? error.message : String(error);
        reply({ run: message.run, kind: "failed", message: told }, []);
      }
    });
  };
}
