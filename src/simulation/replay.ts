import type { LatentLaw } from "../dynamics/dynamics.js";
import type { Kernel } from "../kernel/kernel.js";
import { asInputs, inputNames, openColumns, openIntervalLaw } from "./latent-columns.js";
import type { Schedule } from "./schedule.js";

/** Latent paths that were simulated, block by block: of every interval its columns, one after the other. */
interface Recording {
  /** All that the paths depend on, and what their columns are. */
  readonly key: string;
  readonly blocks: Map<string, Float64Array>;
  /** Of blocks that were let go, to be written over: fresh memory costs more than what is written to it. */
  readonly spare: Float64Array[];
  /** The batch that was last recorded. */
  batch: number;
  numbers: number;
}

/** Numbers that a recording may have before it starts over: 32 MB. */
const MOST_NUMBERS = 2 ** 22;

/** Of every kernel the last one. */
const recordings = new WeakMap<Kernel, Recording>();

/**
 * A law whose latent paths several estimators look at: whoever asks for a block first simulates it, with all the columns that
 * `whole` has, and the others take theirs from there. `keeps` says that blocks outlive their batch.
 */
export function replayed(
  kernel: Kernel,
  { dynamics, parameters, carry, dates }: Schedule,
  { law, whole, keeps }: { readonly law: LatentLaw; readonly whole: LatentLaw; readonly keeps: boolean },
  streamKey: readonly [number, number],
): LatentLaw {
  const names = inputNames(whole);
  const recording = recordingOf(
    kernel,
    JSON.stringify([streamKey, dynamics.name, parameters, carry, dates, names]),
  );
  const places = inputNames(law).map((name) => {
    if (!names.includes(name)) throw new Error(`shared paths must carry ${name}, got ${names.join(", ")}`);
    return names.indexOf(name);
  });
  const state = openColumns(kernel, whole.stateColumns);
  const own = { ...openIntervalLaw(kernel, whole), key: streamKey, state };
  const simulated = asInputs(own);
  let block: Float64Array = new Float64Array();
  let isNew = false;
  return {
    ...law,
    fill(_, k, interval, place) {
      const { batch, firstPath, paths } = place;
      if (k === 0) {
        const name = `${batch} ${firstPath} ${paths}`;
        const known = recording.blocks.get(name);
        isNew = known === undefined;
        block =
          known ?? record(recording, { name, batch, numbers: dates.length * names.length * paths, keeps });
      }
      const at = (place: number) => (k * names.length + place) * paths;
      if (isNew) {
        whole.fill(kernel, k, own, place);
        for (const [i, pointer] of simulated.entries()) block.set(kernel.column(pointer, paths), at(i));
      }
      for (const [i, pointer] of asInputs(interval).entries()) {
        const from = at(places[i]!);
        kernel.column(pointer, paths).set(block.subarray(from, from + paths));
      }
    },
  };
}

/** Room for a block, in place of others where there would be too many. */
function record(
  recording: Recording,
  { name, batch, numbers, keeps }: { name: string; batch: number; numbers: number; keeps: boolean },
): Float64Array {
  const { blocks, spare } = recording;
  if ((!keeps && batch !== recording.batch) || recording.numbers + numbers > MOST_NUMBERS) {
    spare.push(...blocks.values());
    blocks.clear();
    recording.numbers = 0;
  }
  recording.batch = batch;
  recording.numbers += numbers;
  const last = spare.pop();
  const block = last?.length === numbers ? last : new Float64Array(numbers);
  blocks.set(name, block);
  return block;
}

/** Nobody shares paths, for now. */
export function forgetRecording(kernel: Kernel): void {
  recordings.delete(kernel);
}

/** The last one, if it is of these paths and columns; else a new one. */
function recordingOf(kernel: Kernel, key: string): Recording {
  const last = recordings.get(kernel);
  if (last?.key === key) return last;
  const recording = { key, blocks: new Map(), spare: [], batch: -1, numbers: 0 };
  recordings.set(kernel, recording);
  return recording;
}
