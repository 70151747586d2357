/** A named set of model parameters: { dynamics, parameters, source }. Data, not code. */
export interface Model {
  /** The file's name without ".json", or the dynamics' name when written inline. */
  readonly name: string;
  readonly dynamics: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly source?: string;
}

export interface Underlying {
  readonly name: string;
  readonly spot: number;
  readonly currency: string;
  /** Continuously compounded, per year. */
  readonly rate: number;
  readonly dividendYield: number;
  readonly model: Model;
}

/** A validated market: everything a valuation needs besides the book. */
export interface Market {
  /** ISO date, "2026-11-23". */
  readonly valuationDate: string;
  readonly dayCount: "act/365f";
  readonly underlyings: ReadonlyMap<string, Underlying>;
}
