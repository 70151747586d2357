/** The queue of inputs: nobody works it off, its jobs are looked up by their simulation's hash. */
export const INPUTS = "grecian-inputs";
/** One job per engine whose workers were there: who runs with no worker of its own can say which there are. */
export const ENGINES = "grecian-engines";

/** Tasks of an engine: workers of another never see them. */
export function tasksOf(engine: string): string {
  return `grecian-${engine}`;
}

/** A failure that another attempt would repeat; BullMQ knows it by this name. */
class Final extends Error {
  override readonly name = "UnrecoverableError";
}

/** A task that asks for what no worker does. */
export class Refused extends Final {
  constructor(reason: string) {
    super(`the task was refused: ${reason}`);
  }
}

const GONE = "the inputs of the task could not be had";

/** The queue is out of reach or lost the inputs, or another run that shared them has ended: who wants the task sends it again. */
export class InputsGone extends Final {
  constructor(reason: string) {
    super(`${GONE}: ${reason}`);
  }
}

export function areInputsGone(reason: string): boolean {
  return reason.includes(GONE);
}
