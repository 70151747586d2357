import { add, constant, exp, market, multiply, negate } from "../build.js";
import type { Expression } from "../expression.js";
import { partsInOrder } from "../operands.js";
import type { Payoff } from "../payoff.js";
import { meanByPieces } from "./by-pieces.js";
import { openFirstReturn } from "./first-return.js";
import { NotLinear } from "./pieces.js";
import { openSurvival } from "./survival.js";

/** How a payoff's jumps are integrated out. */
export type Smoothing = "survival" | "first-return" | "pieces";

/** A payoff with its jumps integrated out. */
export interface SmoothPayoff {
  readonly smoothing: Smoothing;
  /** The discounted value of a path, in uniforms (input k is that of interval k) and numbers of the market and the law. */
  readonly value: Expression;
  /** Whether all derivatives are continuous, so that second ones may be taken path by path; else those with a spot among them. */
  readonly isSmooth: boolean;
}

/**
 * Rewrites a payoff so that its mean stays and its jumps go: the ways there are, the best first, or why there is none, in words.
 * Under a constant law what looks at one price can always be integrated.
 */
export function smoothPayoffs(payoff: Payoff, law: "constant" | "latent"): readonly SmoothPayoff[] | string {
  const survival = smoothedBy("survival", payoff);
  if (payoff.dates.length === 1) {
    // Over a single date survival and the first return are one.
    const way = typeof survival === "string" && law === "constant" ? smoothedBy("pieces", payoff) : survival;
    return typeof way === "string" ? way : [way];
  }
  const first = smoothedBy("first-return", payoff);
  if (typeof first === "string") return typeof survival === "string" ? first : [survival];
  if (typeof survival === "string") return [first];
  return isFirstReturnBetter(payoff, first, survival) ? [first, survival] : [survival];
}

/** The first return may take so many times the work of survival, where both apply. */
const WORTH = 1.5;

/**
 * Later returns are drawn by a Brownian bridge, which nets like far better than a survivor's steps: a barrier's Greeks have an
 * eighth of the variance. But what is integrated over a first return much shorter than the later ones stays spiky; and a payoff that
 * grows long that way, as an autocall, is decided date by date.
 */
function isFirstReturnBetter({ dates }: Payoff, first: SmoothPayoff, survival: SmoothPayoff): boolean {
  const average = dates.at(-1)! / dates.length;
  return dates[0]! >= average / 2 && sizeOf(first) < WORTH * sizeOf(survival);
}

function sizeOf({ value }: SmoothPayoff): number {
  return partsInOrder(value).length;
}

/** The same in the way that is told. */
export function smoothedBy(
  smoothing: Smoothing,
  { dates, amount, earlier = [] }: Payoff,
): SmoothPayoff | string {
  if (typeof amount === "function") return "the payoff is code, which cannot be looked into";
  const mean = openMean[smoothing](dates);
  try {
    const value = [{ date: dates.length - 1, amount }, ...earlier]
      .map(({ date, amount }) => multiply(mean(amount), exp(negate(market("discounting", date)))))
      .reduce<Expression>(add, constant(0));
    const isSmooth = smoothing !== "first-return" || !partsInOrder(value).some(({ op }) => BREAKS.has(op));
    return { smoothing, value, isSmooth };
  } catch (error) {
    if (error instanceof NotLinear) return error.message;
    throw error;
  }
}

const openMean: Readonly<
  Record<Smoothing, (dates: readonly number[]) => (amount: Expression) => Expression>
> = {
  survival: openSurvival,
  "first-return": openFirstReturn,
  pieces: () => meanByPieces,
};

const BREAKS = new Set(["abs", "max", "min", "greater", "greater-equal", "less", "less-equal"]);
