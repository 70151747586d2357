import { greater, less, max, subtract, type Value } from "../build.js";
import type { Expression } from "../expression.js";
import type { Right } from "./shared-terms.js";

/** What exercising gives, a loss included: X − K for a call, K − X for a put. */
export function intrinsic(right: Right, value: Expression, strike: Value): Expression {
  return right === "call" ? subtract(value, strike) : subtract(strike, value);
}

/** What the holder of the right gets: max(±(X − K), 0). */
export function exercised(right: Right, value: Expression, strike: Value): Expression {
  return max(intrinsic(right, value, strike), 0);
}

/** 1 on the call's side of the level, X > L, or on the put's, X < L; 0 at the level itself. */
export function beyond(right: Right, value: Expression, level: Value): Expression {
  return right === "call" ? greater(value, level) : less(value, level);
}
