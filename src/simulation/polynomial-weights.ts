import type { ConstantLaw, Law } from "../dynamics/dynamics.js";
import type { Derivative, Draws } from "../gradients/distribution.js";
import { BLOCK, COLUMN_BYTES, type Kernel, type Pointer, written } from "../kernel/kernel.js";
import { power, square } from "../numerics/elementary.js";
import { type Polynomial, plus, times } from "../numerics/polynomial.js";
import type { Schedule } from "./schedule.js";
import { firstOrderTerms, type ScoreTerms, secondOrderTerms } from "./score-terms.js";
import type { Weights } from "./weights.js";

/**
 * The weights of `openWeights` where there is one interval and its law's m and s are numbers: polynomials in its normal. Null where
 * they are none.
 */
export function weightPolynomials(
  schedule: Schedule,
  law: Law,
  derivatives: readonly Derivative[],
): readonly Polynomial[] | null {
  if (law.kind !== "constant" || law.intervals.length > 1) return null;
  return derivatives.map((derivative) => shortest(weightOf(schedule, law, derivative)));
}

/** The columns 1, z, z², … of one interval, times `ratio` where there is one: what its weights are sums of. */
export function openPowers(
  kernel: Kernel,
  columns: number,
  pointer: Pointer,
  ratio: Pointer | null,
): Weights {
  const { exports: ops } = kernel;
  ops.fill(pointer, 1, BLOCK);
  return {
    begin() {},
    interval(_, { z }, paths) {
      if (ratio !== null) ops.copy(pointer, ratio, paths);
      for (let power = 1; power < columns; power++) {
        const column = pointer + power * COLUMN_BYTES;
        ops.multiply(column, column - COLUMN_BYTES, z, paths);
      }
    },
    finish() {},
  };
}

/** Of draws that have powers in place of weights, the same with the weights: these polynomials of them. */
export function withWeights(kernel: Kernel, powers: Draws, polynomials: readonly Polynomial[]): Draws {
  const { exports: ops } = kernel;
  const weights = kernel.allocate(polynomials.length * COLUMN_BYTES);
  const coefficients = polynomials.map((own) => ({ pointer: written(kernel, own), count: own.length }));
  return {
    ...powers,
    weights,
    draw(batch, firstDraw, paths) {
      powers.draw(batch, firstDraw, paths);
      for (const [g, { pointer, count }] of coefficients.entries()) {
        const out = weights + g * COLUMN_BYTES;
        ops.fill(out, 0, paths);
        ops.addMultiples(out, powers.weights, COLUMN_BYTES, pointer, count, paths);
      }
    },
  };
}

function weightOf(schedule: Schedule, law: ConstantLaw, derivative: Derivative): Polynomial {
  const [a, b, c] = derivative;
  if (a === undefined) return [1];
  const first = powers(firstOrderTerms(schedule, law, 0, a));
  if (b === undefined) return first;
  if (c === undefined)
    return plus(times(first, weightOf(schedule, law, [b])), powers(secondOrderTerms(schedule, law, 0, a, b)));
  // In the spot three times: W_S W_SS − 2 W_SS / S + (1 − 2 S W_S) / (S³ s²).
  const { spot } = schedule;
  const second = weightOf(schedule, law, [a, b]);
  const inverseVariance = 1 / square(law.intervals[0]!.deviation);
  const rest = plus([1 / power(spot, 3)], times([-2 / square(spot)], first));
  return plus(times(plus(first, [-2 / spot]), second), times([inverseVariance], rest));
}

function powers({ c0, c1, c2 }: ScoreTerms): Polynomial {
  return [c0 - c2, c1, c2];
}

/** Without powers that do not occur: where a parameter moves no deviation its terms have none. */
function shortest(p: Polynomial): Polynomial {
  const last = p.findLastIndex((coefficient) => coefficient !== 0);
  return p.slice(0, Math.max(1, last + 1));
}
