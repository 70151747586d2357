import type { Expression } from "./expression.js";
import { operandsOf } from "./operands.js";

/**
 * Whether the amount may be discontinuous in the prices (all > 0), so that pathwise derivatives are not valid.
 * Cautious: `false` is a promise, `true` a suspicion.
 */
export function jumps(expression: Expression): boolean {
  return somePart(expression, (part) => {
    switch (part.op) {
      case "greater":
      case "greater-equal":
      case "less":
      case "less-equal":
        return dependsOnPrices(part);
      case "divide":
        return dependsOnPrices(part.right) && !isPositive(part.right);
      default:
        return false;
    }
  });
}

/** Whether the amount has a kink or a jump anywhere, so that paths may all lie on one side of it. */
export function hasKinks(expression: Expression): boolean {
  return somePart(expression, (part) => {
    switch (part.op) {
      case "highest":
      case "lowest":
        return part.dates.length > 1;
      case "abs":
      case "max":
      case "min":
      case "greater":
      case "greater-equal":
      case "less":
      case "less-equal":
        return dependsOnPrices(part);
      default:
        return false;
    }
  });
}

/** Whether the amount looks at any price; else it is the same number on every path. */
export function dependsOnPrices(expression: Expression): boolean {
  return somePart(expression, (part) => "date" in part || "dates" in part);
}

/** Indices of the dates whose prices the amount looks at, in no order; of many dates only some, two or more. */
export function someDates(expression: Expression): readonly number[] {
  const used = new Set<number>();
  for (const part of partsOf(expression)) {
    if ("date" in part) used.add(part.date);
    if ("dates" in part) for (const date of part.dates) used.add(date);
    // Who takes a long product apart asks of every part: going through the whole of each would take the square of its length.
    if (used.size > 1) break;
  }
  return [...used];
}

/** An expression and everything in it, each part once however often it is shared. */
function* partsOf(expression: Expression): Generator<Expression> {
  // Going through a set reaches what is added on the way; recursion would be too deep for long sums.
  const parts = new Set([expression]);
  for (const part of parts) {
    yield part;
    for (const operand of operandsOf(part)) parts.add(operand);
  }
}

function somePart(expression: Expression, holds: (part: Expression) => boolean): boolean {
  for (const part of partsOf(expression)) if (holds(part)) return true;
  return false;
}

/** Whether the value is > 0 for all prices > 0, as far as the form tells. */
export function isPositive(expression: Expression): boolean {
  switch (expression.op) {
    case "constant":
      return expression.value > 0;
    case "price":
    case "mean":
    case "geometric-mean":
    case "highest":
    case "lowest":
    case "exp":
    case "normal-cdf":
      return true;
    case "market":
      return (expression.name === "spot" || expression.name === "deviation") && expression.by.length === 0;
    case "sqrt":
      return isPositive(expression.of);
    case "add":
    case "multiply":
    case "divide":
    case "min":
      return isPositive(expression.left) && isPositive(expression.right);
    case "max":
      return isPositive(expression.left) || isPositive(expression.right);
    default:
      return false;
  }
}
