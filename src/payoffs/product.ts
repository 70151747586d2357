import type { TermTable, TermValues } from "../numerics/terms.js";
import type { Payoff } from "./payoff.js";

/**
 * A product: a table of terms (meaning, unit, bounds) and the payoff they build.
 * From the table come the TypeScript type, the CSV validation, the CLI's help and the documentation.
 */
export interface Product<T extends TermTable = TermTable> {
  readonly name: string;
  readonly meaning: string;
  readonly terms: T;
  /** `expiry` in years. Throws `TermsError` when terms, each valid alone, do not fit together. */
  payoff(terms: TermValues<T>, expiry: number): Payoff;
}

/** Terms that are valid one by one but contradict each other; `term` names the column to look at. */
export class TermsError extends Error {
  constructor(
    readonly term: string,
    message: string,
  ) {
    super(message);
  }
}
