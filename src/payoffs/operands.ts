import type { Expression } from "./expression.js";

/** The expressions that an operation is applied to, in order. */
export function operandsOf(expression: Expression): readonly Expression[] {
  if ("of" in expression) return [expression.of];
  return "left" in expression ? [expression.left, expression.right] : [];
}
