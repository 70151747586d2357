import { loadKernel } from "../kernel/kernel.js";
import type { Distribution } from "./distribution.js";
import type { Estimator } from "./estimator.js";
import { type Estimate, type GradientOptions, gradient } from "./gradient.js";
import { type Integrand, integrandOf, type PointFunction } from "./integrand.js";

/** One estimator's estimate of one derivative, and what it costs. */
export interface Comparison {
  readonly estimator: string;
  readonly parameter: string;
  /** Null when unbiased. */
  readonly bias: string | null;
  readonly value: number;
  readonly standardError: number;
  /** Variance of one draw. */
  readonly variance: number;
  /** Of one draw: seconds where there was a clock, else evaluations of f. */
  readonly cost: number;
  /** variance × cost, over that of the first unbiased estimator in the list: below 1 is better. */
  readonly relativeWork: number;
}

/** An estimator that does not apply, and why. */
export interface Refusal {
  readonly estimator: string;
  readonly reason: string;
}

export interface ComparisonTable {
  readonly rows: readonly Comparison[];
  readonly refusals: readonly Refusal[];
}

export interface CompareOptions extends GradientOptions {
  /** Seconds now, of any origin: makes cost a time. Without it cost counts evaluations, the same on every machine. */
  readonly clock?: () => number;
}

/** Runs every estimator that applies on the same problem. Glynn and Whitt (1992): the better one has less variance × cost. */
export async function compare(
  f: Integrand | PointFunction,
  distribution: Distribution,
  estimators: readonly Estimator[],
  options: CompareOptions = {},
): Promise<ComparisonTable> {
  const kernel = options.kernel ?? (await loadKernel());
  const { clock } = options;
  const measured: Omit<Comparison, "relativeWork">[] = [];
  const refusals: Refusal[] = [];
  for (const estimator of estimators) {
    const names = estimator.parameters ?? distribution.parameters.map(({ name }) => name);
    const derivatives = [[], ...names.map((name) => [name])];
    const reason = estimator.obstacle({ distribution, integrand: integrandOf(f), derivatives });
    if (reason !== null) {
      refusals.push({ estimator: estimator.name, reason });
      continue;
    }
    const start = clock?.() ?? 0;
    const result = await gradient(f, distribution, estimator, { ...options, kernel });
    const cost = clock === undefined ? result.evaluations : (clock() - start) / result.samples;
    for (const name of names) measured.push(measure(estimator, name, result.gradient[name]!, cost));
  }
  return { rows: withRelativeWork(measured), refusals };
}

function measure({ name: estimator, bias }: Estimator, parameter: string, estimate: Estimate, cost: number) {
  const { value, standardError, variance } = estimate;
  return { estimator, parameter, bias, value, standardError, variance, cost };
}

/** Sets every row against the first unbiased one of its parameter. */
export function withRelativeWork<Row extends Omit<Comparison, "relativeWork">>(
  rows: readonly Row[],
): readonly (Row & Pick<Comparison, "relativeWork">)[] {
  const references = new Map<string, Row>();
  for (const row of rows)
    if (row.bias === null && !references.has(row.parameter)) references.set(row.parameter, row);
  return rows.map((row) => {
    const reference = references.get(row.parameter) ?? row;
    const work = reference.variance * reference.cost;
    return { ...row, relativeWork: work > 0 ? (row.variance * row.cost) / work : Number.NaN };
  });
}
