import { COLUMN_BYTES, type Kernel } from "../kernel/kernel.js";
import type { StreamOptions } from "./column-distribution.js";
import type { Derivative, Distribution, Draws } from "./distribution.js";
import type { Integrand } from "./integrand.js";

/** What is differentiated: E[f] under a distribution, in its parameters. */
export interface Problem {
  readonly distribution: Distribution;
  readonly integrand: Integrand;
  /** [] first, then what is wanted. */
  readonly derivatives: readonly Derivative[];
}

/**
 * How coefficients of control variates are found: `crossFit` regresses on the other half of the batches, `pilot` on draws
 * of a stream of its own, and numbers are used as they are, one per control. All three leave the estimate unbiased.
 */
export type Coefficients = "crossFit" | "pilot" | readonly number[];

/** A way to estimate a gradient. */
export interface Estimator {
  readonly name: string;
  /** Null when unbiased, else where the bias comes from. */
  readonly bias: string | null;
  /** What it differentiates in, where that is not the distribution's own parameters. */
  readonly parameters?: readonly string[];
  /** Null when it applies, else why not, in words. */
  obstacle(problem: Problem): string | null;
  /** Reserves columns in kernel memory; the caller releases them by its mark. */
  open(kernel: Kernel, problem: Problem, options: TermOptions): Terms;
}

export interface TermOptions extends StreamOptions {
  readonly stream: "main" | "pilot";
}

/** What one draw contributes, as columns: the mean of the g-th is the g-th derivative, and controls have known means. */
export interface Terms {
  /** Its weights are the columns: first those of the derivatives, then controls. */
  readonly draws: Draws;
  readonly columns: number;
  /** One per derivative. */
  readonly controls: readonly ControlSet[];
  /** Evaluations of f, and of its slopes, per draw. */
  readonly evaluations: number;
}

/** The columns that serve as a derivative's controls, and how their coefficients are found. */
export interface ControlSet {
  readonly columns: readonly KnownColumn[];
  readonly coefficients: Coefficients;
}

export const NO_CONTROL_SET: ControlSet = { columns: [], coefficients: [] };

export interface KnownColumn {
  readonly column: number;
  readonly mean: number;
}

/** Reserves `count` columns, COLUMN_BYTES apart, and hands out views of them. */
export function openTermColumns(kernel: Kernel, count: number) {
  const first = kernel.allocate(count * COLUMN_BYTES);
  return {
    first,
    views: (n: number) => Array.from({ length: count }, (_, c) => kernel.column(first + c * COLUMN_BYTES, n)),
  };
}

/** Parameters of first derivatives, as places in the distribution's list. */
export function parameterPlaces({ distribution, derivatives }: Problem): readonly number[] {
  const names = distribution.parameters.map(({ name }) => name);
  return derivatives.flatMap(([name]) => (name === undefined ? [] : [names.indexOf(name)]));
}

/** The first reason that a capability has against a wanted parameter. */
export function parameterObstacle(
  problem: Problem,
  obstacle: ((j: number) => string | null) | undefined,
): string | null {
  const reasons = parameterPlaces(problem).map((j) => obstacle?.(j) ?? null);
  return reasons.find((reason) => reason !== null) ?? null;
}

/** Why an estimator of first derivatives cannot give what is asked. */
export function firstOrderObstacle({ distribution, derivatives }: Problem): string | null {
  const names = distribution.parameters.map(({ name }) => name);
  for (const derivative of derivatives) {
    if (derivative.length > 1) return `it gives first derivatives, not ${derivative.join(", ")}`;
    const [name] = derivative;
    if (name !== undefined && !names.includes(name)) return `${distribution.name} has no parameter ${name}`;
  }
  return null;
}
