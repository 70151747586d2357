import type { FromWorker } from "./worker-messages.js";

/** Who hears a worker's answers; `died` when there will be none. */
export interface Hearer {
  readonly answer: (answer: FromWorker) => void;
  readonly died: (reason: string) => void;
}

/** What a worker says goes to the one who listens, if any; that it died while nobody did, the next is told. */
export interface Hearing extends Hearer {
  /** Hears the worker until it is told not to, by what this gives back. */
  listen(hearer: Hearer): () => void;
}

export function openHearing(): Hearing {
  let hearer: Hearer | undefined;
  let end: string | undefined;
  return {
    answer: (answer) => hearer?.answer(answer),
    died(reason) {
      end ??= reason;
      hearer?.died(end);
    },
    listen(own) {
      hearer = own;
      if (end !== undefined) queueMicrotask(() => hearer === own && own.died(end!));
      return () => {
        if (hearer === own) hearer = undefined;
      };
    },
  };
}
