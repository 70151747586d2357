import type { Derivative } from "../gradients/distribution.js";
import { dependsOnMarket, derivative, marketSlope, withMarket } from "../payoffs/differentiate.js";
import type { Expression } from "../payoffs/expression.js";
import type { Amount } from "../payoffs/payoff.js";
import type { LawNumbers } from "../simulation/law-numbers.js";

/** An amount's own derivatives in parameters, the observed prices held fixed, under `derivativeKey`s; those that are 0 are absent. */
export interface ExplicitAmount {
  readonly amount: Amount;
  readonly derivatives: ReadonlyMap<string, Expression>;
}

/** The order of differentiation does not matter. */
export function derivativeKey(derivative: Derivative): string {
  return [...derivative].sort().join();
}

/** Every derivative that is left when some of the parameters are taken out, itself and the price included. */
export function partsOf(
  derivative: Derivative,
): readonly { readonly taken: Derivative; readonly left: Derivative }[] {
  return Array.from({ length: 1 << derivative.length }, (_, subset) => ({
    taken: derivative.filter((_, i) => (subset & (1 << i)) !== 0),
    left: derivative.filter((_, i) => (subset & (1 << i)) === 0),
  }));
}

/**
 * Puts the market's numbers into an amount, and into its derivatives in them: what is watched between dates is worth something
 * that depends on spot and volatility even where the observed prices stand. ∂_ab V = E[f W_ab + ∂_a f W_b + ∂_b f W_a + ∂_ab f].
 */
export function explicitAmount(
  amount: Amount,
  { moves, value }: LawNumbers,
  derivatives: readonly Derivative[],
): ExplicitAmount {
  if (typeof amount === "function" || !dependsOnMarket(amount)) return { amount, derivatives: new Map() };
  const found = new Map<string, Expression>();
  for (const { taken } of derivatives.flatMap(partsOf)) {
    const key = derivativeKey(taken);
    if (taken.length === 0 || found.has(key)) continue;
    const slope = taken.reduce<Expression>(
      (part, parameter) =>
        derivative(part, { market: (leaf) => marketSlope(leaf, parameter, moves), price: () => null }),
      amount,
    );
    if (slope.op !== "constant") found.set(key, withMarket(slope, value));
  }
  return { amount: withMarket(amount, value), derivatives: found };
}

/** Whether an amount depends on more than the prices at its dates. */
export function isWatchedBetweenDates(amount: Amount): boolean {
  return typeof amount !== "function" && dependsOnMarket(amount);
}
