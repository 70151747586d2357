import type { Executor } from "../../analysis/executor.js";
import type { Sampler } from "../../analysis/options.js";

/** A number against what it should be. */
export interface Check {
  /** What the number is, in words: model, payoff, Greek, … The same names in all checks of a section. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Of the value, or of its difference to what is expected where that is an estimate too. */
  readonly standardError: number;
  readonly expected: number;
  /** How many standard errors the value is off, beyond the bias and the rounding that are allowed besides. */
  readonly z: number;
  /** Where the value has to lie to pass. */
  readonly low: number;
  readonly high: number;
  readonly passed: boolean;
}

export type SectionName =
  | "closed-forms"
  | "published-tables"
  | "coverage"
  | "estimator-agreement"
  | "pricing-equation";

/** How a section is run. */
export interface Effort {
  /** Paths of the largest simulations. */
  readonly paths: number;
  /** How many seeds the coverage of intervals is counted over. */
  readonly seeds: number;
  readonly seed: string;
  readonly sampler: Sampler;
  readonly executor: Executor | undefined;
  /** Whether to stop: what is finished is kept. */
  readonly aborted: () => boolean;
}

/** One kind of evidence. */
export interface SectionDefinition {
  readonly name: SectionName;
  readonly title: string;
  /** What is compared with what, and when it passes. */
  readonly criterion: string;
  readonly run: (effort: Effort) => Promise<readonly Check[]>;
}

/** The standard errors that a number may be off: one false alarm in some 500,000 checks (Student, 127 degrees of freedom). */
const FARTHEST = 5;

/** Within five standard errors and what is allowed besides; differences within `rounding` are none. */
export function check({
  labels,
  value,
  standardError,
  expected,
  allowed = 0,
  rounding = 0,
}: Pick<Check, "labels" | "value" | "standardError" | "expected"> & {
  /** What bias the scheme or the estimator may have. */
  readonly allowed?: number;
  readonly rounding?: number;
}): Check {
  const off = value - expected;
  const free = allowed + rounding;
  const tolerance = FARTHEST * standardError + free;
  return {
    ...{ labels, value, standardError, expected },
    z: Math.abs(off) <= free ? 0 : (off - Math.sign(off) * free) / standardError,
    low: expected - tolerance,
    high: expected + tolerance,
    passed: Math.abs(off) <= tolerance,
  };
}
