import type { ChoiceTerm, NumberTerm, ObservationsTerm } from "../../numerics/terms.js";

/** Terms that several products share, so that a column means the same everywhere. */
export const right = {
  kind: "choice",
  meaning: "call: the right to buy; put: the right to sell",
  choices: ["call", "put"],
} as const satisfies ChoiceTerm;

export type Right = "call" | "put";

export const strike = {
  kind: "number",
  meaning: "price level K that the payoff is measured against",
  unit: "price",
  above: 0,
} as const satisfies NumberTerm;

/** The strike of products that may go without one; 0 stands for none. */
export const optionalStrike = {
  kind: "number",
  meaning: "price level K of a fixed strike",
  unit: "price",
  atLeast: 0,
  default: 0,
} as const satisfies NumberTerm;

export const cash = {
  kind: "number",
  meaning: "amount paid when the condition holds",
  unit: "currency",
  above: 0,
  default: 1,
} as const satisfies NumberTerm;

export const observations = {
  kind: "observations",
  meaning: "dates whose prices count; there is none at time 0",
} as const satisfies ObservationsTerm;

export const watched = {
  kind: "observations",
  meaning: "dates at which the price is watched, or `continuous`: at every moment from now",
  continuous: true,
} as const satisfies ObservationsTerm;
