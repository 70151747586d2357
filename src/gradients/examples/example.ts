import type { ColumnDistribution } from "../column-distribution.js";
import type { Estimator } from "../estimator.js";
import { type Estimate, type GradientOptions, gradient } from "../gradient.js";
import type { Integrand } from "../integrand.js";

/** A problem with a known answer, to be estimated in several ways. */
export interface Example {
  readonly name: string;
  readonly meaning: string;
  run(options: GradientOptions): Promise<readonly ExampleRow[]>;
}

export interface ExampleRow {
  readonly parameter: string;
  readonly estimator: string;
  /** Null when unbiased. */
  readonly bias: string | null;
  readonly estimate: number;
  /** Null where nobody knows it. */
  readonly exact: number | null;
  readonly standardError: number;
  /** Of one draw. */
  readonly variance: number;
}

export interface GradientProblem {
  readonly name: string;
  readonly meaning: string;
  readonly integrand: Integrand;
  readonly distribution: ColumnDistribution;
  readonly estimators: readonly Estimator[];
  /** ∂E[f]/∂θ by parameter. */
  readonly exact: Readonly<Record<string, number>>;
}

/** An example that is one problem, under each of its estimators. */
export function gradientExample({
  name,
  meaning,
  integrand,
  distribution,
  estimators,
  exact,
}: GradientProblem): Example {
  return {
    name,
    meaning,
    async run(options) {
      const rows: ExampleRow[] = [];
      for (const estimator of estimators) {
        const result = await gradient(integrand, distribution, estimator, options);
        for (const [parameter, truth] of Object.entries(exact)) {
          rows.push(exampleRow(result, parameter, result.gradient[parameter]!, truth));
        }
      }
      return rows;
    },
  };
}

export function exampleRow(
  { estimator, bias }: { readonly estimator: string; readonly bias: string | null },
  parameter: string,
  { value, standardError, variance }: Estimate,
  exact: number | null,
): ExampleRow {
  return { parameter, estimator, bias, estimate: value, exact, standardError, variance };
}
