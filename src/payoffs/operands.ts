import type { Expression } from "./expression.js";

/** The expressions that an operation is applied to, in order. */
export function operandsOf(expression: Expression): readonly Expression[] {
  if ("of" in expression) return [expression.of];
  return "left" in expression ? [expression.left, expression.right] : [];
}

/**
 * Finds an answer for an expression and everything in it, operands before what they are part of, each part once however often it is
 * shared; what is known already is left alone. With a stack of its own: long sums are deeper than the call stack.
 */
export function answerParts<Answer>(
  root: Expression,
  known: Map<Expression, Answer>,
  find: (part: Expression) => Answer,
): Answer {
  const pending = [root];
  for (let part = pending.at(-1); part !== undefined; part = pending.at(-1)) {
    const height = pending.length;
    if (!known.has(part)) {
      if ("of" in part) {
        if (!known.has(part.of)) pending.push(part.of);
      } else if ("left" in part) {
        // The left one is on top, and so comes first.
        if (!known.has(part.right)) pending.push(part.right);
        if (!known.has(part.left)) pending.push(part.left);
      }
      if (pending.length > height) continue;
      known.set(part, find(part));
    }
    pending.pop();
  }
  return known.get(root)!;
}

/** An expression and everything in it, in the order of `answerParts`. */
export function partsInOrder(root: Expression): readonly Expression[] {
  const parts = new Map<Expression, true>();
  answerParts(root, parts, () => true);
  return [...parts.keys()];
}
