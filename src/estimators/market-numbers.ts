import type { GaussianInterval, Law } from "../dynamics/dynamics.js";
import { type Derivative, pairKey } from "../gradients/distribution.js";
import { byMarket, dependsOnMarket, withMarket } from "../payoffs/differentiate.js";
import type { Expression, MarketLeaf } from "../payoffs/expression.js";
import type { Amount } from "../payoffs/payoff.js";
import { expiryOf, type Schedule } from "../simulation/schedule.js";

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
  return Array.from({ length: 2 ** derivative.length }, (_, subset) => ({
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
  schedule: Schedule,
  law: Law,
  derivatives: readonly Derivative[],
): ExplicitAmount {
  if (typeof amount === "function" || !dependsOnMarket(amount)) return { amount, derivatives: new Map() };
  if (law.kind !== "constant") throw new Error("an amount of the market's numbers needs a constant law");
  const numbers = marketNumbers(schedule, law.intervals[0]!);
  const found = new Map<string, Expression>();
  for (const { taken } of derivatives.flatMap(partsOf)) {
    const key = derivativeKey(taken);
    if (taken.length === 0 || found.has(key)) continue;
    const slope = taken.reduce<Expression>(
      (part, parameter) => byMarket(part, parameter, numbers.moves),
      amount,
    );
    if (slope.op !== "constant") found.set(key, withMarket(slope, numbers.value));
  }
  return { amount: withMarket(amount, numbers.value), derivatives: found };
}

/** The numbers of a constant law, and whether they depend on a parameter at all. */
function marketNumbers(schedule: Schedule, { mean, deviation, tangents, secondTangents }: GaussianInterval) {
  const { rate } = schedule.carry;
  const expiry = expiryOf(schedule);
  const gaussian = (of: "mean" | "deviation", by: readonly string[]) => {
    const [a, b, c] = by;
    if (a === undefined) return of === "mean" ? mean : deviation;
    if (b === undefined) return tangents[a]?.[of] ?? 0;
    return c === undefined ? (secondTangents[pairKey(a, b)]?.[of] ?? 0) : 0;
  };
  const discounting = (by: readonly string[]): number => {
    const isTime = (parameter: string) => parameter === "time" || parameter === "first_interval";
    const rates = by.filter((parameter) => parameter === "rate").length;
    const times = by.filter(isTime).length;
    if (rates > 1 || times > 1 || rates + times < by.length) return 0;
    return (rates === 1 ? 1 : rate) * (times === 1 ? 1 : expiry);
  };
  const value = ({ name, by }: MarketLeaf): number => {
    switch (name) {
      case "spot":
        return by.length === 0 ? schedule.spot : by.length === 1 && by[0] === "spot" ? 1 : 0;
      case "drift":
        return gaussian("mean", by);
      case "deviation":
        return gaussian("deviation", by);
      case "discounting":
        return discounting(by);
    }
  };
  const moves = ({ name }: MarketLeaf, parameter: string): boolean => {
    if (name === "spot") return parameter === "spot";
    if (name === "discounting") return ["rate", "time", "first_interval"].includes(parameter);
    const tangent = tangents[parameter];
    return tangent !== undefined && (name === "drift" || tangent.deviation !== 0);
  };
  return { value, moves };
}
