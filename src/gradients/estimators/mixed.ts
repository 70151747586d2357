import { COLUMN_BYTES, type Kernel } from "../../kernel/kernel.js";
import { type Estimator, openTermColumns, type Problem, type Terms } from "../estimator.js";

/**
 * A different estimator for each parameter, on the same draws: pathwise where f is smooth in it, the score where not.
 * Where two parameters move together, their sum is the derivative: see `directional`.
 */
export function mixed(estimators: Readonly<Record<string, Estimator>>): Estimator {
  const partsOf = ({ derivatives, ...problem }: Problem) =>
    [...new Set(Object.values(estimators))].map((estimator) => ({
      estimator,
      problem: {
        ...problem,
        derivatives: [
          [],
          ...derivatives.filter(([name]) => name !== undefined && estimators[name] === estimator),
        ],
      },
    }));
  const biases = Object.entries(estimators).flatMap(([name, { bias }]) =>
    bias === null ? [] : [`${name}: ${bias}`],
  );
  return {
    name: Object.entries(estimators)
      .map(([parameter, { name }]) => `${parameter}: ${name}`)
      .join("; "),
    bias: biases.length > 0 ? biases.join("; ") : null,
    obstacle(problem) {
      const missing = problem.derivatives.find(
        ([name]) => name !== undefined && estimators[name] === undefined,
      );
      if (missing !== undefined) return `no estimator was given for ${missing[0]}`;
      if (problem.derivatives.some((derivative) => derivative.length > 1))
        return "it gives first derivatives only";
      for (const part of partsOf(problem)) {
        const reason = part.estimator.obstacle(part.problem);
        if (reason !== null) return `${part.estimator.name}: ${reason}`;
      }
      return null;
    },
    open(kernel, problem, options) {
      const parts = partsOf(problem).map((part) => ({
        derivatives: part.problem.derivatives,
        terms: part.estimator.open(kernel, part.problem, options),
      }));
      return sideBySide(kernel, problem, parts);
    },
  };
}

function sideBySide(
  kernel: Kernel,
  { derivatives }: Problem,
  parts: readonly { readonly derivatives: Problem["derivatives"]; readonly terms: Terms }[],
): Terms {
  // Each derivative's column comes from its part, and [] from the first; all other columns of the parts follow.
  const source = derivatives.map((derivative) => {
    const p = parts.findIndex((part) => part.derivatives.some((own) => own[0] === derivative[0]));
    const own = parts[p]!.derivatives.findIndex((other) => other[0] === derivative[0]);
    return { p, own };
  });
  const controls = source.map(({ p, own }) => parts[p]!.terms.controls[own]!);
  const copies = source.map(({ p, own }) => ({ p, column: own }));
  const placed = controls.map(({ columns, coefficients }, g) => ({
    coefficients,
    columns: columns.map(({ column, mean }) => ({
      column: copies.push({ p: source[g]!.p, column }) - 1,
      mean,
    })),
  }));
  const out = openTermColumns(kernel, copies.length);
  return {
    columns: copies.length,
    controls: placed,
    evaluations: parts.reduce((sum, { terms }) => sum + terms.evaluations, 0),
    draws: {
      coordinates: parts[0]!.terms.draws.coordinates,
      weights: out.first,
      draw(batch, first, n) {
        for (const { terms } of parts) terms.draws.draw(batch, first, n);
        for (const [c, { p, column }] of copies.entries()) {
          kernel.exports.copy(
            out.first + c * COLUMN_BYTES,
            parts[p]!.terms.draws.weights + column * COLUMN_BYTES,
            n,
          );
        }
      },
    },
  };
}
