import type { Dynamics } from "../dynamics/dynamics.js";
import { type Derivative, pairKey } from "../gradients/distribution.js";

/** Null when the model's law carries what the derivative's weight needs, else why not, in words. */
export function weightObstacle(dynamics: Dynamics, derivative: Derivative): string | null {
  const own = derivative.filter((parameter) => parameter !== "spot");
  const unknown = own.find((parameter) => !dynamics.scoreParameters.includes(parameter));
  if (unknown !== undefined) return `the law of ${dynamics.name} has no score in ${unknown}`;
  const [first, second] = own;
  const isCarried =
    own.length === 2 && derivative.length === 2
      ? dynamics.scorePairs.includes(pairKey(first!, second!))
      : derivative.length <= (own.length === 0 ? 3 : 2);
  return isCarried
    ? null
    : `the law of ${dynamics.name} has no weight of order ${derivative.length} in ${derivative.join(", ")}`;
}
