import { COLUMN_BYTES, type Kernel } from "../../kernel/kernel.js";
import {
  type Coefficients,
  type Estimator,
  openTermColumns,
  type Problem,
  type TermOptions,
  type Terms,
} from "../estimator.js";

/** Named directions in parameter space: `{ intensity: { count: 1, compensator: 1 } }`. */
export type Directions = Readonly<Record<string, Readonly<Record<string, number>>>>;

/**
 * Derivatives along directions, from any estimator of the single ones, with the error of the sum. For a parameter that
 * enters a law in several places, each of which deserves an estimator of its own: give `mixed` and add up.
 */
export function directional(directions: Directions, estimator: Estimator): Estimator {
  const inner = (problem: Problem): Problem => ({
    ...problem,
    derivatives: [
      [],
      ...new Set(problem.derivatives.flatMap(([name]) => Object.keys(directions[name ?? ""] ?? {}))),
    ].map((name) => (typeof name === "string" ? [name] : name)),
  });
  return {
    name: estimator.name,
    bias: estimator.bias,
    parameters: Object.keys(directions),
    obstacle(problem) {
      const unknown = problem.derivatives.find(
        ([name]) => name !== undefined && directions[name] === undefined,
      );
      if (unknown !== undefined) return `no direction is named ${unknown[0]}`;
      return estimator.obstacle(inner(problem));
    },
    open: (kernel, problem, options) =>
      openDirectional(kernel, { directions, estimator, inner }, problem, options),
  };
}

function openDirectional(
  kernel: Kernel,
  {
    directions,
    estimator,
    inner,
  }: { readonly directions: Directions; readonly estimator: Estimator; inner(problem: Problem): Problem },
  problem: Problem,
  options: TermOptions,
): Terms {
  const single = inner(problem);
  const terms = estimator.open(kernel, single, options);
  const count = problem.derivatives.length;
  const sums = problem.derivatives.map(([name]) =>
    name === undefined
      ? [{ column: 0, factor: 1 }]
      : Object.entries(directions[name]!).map(([parameter, factor]) => ({
          column: single.derivatives.findIndex(([own]) => own === parameter),
          factor,
        })),
  );
  const out = openTermColumns(kernel, count + terms.columns);
  return {
    columns: count + terms.columns,
    evaluations: terms.evaluations,
    controls: sums.map((parts) => ({
      coefficients: fitted(parts.map(({ column }) => terms.controls[column]!.coefficients)),
      columns: parts.flatMap(({ column }) =>
        terms.controls[column]!.columns.map((control) => ({ ...control, column: count + control.column })),
      ),
    })),
    draws: {
      coordinates: terms.draws.coordinates,
      weights: out.first,
      draw(batch, first, n) {
        const { exports: ops } = kernel;
        terms.draws.draw(batch, first, n);
        const single = (column: number) => terms.draws.weights + column * COLUMN_BYTES;
        for (let c = 0; c < terms.columns; c++)
          ops.copy(out.first + (count + c) * COLUMN_BYTES, single(c), n);
        for (const [g, parts] of sums.entries()) {
          const target = out.first + g * COLUMN_BYTES;
          ops.fill(target, 0, n);
          for (const { column, factor } of parts) ops.multiplyAddScalar(target, single(column), factor, n);
        }
      },
    },
  };
}

/** One way of fitting for the sum: its parts' controls are regressed on together. */
function fitted(all: readonly Coefficients[]): Coefficients {
  return all.find((mode) => typeof mode === "string") ?? [];
}
