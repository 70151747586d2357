import type { Expression } from "./expression.js";

/** The expressions that an operation is applied to, in order. */
export function operandsOf(expression: Expression): readonly Expression[] {
  if ("of" in expression) return [expression.of];
  return "left" in expression ? [expression.left, expression.right] : [];
}

/**
 * An expression and everything in it, operands before what they are part of, each part once however often it is shared; parts
 * that are known already, and what is in them, are left out. With a stack of its own: long sums are deeper than the call stack.
 */
export function partsInOrder(
  root: Expression,
  known: { has(part: Expression): boolean } = new Set(),
): readonly Expression[] {
  const found = new Set<Expression>();
  const isDone = (part: Expression) => found.has(part) || known.has(part);
  const pending = [root];
  for (let part = pending.at(-1); part !== undefined; part = pending.at(-1)) {
    const height = pending.length;
    if ("of" in part) {
      if (!isDone(part.of)) pending.push(part.of);
    } else if ("left" in part) {
      // The left one is on top, and so comes first.
      if (!isDone(part.right)) pending.push(part.right);
      if (!isDone(part.left)) pending.push(part.left);
    }
    if (pending.length > height) continue;
    pending.pop();
    if (!isDone(part)) found.add(part);
  }
  return [...found];
}
