import { add, constant, exp, market, multiply, negate } from "../build.js";
import type { Expression } from "../expression.js";
import { partsInOrder } from "../operands.js";
import type { Payoff } from "../payoff.js";
import { openFirstReturn } from "./first-return.js";
import { NotLinear } from "./pieces.js";
import { openSurvival } from "./survival.js";

/** How a payoff's jumps are integrated out. */
export type Smoothing = "survival" | "first-return";

/** A payoff with its jumps integrated out. */
export interface SmoothPayoff {
  readonly smoothing: Smoothing;
  /** The discounted value of a path, in uniforms (input k is that of interval k) and numbers of the market and the law. */
  readonly value: Expression;
  /** Whether all derivatives are continuous, so that second ones may be taken path by path; else those with a spot among them. */
  readonly isSmooth: boolean;
}

/**
 * Rewrites a payoff so that its mean stays and its jumps go: by one-step survival where decisions end it, else over the first
 * return. Answers with the reason in words where neither can.
 */
export function smoothPayoff(payoff: Payoff): SmoothPayoff | string {
  const survival = smoothedBy("survival", payoff);
  return typeof survival === "string" ? smoothedBy("first-return", payoff) : survival;
}

/** The same in the way that is told. */
export function smoothedBy(
  smoothing: Smoothing,
  { dates, amount, earlier = [] }: Payoff,
): SmoothPayoff | string {
  if (typeof amount === "function") return "the payoff is code, which cannot be looked into";
  const mean = smoothing === "survival" ? openSurvival() : openFirstReturn(dates);
  try {
    const value = [{ date: dates.length - 1, amount }, ...earlier]
      .map(({ date, amount }) => multiply(mean(amount), exp(negate(market("discounting", date)))))
      .reduce<Expression>(add, constant(0));
    const isSmooth = smoothing === "survival" || !partsInOrder(value).some(({ op }) => BREAKS.has(op));
    return { smoothing, value, isSmooth };
  } catch (error) {
    if (error instanceof NotLinear) return error.message;
    throw error;
  }
}

const BREAKS = new Set(["abs", "max", "min", "greater", "greater-equal", "less", "less-equal"]);
