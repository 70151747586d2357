import type { Where } from "../numerics/failure.js";
import type { Payoff } from "../payoffs/payoff.js";

/** One validated line of a book. */
export interface Trade {
  readonly id: string;
  /** Empty when the file names none. */
  readonly book: string;
  readonly underlying: string;
  readonly product: string;
  /** Signed, exact decimal as written ("-1500.25"). */
  readonly quantity: string;
  readonly payoff: Payoff;
  /** Unknown columns, carried through to the results. */
  readonly tags: Readonly<Record<string, string>>;
  readonly where: Where;
}
