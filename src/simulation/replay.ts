import type { LatentLaw } from "../dynamics/dynamics.js";
import type { Kernel } from "../kernel/kernel.js";
import { asInputs, inputNames } from "./latent-columns.js";
import type { Schedule } from "./schedule.js";

/** Latent paths that were simulated, block by block: of every interval its columns, one after the other. */
interface Recording {
  /** All that the paths depend on. */
  readonly key: string;
  /** What the columns are: paths do not depend on what they are differentiated in. */
  readonly columns: readonly string[];
  readonly blocks: Map<string, Float64Array>;
  numbers: number;
}

/** Numbers that a recording may have: 32 MB. */
const MOST_NUMBERS = 2 ** 22;

/** Of every kernel the last one: estimators that are tried on the same paths come one after the other. */
const recordings = new WeakMap<Kernel, Recording>();

/** The law, taking what it is to fill from the kernel's recording where that has it, and recorded where not. */
export function replayed(
  kernel: Kernel,
  { dynamics, parameters, carry, dates }: Schedule,
  law: LatentLaw,
  streamKey: readonly [number, number],
): LatentLaw {
  const key = JSON.stringify([streamKey, dynamics.name, parameters, carry, dates]);
  const names = inputNames(law);
  const recording = recordingOf(kernel, key, names);
  const { blocks, columns } = recording;
  const places = names.map((name) => columns.indexOf(name));
  // With fewer columns than the recording has, a block would be known in part.
  const records = places.length === columns.length;
  let known: Float64Array | undefined;
  let kept: Float64Array | undefined;
  return {
    ...law,
    fill(own, k, interval, place) {
      const { batch, firstPath, paths } = place;
      if (k === 0) {
        const block = `${batch} ${firstPath} ${paths}`;
        known = blocks.get(block);
        kept = undefined;
        // All intervals of a block or none: each goes on from where the one before stopped.
        const numbers = dates.length * columns.length * paths;
        if (records && known === undefined && recording.numbers + numbers <= MOST_NUMBERS) {
          recording.numbers += numbers;
          kept = new Float64Array(numbers);
          blocks.set(block, kept);
        }
      }
      if (known === undefined) law.fill(own, k, interval, place);
      for (const [i, pointer] of asInputs(interval).entries()) {
        const column = own.column(pointer, paths);
        const at = (k * columns.length + places[i]!) * paths;
        if (known !== undefined) column.set(known.subarray(at, at + paths));
        else kept?.set(column, at);
      }
    },
  };
}

/** No more trials are to come, for now. */
export function forgetRecording(kernel: Kernel): void {
  recordings.delete(kernel);
}

/** The last one, if it is of these paths and has all columns; else a new one. */
function recordingOf(kernel: Kernel, key: string, columns: readonly string[]): Recording {
  const last = recordings.get(kernel);
  if (last?.key === key && columns.every((name) => last.columns.includes(name))) return last;
  const recording = { key, columns, blocks: new Map(), numbers: 0 };
  recordings.set(kernel, recording);
  return recording;
}
