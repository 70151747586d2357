/**
 * Tables of named terms: the one place that says what a number means, in which unit and within which bounds.
 * From a table come the TypeScript type, the validation of CSV and JSON, the CLI's help and the documentation.
 */

export interface NumberTerm {
  readonly kind: "number";
  readonly meaning: string;
  readonly unit: string;
  /** Bounds; `above` and `below` are strict. */
  readonly above?: number;
  readonly atLeast?: number;
  readonly below?: number;
  readonly atMost?: number;
  /** Used when absent; a term without a default is required. */
  readonly default?: number;
}

export interface ChoiceTerm<C extends string = string> {
  readonly kind: "choice";
  readonly meaning: string;
  readonly choices: readonly C[];
  readonly default?: C;
}

/** Observation dates: a count n (t_i = iT/n), a list of dates or years separated by ";", or perhaps `continuous`. Its value is years, increasing. */
export interface ObservationsTerm {
  readonly kind: "observations";
  readonly meaning: string;
  /** Whether the word `continuous` is a value too. */
  readonly continuous?: true;
  readonly default?: readonly number[];
}

/** A payoff written by the user. */
export interface FormulaTerm {
  readonly kind: "formula";
  readonly meaning: string;
}

export type Term = NumberTerm | ChoiceTerm | ObservationsTerm | FormulaTerm;
export type TermTable = Readonly<Record<string, Term>>;
export type NumberTable = Readonly<Record<string, NumberTerm>>;

export type TermValue<T extends Term> = T extends NumberTerm
  ? number
  : T extends ChoiceTerm<infer C>
    ? C
    : T extends ObservationsTerm
      ? T["continuous"] extends true
        ? Observations
        : readonly number[]
      : string;

/** Years, increasing, or every moment up to expiry. */
export type Observations = readonly number[] | "continuous";

/** The record of values a table describes. */
export type TermValues<T extends TermTable> = { readonly [K in keyof T]: TermValue<T[K]> };

/** What the table asks of a number, in words: "strike must be > 0". */
export function numberRule(name: string, term: NumberTerm): string {
  const bounds = [
    term.above === undefined ? "" : `> ${term.above}`,
    term.atLeast === undefined ? "" : `>= ${term.atLeast}`,
    term.below === undefined ? "" : `< ${term.below}`,
    term.atMost === undefined ? "" : `<= ${term.atMost}`,
  ].filter((bound) => bound !== "");
  return `${name} must be ${bounds.length === 0 ? "a finite number" : bounds.join(" and ")}`;
}

/** Null when `value` is finite and within the term's bounds, else the rule and what came. */
export function numberFault(name: string, term: NumberTerm, value: number): string | null {
  const within =
    Number.isFinite(value) &&
    (term.above === undefined || value > term.above) &&
    (term.atLeast === undefined || value >= term.atLeast) &&
    (term.below === undefined || value < term.below) &&
    (term.atMost === undefined || value <= term.atMost);
  return within ? null : `${numberRule(name, term)}, got ${value}`;
}
