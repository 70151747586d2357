import type { ConstantLaw } from "../dynamics/dynamics.js";
import type { Derivative } from "../gradients/distribution.js";
import { BLOCK, type Kernel, type Pointer } from "../kernel/kernel.js";
import { power, square } from "../numerics/elementary.js";
import type { Schedule } from "./schedule.js";
import { firstOrderTerms, type ScoreTerms, secondOrderTerms } from "./score-terms.js";

/** Of the polynomials of degree 4 that the kernel takes. */
const COEFFICIENTS = 5;

/**
 * The weights of one interval whose law's m and s are numbers: polynomials in its normal, of degree 4 at most, so that one pass
 * writes each. Otherwise as `openWeights`, whose formulas they are.
 */
export function openPolynomialWeights(
  kernel: Kernel,
  schedule: Schedule,
  law: ConstantLaw,
  derivatives: readonly Derivative[],
  pointer: Pointer,
  ratio: Pointer | null,
) {
  const { exports: ops } = kernel;
  const factor = ratio ?? kernel.allocate(BLOCK * 8);
  if (ratio === null) ops.fill(factor, 1, BLOCK);
  const weights = derivatives.map((derivative, j) => {
    const coefficients = kernel.allocate(COEFFICIENTS * 8);
    const column = kernel.column(coefficients, COEFFICIENTS);
    column.fill(0);
    // Of third order only the spot's has more, and they are 0: it moves no deviation.
    column.set(weightOf(schedule, law, derivative).slice(0, COEFFICIENTS));
    return { column: pointer + j * BLOCK * 8, isOne: derivative.length === 0, coefficients };
  });
  return {
    begin() {},
    interval(_: number, { z }: { readonly z: Pointer }, paths: number) {
      for (const { column, isOne, coefficients } of weights) {
        if (isOne) ops.copy(column, factor, paths);
        else ops.weightPolynomial(column, z, factor, coefficients, paths);
      }
    },
    finish() {},
  };
}

/** Coefficients of the powers of z. */
type Polynomial = readonly number[];

function weightOf(schedule: Schedule, law: ConstantLaw, derivative: Derivative): Polynomial {
  const [a, b, c] = derivative;
  if (a === undefined) return [1];
  const first = powers(firstOrderTerms(schedule, law, 0, a));
  if (b === undefined) return first;
  if (c === undefined)
    return sum(times(first, weightOf(schedule, law, [b])), powers(secondOrderTerms(schedule, law, 0, a, b)));
  // In the spot three times: W_S W_SS − 2 W_SS / S + (1 − 2 S W_S) / (S³ s²).
  const { spot } = schedule;
  const second = weightOf(schedule, law, [a, b]);
  const inverseVariance = 1 / square(law.intervals[0]!.deviation);
  const rest = sum([1 / power(spot, 3)], times([-2 / square(spot)], first));
  return sum(times(sum(first, [-2 / spot]), second), times([inverseVariance], rest));
}

function powers({ c0, c1, c2 }: ScoreTerms): Polynomial {
  return [c0 - c2, c1, c2];
}

function sum(p: Polynomial, q: Polynomial): Polynomial {
  return Array.from({ length: Math.max(p.length, q.length) }, (_, i) => (p[i] ?? 0) + (q[i] ?? 0));
}

function times(p: Polynomial, q: Polynomial): Polynomial {
  const product = new Array<number>(p.length + q.length - 1).fill(0);
  for (const [i, a] of p.entries()) for (const [j, b] of q.entries()) product[i + j]! += a * b;
  return product;
}
