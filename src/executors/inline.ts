import type { Executor } from "../analysis/executor.js";
import { type Kernel, loadKernel } from "../kernel/kernel.js";
import { openRun } from "./open-run.js";

/** Time between pauses in which signals, timers and the page may run. */
const BREATH_MS = 20;

/** A kernel that no run is using: calls into one that is warm are several times as fast, and its memory is there. */
let idle: Kernel | undefined;

/** Does the work on the calling thread, pausing between batches. */
export function openInlineExecutor(): Executor {
  const breathe = openBreather();
  return {
    async estimate(request, { cancelled, onBatch, store }) {
      const warm = idle;
      idle = undefined;
      const kernel = warm ?? (await loadKernel());
      const run = openRun(kernel, request);
      try {
        const pilots = run.pilots();
        const batches = [];
        for (let batch = 0; batch < request.batches; batch++) {
          await breathe();
          if (cancelled()) return null;
          const stored = store?.get(batch);
          const means = stored ?? run.batch(batch);
          if (stored === undefined) store?.keep(batch, means);
          batches.push(means);
          onBatch();
        }
        return run.merge(batches, pilots);
      } finally {
        run.close();
        idle = kernel;
      }
    },
  };
}

function openBreather(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < BREATH_MS) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    last = performance.now();
  };
}
