import type { EstimateRequest } from "../analysis/executor.js";
import type { Pilot } from "../estimators/pilot.js";
import type { BatchMeans } from "../gradients/batch-means.js";
import { base64Of, decode, doublesOf, encode, pack, sha256Of, unpack } from "./wire.js";
import { portable } from "./worker-messages.js";

/** A simulation's inputs as text, under their hash: sent once, however many tasks it has. */
export interface Simulation {
  readonly key: string;
  readonly text: string;
  /** For messages: "pathwise and likelihood-ratio of ACME, 12 dates to 0.5 years, 3 payoffs". */
  readonly title: string;
}

export function simulationOf(request: EstimateRequest): Simulation {
  const { underlying, dates } = request.schedule;
  const text = encode(portable(request));
  const count = (n: number, word: string) => `${n} ${word}${n === 1 ? "" : "s"}`;
  const names = request.parts.map(({ estimator }) => estimator).join(" and ");
  const payoffs = Math.max(...request.parts.map(({ amounts }) => amounts.length));
  const title = `${names} of ${underlying}, ${count(dates.length, "date")} to ${dates.at(-1)} years, ${count(payoffs, "payoff")}`;
  return { key: sha256Of(text), text, title };
}

/** Some batches of a simulation, and its pilots when asked for. */
export interface Task {
  /** Who may run it; see `engineOf`. */
  readonly engine: string;
  /** Key of the simulation. */
  readonly simulation: string;
  readonly first: number;
  readonly count: number;
  readonly pilot: boolean;
}

/** The same work has the same name, whoever asks for it, and however often. */
export function taskName({ simulation, first, count, pilot }: Task): string {
  return `${simulation.slice(0, 40)}-${first}-${count}${pilot ? "-pilot" : ""}`;
}

/** What came of a task, as it travels. */
export interface Answer {
  /** The means of its batches, one after the other. */
  readonly means: string;
  readonly pilots?: string;
  /** What the batches took. */
  readonly milliseconds: number;
}

export interface Outcome {
  readonly means: readonly BatchMeans[];
  readonly pilots: readonly Pilot[] | undefined;
  readonly milliseconds: number;
}

/** Longest pilots or inputs, unpacked. */
export const MOST_BYTES = 2 ** 28;

export function answerOf({ means, pilots, milliseconds }: Outcome): Answer {
  const size = means[0]?.length ?? 0;
  const all = new Float64Array(size * means.length);
  means.forEach((batch, i) => {
    all.set(batch, i * size);
  });
  return {
    means: base64Of(all),
    ...(pilots !== undefined && { pilots: pack(encode(pilots)) }),
    milliseconds,
  };
}

/** Throws when the answer is not one to the task. */
export function outcomeOf(answer: Answer, { count, pilot }: Task): Outcome {
  if (typeof answer?.means !== "string" || !(answer.milliseconds >= 0))
    throw new Error("the answer must have means and milliseconds");
  const all = doublesOf(answer.means);
  const size = count === 0 ? 0 : all.length / count;
  if (!Number.isInteger(size) || (size === 0) !== (count === 0))
    throw new Error(`the answer must have the means of ${count} batches, it has ${all.length} numbers`);
  if (pilot && typeof answer.pilots !== "string") throw new Error("the answer must have the pilots");
  return {
    means: Array.from({ length: count }, (_, i) => all.slice(i * size, (i + 1) * size)),
    pilots: pilot ? (decode(unpack(answer.pilots!, MOST_BYTES)) as readonly Pilot[]) : undefined,
    milliseconds: answer.milliseconds,
  };
}
