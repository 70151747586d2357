import { dependsOnPrices, isPositive } from "../analyse.js";
import { add, exp, input, market, max, min, multiply, subtract, type Value } from "../build.js";
import { withPrice } from "../differentiate.js";
import type { Expression } from "../expression.js";
import { partsInOrder } from "../operands.js";
import { type LogPrice, standardOf } from "./expectation.js";
import { levelsOf, NotLinear } from "./pieces.js";
import { returnLaw } from "./returns.js";

/** Deviations beyond which nothing is left, even of powers of the price. */
const FARTHEST = 10;
const FARTHER = 4;
const DENSITY_AT_0 = 1 / Math.sqrt(2 * Math.PI);

/**
 * The mean of an amount that looks at one price, whatever it is between its kinks and jumps: on every piece the price is drawn evenly
 * in its deviations z, and weighed with their density,
 *
 *     Σ (z_to − z_from) φ(z) f(y(z)),   z = z_from + u (z_to − z_from).
 *
 * A smooth function of u (input 0), which a rule of integration knows to the last digits. The pieces move with the parameters, so
 * that all derivatives exist. Throws NotLinear with the reason.
 */
export function meanByPieces(amount: Expression): Expression {
  const hasPole = partsInOrder(amount).some(
    (part) => part.op === "divide" && dependsOnPrices(part.right) && !isPositive(part.right),
  );
  if (hasPole) throw new NotLinear("the payoff divides by what may be 0");
  const law = returnLaw(-1, 0);
  const ends = [...levelsOf(amount), null];
  return ends.map((to, k) => onPiece(amount, ends[k - 1] ?? null, to, law)).reduce((a, b) => add(a, b));
}

function onPiece(
  amount: Expression,
  from: Expression | null,
  to: Expression | null,
  law: LogPrice,
): Expression {
  const reach = add(multiply(law.deviation, FARTHER), FARTHEST);
  const [low, high] = [standardOf(from, law), standardOf(to, law)];
  const lowest = subtract(high === null ? 0 : min(high, 0), reach);
  const highest = add(low === null ? 0 : max(low, 0), reach);
  const start = low === null ? lowest : max(low, lowest);
  const end = high === null ? highest : min(high, highest);
  const width = subtract(end, start);
  const standard = add(start, multiply(input(0), width));
  const price = multiply(market("spot"), exp(add(law.mean, multiply(law.deviation, standard))));
  return multiply(multiply(width, density(standard)), withPrice(amount, price));
}

function density(standard: Value): Expression {
  return multiply(exp(multiply(-0.5, multiply(standard, standard))), DENSITY_AT_0);
}
