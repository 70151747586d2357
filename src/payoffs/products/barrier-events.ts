import type { ChoiceTerm, NumberTerm } from "../../numerics/terms.js";
import * as bridge from "../bridge.js";
import { greater, greaterEqual, highest, less, lessEqual, lowest, multiply, subtract } from "../build.js";
import type { Expression } from "../expression.js";
import type { Schedule, Watched } from "./schedule.js";

export const barrier = {
  kind: "number",
  meaning: "price level H that knocks out or in",
  unit: "price",
  above: 0,
} as const satisfies NumberTerm;

export const barrierType = {
  kind: "choice",
  meaning:
    "up: hit when a price is >= barrier; down: when one is <= barrier; out: ends then; in: begins then",
  choices: ["up-and-out", "up-and-in", "down-and-out", "down-and-in"],
} as const satisfies ChoiceTerm;

export const touchType = {
  kind: "choice",
  meaning: "up: touched when a price is >= barrier; down: when one is <= barrier",
  choices: ["up", "down"],
} as const satisfies ChoiceTerm;

export const lower = {
  kind: "number",
  meaning: "lower level, touched when a price is <= it",
  unit: "price",
  above: 0,
} as const satisfies NumberTerm;

export const upper = {
  kind: "number",
  meaning: "upper level, touched when a price is >= it",
  unit: "price",
  above: 0,
} as const satisfies NumberTerm;

/** What is watched, and up to which date. */
type Seen = Pick<Schedule<Watched>, "observed" | "last">;

/**
 * Whether the price has touched the level, and whether it has not, as 1 and 0; watched at every moment, their probabilities given
 * the prices at the dates.
 */
export function touched(side: "up" | "down", { observed, last }: Seen, level: number) {
  if (observed === "continuous") {
    const untouched = bridge.untouched(side, level, last + 1);
    return { touched: subtract(1, untouched), untouched };
  }
  return side === "up"
    ? { touched: greaterEqual(highest(observed), level), untouched: less(highest(observed), level) }
    : { touched: lessEqual(lowest(observed), level), untouched: greater(lowest(observed), level) };
}

/** Whether an option with a barrier is live at expiry, or dead. */
export function knocked(
  type: (typeof barrierType.choices)[number],
  seen: Seen,
  level: number,
): { readonly live: Expression; readonly dead: Expression } {
  const isUp = type === "up-and-out" || type === "up-and-in";
  const hit = touched(isUp ? "up" : "down", seen, level);
  const isOut = type === "up-and-out" || type === "down-and-out";
  return isOut ? { live: hit.untouched, dead: hit.touched } : { live: hit.touched, dead: hit.untouched };
}

/** Whether the price has stayed strictly between two levels, or how likely it has. */
export function within({ observed, last }: Seen, low: number, high: number) {
  const inside =
    observed === "continuous"
      ? bridge.inside(low, high, last + 1)
      : multiply(greater(lowest(observed), low), less(highest(observed), high));
  return { inside, outside: subtract(1, inside) };
}
