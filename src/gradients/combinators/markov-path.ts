import type { NumberTable } from "../../numerics/terms.js";
import {
  type Capability,
  type ColumnDistribution,
  type Columns,
  columnDistribution,
} from "../column-distribution.js";
import type { Noise } from "../noise.js";
import { ENDLESS_SUPPORT, NO_ENTROPY, NO_PAIR, NO_SECOND_ORDER, NOT_RELAXABLE } from "../reasons.js";

/** One step of a chain: step k leads from the state `from` to the state `to`, columns of the state's coordinates. */
export interface Transition {
  readonly k: number;
  readonly from: Columns;
  readonly to: Columns;
}

export interface MarkovPathSpec {
  readonly name: string;
  readonly terms: NumberTable;
  readonly values: Readonly<Record<string, number>>;
  readonly start: readonly number[];
  readonly steps: number;
  /** The noise of one step. */
  readonly noise: readonly Noise[];
  sample(transition: Transition, noise: Columns): void;
  /** Adds ln p(to | from) to out. */
  addLogProb(transition: Transition, out: Float64Array): void;
  /** Adds ∂_j ln p(to | from) to out[j]. */
  addScore(transition: Transition, out: Columns): void;
  /** Adds ∂_ij ln p(to | from). */
  readonly addScoreJacobian?: (transition: Transition, out: Columns) => void;
  /** Why the path does not move smoothly with its parameters, or the tangent of the whole path. */
  readonly pathwise: Capability<Exclude<ColumnDistribution["pathwise"], string>>;
}

/** The path of a Markov chain: a coordinate per step and coordinate of the state. Log-densities add, and so do scores. */
export function markovPath(spec: MarkovPathSpec): ColumnDistribution {
  const { start, steps, addScoreJacobian } = spec;
  const size = start.length;
  const { name, terms, values } = spec;
  const transitions = function* (x: Columns): Generator<Transition> {
    let from: Columns = start.map((value) => new Float64Array(x[0]!.length).fill(value));
    for (let k = 0; k < steps; k++) {
      const to = x.slice(k * size, (k + 1) * size);
      yield { k, from, to };
      from = to;
    }
  };
  return columnDistribution({
    name,
    terms,
    values,
    dimension: steps * size,
    noise: Array.from({ length: steps }, () => spec.noise).flat(),
    sample(noise, x) {
      const each = spec.noise.length;
      for (const transition of transitions(x)) {
        spec.sample(transition, noise.slice(transition.k * each, (transition.k + 1) * each));
      }
    },
    logProb(x, out) {
      out.fill(0);
      for (const transition of transitions(x)) spec.addLogProb(transition, out);
    },
    score(x, out) {
      for (const column of out) column.fill(0);
      for (const transition of transitions(x)) spec.addScore(transition, out);
    },
    scoreJacobian:
      addScoreJacobian === undefined
        ? NO_SECOND_ORDER
        : (x, out) => {
            for (const column of out) column.fill(0);
            for (const transition of transitions(x)) addScoreJacobian(transition, out);
          },
    pathwise: spec.pathwise,
    weakDerivative: NO_PAIR,
    support: ENDLESS_SUPPORT,
    relaxable: NOT_RELAXABLE,
    entropy: NO_ENTROPY,
  });
}
