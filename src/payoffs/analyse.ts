import type { Expression } from "./expression.js";

/**
 * Whether the amount may be discontinuous in the prices (all > 0), so that pathwise derivatives are not valid.
 * Cautious: `false` is a promise, `true` a suspicion.
 */
export function jumps(expression: Expression): boolean {
  if ("of" in expression) return jumps(expression.of);
  if (!("left" in expression)) return false;
  const { op, left, right } = expression;
  switch (op) {
    case "greater":
    case "greater-equal":
    case "less":
    case "less-equal":
      return dependsOnPrices(left) || dependsOnPrices(right);
    case "divide":
      return jumps(left) || jumps(right) || (dependsOnPrices(right) && !isPositive(right));
    default:
      return jumps(left) || jumps(right);
  }
}

function dependsOnPrices(expression: Expression): boolean {
  if ("of" in expression) return dependsOnPrices(expression.of);
  if ("left" in expression) return dependsOnPrices(expression.left) || dependsOnPrices(expression.right);
  return expression.op !== "constant";
}

/** Whether the value is > 0 for all prices > 0, as far as the form tells. */
function isPositive(expression: Expression): boolean {
  switch (expression.op) {
    case "constant":
      return expression.value > 0;
    case "price":
    case "mean":
    case "geometric-mean":
    case "highest":
    case "lowest":
    case "exp":
      return true;
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

/** Whether the amount has a kink or a jump anywhere, so that paths may all lie on one side of it. */
export function hasKinks(expression: Expression): boolean {
  switch (expression.op) {
    case "highest":
    case "lowest":
      return expression.dates.length > 1;
    case "abs":
    case "max":
    case "min":
    case "greater":
    case "greater-equal":
    case "less":
    case "less-equal":
      return dependsOnPrices(expression);
    default:
      if ("of" in expression) return hasKinks(expression.of);
      return "left" in expression && (hasKinks(expression.left) || hasKinks(expression.right));
  }
}
